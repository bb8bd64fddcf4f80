"""What the venue has seen: every REST request and every websocket message."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

_KEPT = 10_000


@dataclass
class SeenRequest:
    """One request.

    ``kind`` is ``rest``, ``ws-api`` or ``ws-stream`` (``…-connect`` for a websocket's handshake); ``path`` is the
    URL's path, for a websocket message with its method behind it; ``params`` are those of query and form, or of
    the message; ``status`` is the answer's, and nothing where there was none.
    """

    kind: str
    method: str
    path: str
    params: dict[str, Any]
    headers: dict[str, str]
    body: str
    time_ms: int
    status: int | None = None

    def told(self) -> dict[str, Any]:
        """Return the record as a JSON object."""
        return dict(vars(self))


@dataclass
class RequestLog:
    """A bounded list of what was seen. Safe to read from another thread."""

    _seen: deque[SeenRequest] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, request: SeenRequest) -> SeenRequest:
        """Keep a request and return it."""
        with self._lock:
            self._seen.append(request)
        return request

    def all(self) -> list[SeenRequest]:
        """Return the requests, oldest first."""
        with self._lock:
            return list(self._seen)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._seen.clear()
