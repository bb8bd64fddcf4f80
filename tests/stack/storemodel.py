"""A store in a few lines, for the keeper to hold: data comes by a rate, waits where it is not taken, and goes late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keeper.measure import Piece, Usage
from keeper.policy import BURST, State, decide

if TYPE_CHECKING:
    from keeper.settings import Store

_STEP = 30
_HOLDS_AFTER = 20  # seconds until the store acts on what it is told
_APPLY, _DELETE_DELAY = 900, 600  # retention applied each 15 min, deleted 10 min after: within the store's lag


class StoreModel:
    """Its clock begins at zero and only ``run`` moves it; the keeper looks at it each 30 s.

    ``backlog`` is what waits to be taken, ``peak`` the most that the store ever took of the disk.
    """

    def __init__(self, store: Store) -> None:
        self.limit = store.limit
        self.state = State(store.longest)
        self.changes = 0
        self.backlog = 0
        self.most_backlog = 0
        self.peak = 0
        self._store = store
        self._now = 0
        self._tokens = 0.0
        self._pieces: list[Piece] = []
        self._marked: list[tuple[int, int]] = []

    @property
    def used(self) -> int:
        return sum(piece.size for piece in self._pieces) + sum(size for _, size in self._marked)

    @property
    def oldest(self) -> float:
        """The age of the oldest data in seconds."""
        return self._now - min(piece.newest for piece in self._pieces)

    def run(self, hours: float, rate: float) -> None:
        """Let so much time pass with ``rate`` bytes coming in a second."""
        until = self._now + int(hours * 3600)
        while self._now < until:
            before = self.state
            self.state = decide(self._store, self._usage(), before, self._now, 0)
            self.changes += self.state.retention != before.retention
            self.backlog += round(rate * _STEP)
            self._take(before.pace, _HOLDS_AFTER)
            self._take(self.state.pace, _STEP - _HOLDS_AFTER)
            self.most_backlog = max(self.most_backlog, self.backlog)
            if self._now % _APPLY == 0:
                self._mark()
            self._marked = [(due, size) for due, size in self._marked if due > self._now]

    def _usage(self) -> Usage:
        # Loki does not tell what is marked: its chunks lie there as all others, too old for the retention.
        marked = tuple(Piece(-(10**6), size, -(10**6)) for _, size in self._marked)
        return Usage((*self._pieces, *marked))

    def _take(self, pace: int | None, seconds: int) -> None:
        """Take what waits as fast as a rate limit lets it in."""
        self._now += seconds
        rate = self._store.fastest if pace is None else pace
        self._tokens = min(self._tokens + rate * seconds, BURST + rate * seconds) if rate else 0
        size = min(self.backlog, int(self._tokens))
        self._tokens -= size
        self.backlog -= size
        if size:
            self._write(size)
        self.peak = max(self.peak, self.used)

    def _write(self, size: int) -> None:
        """Put it into one piece for each ten minutes, as a chunk holds many lines."""
        last = self._pieces[-1] if self._pieces else None
        if last is not None and int(last.landed) // 600 == self._now // 600:
            self._pieces[-1] = Piece(self._now, last.size + size, self._now)
        else:
            self._pieces.append(Piece(self._now, size, self._now))

    def _mark(self) -> None:
        kept = [piece for piece in self._pieces if self._now - piece.newest < self.state.retention]
        gone = sum(piece.size for piece in self._pieces) - sum(piece.size for piece in kept)
        self._marked.append((self._now + _DELETE_DELAY, gone))
        self._pieces = kept
