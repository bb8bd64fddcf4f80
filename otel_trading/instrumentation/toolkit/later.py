"""Requests whose method only sends them: the answer comes later, by a request id, usually on another thread.

The operation that watches the call is begun in a copy of the caller's context, and ended there by whoever takes the
answer, so that it is written as any other: its span lasts until the answer, and what it reports is of its order.
"""

from __future__ import annotations

import atexit
import contextvars
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel

from otel_trading.instrumentation.toolkit.wrapping import Outcome
from otel_trading.orders.contain import contained
from otel_trading.orders.context import current_order, use_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.instrumentation.toolkit.hooks import Operation
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

ANSWER_SECONDS = 10.0
"""How long an answer is waited for, in seconds; then nobody knows what became of the request."""

_MOST_EARLY = 256


class Pending:
    """A request that was sent: to be settled once, by its answer or by the lack of it."""

    __slots__ = ("_context", "_watching", "call", "early", "id", "order", "sent_at")

    def __init__(self, call: Call, watching: Watching) -> None:
        self.call = call
        self.id = ""
        self.early: Outcome | None = None  # how it ended before its id was known
        self.sent_at = time.monotonic()
        self._watching = watching
        self._context = contextvars.copy_context()
        self._context.run(next, watching)
        self.order = self._context.run(current_order)

    @property
    def context(self) -> otel.Context:
        """The context of the request: its span and its order are current there."""
        return self._context.run(otel.get_current)

    def settle(self, outcome: Outcome) -> None:
        """Have the operation end with ``outcome``; whatever goes wrong in it is contained."""
        with contained(), suppress(StopIteration):
            self._context.run(self._watching.send, outcome)


_sending: contextvars.ContextVar[Pending | None] = contextvars.ContextVar("otel_trading.sending", default=None)


class Waiting:
    """The requests of a library that wait for their answers. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, Pending] = {}
        self._nameless: set[Pending] = set()
        self._early: dict[str, Outcome] = {}
        self._at_exit = False

    def sent_by(self, operation: Operation) -> Operation:
        """Return ``operation`` for methods that only send: it ends when the answer is taken."""

        def begin(fields: Fields, call: Call) -> Watching | None:
            watching = operation(fields, call)
            return None if watching is None else self._send(Pending(call, watching))

        return begin

    def named(self, request_id: str) -> None:
        """Take note of the id of the request that is being sent here; without one nothing can be matched to it."""
        pending = _sending.get()
        if pending is None or pending.id:
            return
        pending.id = request_id
        with self._lock:
            self._nameless.discard(pending)
            early = self._early.pop(request_id, pending.early)
            if early is None:
                self._by_id[request_id] = pending
        if early is not None:
            pending.settle(early)

    def answered(self, request_id: str, outcome: Outcome) -> Pending | None:
        """Settle the request that ``outcome`` is the answer to; return it, or None where it is not known (yet)."""
        with self._lock:
            pending = self._by_id.pop(request_id, None)
            if pending is None and self._nameless and len(self._early) < _MOST_EARLY:
                self._early[request_id] = outcome  # faster than the thread that sent the request
        if pending is not None:
            pending.settle(outcome)
        return pending

    def lost(self, target: Any, error: BaseException) -> None:
        """Settle what was sent by ``target``, whose connection is gone, by ``error``."""
        with self._lock:
            for pending in self._nameless:
                if pending.call.target is target:
                    pending.early = Outcome(error=error)
        self._settle(lambda pending: pending.call.target is target, error)

    def overdue(self) -> None:
        """Settle what has waited too long."""
        latest = time.monotonic() - ANSWER_SECONDS
        error = TimeoutError(f"the venue did not answer within {ANSWER_SECONDS:g} s")
        self._settle(lambda pending: pending.sent_at <= latest, error)

    def give_up(self) -> None:
        """Settle everything: the process ends, or is no longer watched."""
        self._settle(lambda _: True, TimeoutError("nobody waited for the venue's answer"))

    def _send(self, pending: Pending) -> Watching:
        self.overdue()
        with self._lock:
            self._nameless.add(pending)
            if not self._at_exit:
                self._at_exit = True
                atexit.register(self.give_up)
        token = _sending.set(pending)
        try:
            with use_context(pending.context):
                outcome = yield
        finally:
            _sending.reset(token)
            with self._lock:
                self._nameless.discard(pending)
                if not self._nameless:
                    self._early.clear()
        if outcome.error is not None:
            self._failed(pending, outcome)
        elif not pending.id:
            pending.settle(Outcome(error=TimeoutError("this version of the library does not tell the request's id")))

    def _failed(self, pending: Pending, outcome: Outcome) -> None:
        """Settle a request whose sending raised, unless its answer was taken before."""
        with self._lock:
            is_open = not pending.id or self._by_id.pop(pending.id, None) is not None
        if is_open:
            pending.settle(outcome)

    def _settle(self, which: Callable[[Pending], bool], error: BaseException) -> None:
        with self._lock:
            found = [pending for pending in self._by_id.values() if which(pending)]
            for pending in found:
                del self._by_id[pending.id]
        for pending in found:
            pending.settle(Outcome(error=error))
