"""What is watched of QuickFIX: sending, and the callbacks of the bot's Application."""

from __future__ import annotations

import threading
from types import MappingProxyType
from typing import TYPE_CHECKING

from opentelemetry import context as otel

from otel_trading.instrumentation.fix import tags
from otel_trading.instrumentation.fix.desk import RECEIVED, Desk
from otel_trading.instrumentation.fix.message import field, parse
from otel_trading.instrumentation.fix.requests import ASKED
from otel_trading.instrumentation.fix.sessions import Sessions
from otel_trading.instrumentation.quickfix import errors
from otel_trading.instrumentation.quickfix.fields import (
    QuickfixFields,
    addressed,
    engine_session,
    positional,
    session_of,
)
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.instrumentation.toolkit.wrapping import Outcome
from otel_trading.orders.context import use_context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from otel_trading.instrumentation.fix.departures import Departure
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

_CALLBACK_KEY = otel.create_key("otel_trading.quickfix.callback")
_KEPT_BACK_KEY = otel.create_key("otel_trading.quickfix.kept_back")


class _Callback:
    """A callback at work: in its own thread, and not in those that it starts, whose context is a copy of its own."""

    __slots__ = ("thread",)

    def __init__(self) -> None:
        self.thread: int | None = threading.get_ident()


FIELDS = QuickfixFields()
_desk = Desk()
_sessions = Sessions()


def send(fields: Fields, call: Call) -> Watching | None:
    """Watch ``Session.sendToTarget`` or ``Session.send``: of a request for an order it is the submission.

    It returns before the venue answers; the ExecutionReport tells more.
    """
    message, *rest = positional(call)
    text = message.toString()
    return _send(fields, call, message, text, rest) if field(text, tags.MSG_TYPE) in ASKED else None


def _send(fields: Fields, call: Call, message: Any, text: str, rest: list[Any]) -> Watching:
    asked = parse(text)
    with _desk.departing(fields, call, asked, addressed(asked, call.target, rest)) as departure:
        kept_back: list[BaseException] = []
        with use_context(otel.set_value(_KEPT_BACK_KEY, kept_back)):
            outcome = yield
        if kept_back and outcome.error is None:
            outcome = Outcome(error=kept_back[0])
        _settle(departure, outcome, message.toString(), rest)


def _settle(departure: Departure, outcome: Outcome, sent: str, rest: list[Any]) -> None:
    failure = errors.of(outcome)
    if failure is None:
        session = engine_session(rest[0] if rest and hasattr(rest[0], "getTargetCompID") else sent)
        failure = errors.KEPT if session is not None and not session.isLoggedOn() else None
    if failure is None:
        departure.left(field(sent, tags.MSG_SEQ_NUM))
    else:
        departure.failed(failure, outcome)


def to_app(_: Fields, __: Call) -> Watching | None:
    """Watch ``Application.toApp``, by which a bot may keep back what is being sent: the engine does not say so."""
    kept_back = otel.get_value(_KEPT_BACK_KEY)
    return _to_app(kept_back) if isinstance(kept_back, list) else None


def _to_app(kept_back: list[BaseException]) -> Watching:
    outcome = yield
    if outcome.error is not None:
        kept_back.append(outcome.error)


def receive(_: Fields, call: Call) -> Watching | None:
    """Watch ``Application.fromApp`` or ``fromAdmin``: what the message tells is recorded, then the bot handles it.

    Where a class calls the callback of its base class, the message is told once, at the outer one.
    """
    outer = otel.get_value(_CALLBACK_KEY)
    if isinstance(outer, _Callback) and outer.thread == threading.get_ident():
        return None
    return _receive(positional(call)[0].toString())


def _receive(text: str) -> Watching:
    order = _desk.received(parse(text)) if field(text, tags.MSG_TYPE) in RECEIVED else None
    callback = _Callback()
    with use_context(otel.set_value(_CALLBACK_KEY, callback, at_work(order))):
        yield
    callback.thread = None


def logged_on(_: Fields, call: Call) -> Watching:
    """Watch ``Application.onLogon``; of an acceptor it is told that others logged on to it, which is no stream."""
    session_id = positional(call)[0]
    engine = engine_session(session_id)
    if engine is None or engine.isInitiator():
        _sessions.logged_on(session_of(session_id))
    yield


def logged_out(_: Fields, call: Call) -> Watching:
    """Watch ``Application.onLogout``: the engine calls it for a logout, a lost connection, and its own end."""
    session_id = positional(call)[0]
    session, engine = session_of(session_id), engine_session(session_id)
    _sessions.ended(session, on_purpose=engine is not None and not engine.isEnabled())
    _desk.ended(session, errors.LOST)
    yield


def forget() -> None:
    """Forget the requests that wait for answers, and the sessions."""
    _desk.clear()
    _sessions.clear()


CALLBACKS: Mapping[str, Callable[[Fields, Call], Watching | None]] = MappingProxyType(
    {
        "fromAdmin": receive,
        "fromApp": receive,
        "onLogon": logged_on,
        "onLogout": logged_out,
        "toApp": to_app,
    }
)
"""The methods of Application that are watched in the bot's own classes."""
