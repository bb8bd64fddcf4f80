"""What can be made wrong with the venue; each counts down by itself, and may be set from any thread."""

from __future__ import annotations

import threading


class Faults:
    """The faults of one venue.

    Each of these is the number of requests that it is still for: ``refuse`` orders for want of money; ``ignore``
    requests about orders, broken off without an answer and not done; ``lose`` the answers to requests about orders
    that were done, a gateway's 504 instead; ``busy``, a 429 to any request, which is not done; ``keep`` an order that
    is to be canceled with all others.

    ``silent``: nothing more is sent on any stream. ``deaf``: orders are taken on, and nothing follows. ``hasty``: an
    answer is held back until what follows from the request was ``heard`` on a stream.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: dict[str, int] = {}
        self.silent = False
        self.hasty = False
        self.heard = threading.Event()
        self.deaf = False

    def next(self, name: str, times: int = 1) -> None:
        """Set a fault for the next requests."""
        with self._lock:
            self._left[name] = times

    def take(self, name: str) -> bool:
        """Tell whether a fault is for this request; it is used up by that."""
        with self._lock:
            left = self._left.get(name, 0)
            self._left[name] = max(left - 1, 0)
            return left > 0
