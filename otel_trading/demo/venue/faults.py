"""Faults: what the venue does wrong when it is told to."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.limits import TEAPOT
from otel_trading.demo.venue.plans import FillPlan, Plans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_LOWEST_STATUS, _HIGHEST_STATUS = 200, 599
_LOWEST_CLOSE_CODE, _HIGHEST_CLOSE_CODE = 1000, 4999


class Harm(Enum):
    """What happens to a request."""

    FAIL = "fail"
    HANG = "hang"
    DROP = "drop"
    HOLD = "hold"


@dataclass
class Fault:
    """A harm to the next ``count`` requests that match.

    ``path`` is a part of the target (``/api/v3/order``, or ``/ws-api/v3/order.place`` for a websocket request),
    ``method`` the HTTP method. With ``processed`` the venue does the work first and only the answer suffers.
    Raises ``ValueError`` for a count below one or for what is no HTTP status.
    """

    harm: Harm
    count: int = 1
    path: str | None = None
    method: str | None = None
    processed: bool = False
    seconds: float = 0.0
    status: int = HTTPStatus.SERVICE_UNAVAILABLE
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # The values may have come over HTTP: they are made to fit here, not when a request meets them.
        self.count, self.status = int(self.count), int(self.status)
        self.path = None if self.path is None else str(self.path)
        self.headers = {str(name): str(value) for name, value in self.headers.items()}
        if self.count < 1:
            raise ValueError("count has to be at least one")
        if not _LOWEST_STATUS <= self.status <= _HIGHEST_STATUS:
            raise ValueError("status has to be an HTTP status")

    def matches(self, method: str, target: str) -> bool:
        """Return whether a request is meant."""
        return (self.path is None or self.path in target) and self.method in (None, method)


class Faults:
    """The switches. Every method may be called from any thread; times are seconds of the machine's clock."""

    def __init__(self, plans: Plans, disconnect: Callable[[str | None, int | None], None]) -> None:
        self._plans = plans
        self._disconnect = disconnect
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._latencies: list[tuple[str | None, float]] = []
        self._refused_until = 0.0
        self._silent_until: dict[str | None, float] = {}
        self._limited_until = 0.0
        self._limit_status: int = HTTPStatus.TOO_MANY_REQUESTS
        self._skipped: list[str | None] = []

    def latency(self, seconds: float, *, path: str | None = None) -> None:
        """Answer ``seconds`` later from now on: everything, or where ``path`` is part of the target."""
        with self._lock:
            self._latencies.append((None if path is None else str(path), float(seconds)))

    def fail_next(
        self,
        count: int = 1,
        *,
        status: int = HTTPStatus.SERVICE_UNAVAILABLE,
        code: int | None = None,
        message: str = "",
        body: Any = None,
        headers: dict[str, str] | None = None,
        path: str | None = None,
        method: str | None = None,
        processed: bool = False,
    ) -> None:
        """Answer the next ``count`` requests with an HTTP status, and a code and message or a body of its own."""
        told = {"code": code, "msg": message} if code is not None else body
        self._add(Fault(Harm.FAIL, count, path, method, processed, 0.0, status, told, headers or {}))

    def hang_next(
        self, count: int = 1, *, path: str | None = None, method: str | None = None, processed: bool = False
    ) -> None:
        """Never answer the next ``count`` requests."""
        self._add(Fault(Harm.HANG, count, path, method, processed))

    def drop_next(
        self, count: int = 1, *, path: str | None = None, method: str | None = None, processed: bool = False
    ) -> None:
        """Cut the connection of the next ``count`` requests instead of answering."""
        self._add(Fault(Harm.DROP, count, path, method, processed))

    def hold_ack(self, seconds: float, count: int = 1, *, path: str = "order") -> None:
        """Do the next ``count`` requests at once, tell the streams, and answer ``seconds`` later."""
        self._add(Fault(Harm.HOLD, count, path, processed=True, seconds=float(seconds)))

    def refuse(self, seconds: float = float("inf")) -> None:
        """Cut every connection for ``seconds``, or until :meth:`clear`."""
        with self._lock:
            self._refused_until = time.monotonic() + float(seconds)
        self._disconnect(None, None)

    def fill_pattern(
        self, fractions: Sequence[float], *, delays: Sequence[float] | None = None, symbol: str | None = None
    ) -> None:
        """Fill the next order in these fractions of its quantity, each ``delays`` seconds after the one before.

        Raises ``ValueError`` where the fractions are not positive, sum to more than one, or the delays do not
        go with them.
        """
        parts = tuple(float(fraction) for fraction in fractions)
        waits = tuple(float(delay) for delay in delays) if delays is not None else (0.0,) * len(parts)
        if not parts or min(parts) <= 0 or sum(parts) > 1 + 1e-9:
            raise ValueError("fractions have to be positive and sum to one at most")
        if len(waits) != len(parts) or min(waits) < 0:
            raise ValueError("delays have to be as many as the fractions, and not negative")
        self._plans.add(FillPlan(parts, waits, symbol))

    def delay_fills(self, seconds: float, count: int = 1, *, symbol: str | None = None) -> None:
        """Acknowledge the next ``count`` orders as new, and fill them ``seconds`` later."""
        for _ in range(count):
            self.fill_pattern([1.0], delays=[seconds], symbol=symbol)

    def disconnect_websockets(self, *, kind: str | None = None, code: int | None = None) -> None:
        """Close the websockets of a ``kind`` (``market``, ``user``), or all, with a close code or without a word.

        Raises ``ValueError`` for a code that no peer may send (RFC 6455, 7.4).
        """
        if code is not None and not _LOWEST_CLOSE_CODE <= code <= _HIGHEST_CLOSE_CODE:
            raise ValueError("code has to be a close code")
        self._disconnect(kind, code)

    def silence(self, seconds: float, *, kind: str | None = None) -> None:
        """Stay connected and send no event for ``seconds``; what happens in that time is never told."""
        with self._lock:
            self._silent_until[kind] = time.monotonic() + float(seconds)

    def skip_depth(self, count: int = 1, *, symbol: str | None = None) -> None:
        """Lose the next ``count`` depth events of a symbol, or of any: a gap in the update ids."""
        with self._lock:
            self._skipped.extend([symbol] * count)

    def rate_limit(self, seconds: float = 1.0, *, status: int = HTTPStatus.TOO_MANY_REQUESTS) -> None:
        """Answer everything with -1003 for ``seconds``: 429, or 418 for a ban; ``ValueError`` for another status."""
        if status not in (HTTPStatus.TOO_MANY_REQUESTS, TEAPOT):
            raise ValueError("status has to be 429 or 418")
        with self._lock:
            self._limited_until = time.monotonic() + float(seconds)
            self._limit_status = int(status)

    def clear(self) -> None:
        """End every fault; what hangs already keeps hanging."""
        with self._lock:
            self._faults.clear()
            self._latencies.clear()
            self._silent_until.clear()
            self._skipped.clear()
            self._refused_until = self._limited_until = 0.0
        self._plans.clear()

    def delay(self, target: str) -> float:
        """Return how long the answer to a request has to wait."""
        with self._lock:
            return sum(seconds for path, seconds in self._latencies if path is None or path in target)

    def take(self, method: str, target: str) -> Fault | None:
        """Return the first fault meant for a request, and count it as used."""
        with self._lock:
            for fault in self._faults:
                if fault.matches(method, target):
                    fault.count -= 1
                    if fault.count <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def refusing(self) -> bool:
        """Return whether connections are cut now."""
        with self._lock:
            return time.monotonic() < self._refused_until

    def silent(self, kind: str) -> bool:
        """Return whether streams of a kind are silent now."""
        with self._lock:
            until = max(self._silent_until.get(kind, 0.0), self._silent_until.get(None, 0.0))
        return time.monotonic() < until

    def limited(self) -> tuple[int, float] | None:
        """Return status and remaining seconds of a forced rate limit, if there is one now."""
        with self._lock:
            left = self._limited_until - time.monotonic()
            return (self._limit_status, left) if left > 0 else None

    def loses_depth(self, symbol: str) -> bool:
        """Return whether a depth event of ``symbol`` has to be lost, and count it as lost."""
        with self._lock:
            for wanted in (symbol, None):
                if wanted in self._skipped:
                    self._skipped.remove(wanted)
                    return True
        return False

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)
