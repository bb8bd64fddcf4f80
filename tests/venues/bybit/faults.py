"""What the venue does wrong when a test tells it to."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass
class Fault:
    """A harm to the next ``count`` requests to ``path`` (for orders over a websocket: ``order.create`` and so on).

    ``drop`` cuts the connection, ``code`` and ``message`` are answered instead, ``status`` is an HTTP status with a
    body that is no JSON. With ``processed`` the venue does the work all the same, and only the answer suffers.
    """

    path: str
    count: int = 1
    drop: bool = False
    code: int = 0
    message: str = ""
    status: int = 0
    processed: bool = False


class Faults:
    """Faults that wait for their request, and whether streams are silent. Safe to set from another thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self.silent = False

    def add(self, fault: Fault) -> None:
        """Have ``fault`` happen."""
        with self._lock:
            self._waiting.append(fault)

    def take(self, path: str) -> Fault | None:
        """Return the first fault meant for a request to ``path``, and count it as used."""
        with self._lock:
            for fault in self._waiting:
                if fault.path in path:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._waiting.remove(fault)
                    return fault
        return None

    def clear(self) -> None:
        """End every fault."""
        with self._lock:
            self._waiting.clear()
        self.silent = False
