"""The decision: how much time fits into the limit, and how fast more may come in. Pure functions of what was measured.

A store deletes late: what its retention leaves out is gone only after ``lag``, and as much as arrives until then has to
find room. So the keeper reckons with what the folder will hold one lag from now: the data that stays, all that no
retention deletes, what is still in the server's memory, and once more what the last lag brought. What it may hold at
most is a little below the limit: see ``most``.

* Above 93 % of that the retention is cut, at once and to 88 %, so that cuts are few.
* Below 78 % for a whole lag it grows again, by a tenth, and only when the data fills the time it has: what is deleted
  does not come back, so a longer retention means nothing before there is data of that age.
* It never goes above the retention by time, nor below the floor, for data has to be longer on the disk than it takes to
  get there (Loki may hold a quiet stream for half an hour before it writes the chunk, and the chunk's index another
  quarter).
* Deleting may be too slow for what comes in, or the newest data alone too much. So the store takes new data only as
  fast as the room that is left allows until the keeper's next decision, and none when there is next to no room. The
  Collector keeps the rest in its queue, whose size is bounded, and holds the bots back when that is full: data waits
  where it is safe, and no disk fills up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keeper.measure import Piece, Usage
    from keeper.settings import Store

_FULL = 0.93
_CUT_TO = 0.88
_ROOMY = 0.78
_GROW = 1.1
_IN_USE = 0.9
# However fast a store fills: the newest half is not given up for what may come.
_MOST_COMING = 0.5

# What comes in takes its size twice for a while: in the write-ahead log, and in the chunk or block made of it.
_TWICE = 2
# What may come at once, in bytes. A server refuses for ever a push larger than that: the Collector's 3 MiB become
# several times as much in Loki, which keeps the resource's attributes with each line.
BURST = 2**25
_LIMIT_SHARE = 0.97
_SLOWEST = 2**16
# A pace goes down at once, and up again when it would be right for this part of the room as well; a refusal ends when
# this part of all is free.
_SURELY = 0.75
_FREE_AGAIN = 0.05

_MINUTE, _HOUR = 60, 3600


@dataclass(frozen=True)
class State:
    """What is in force: the retention in seconds, and the bytes that may come in each second (None: no limit of ours).

    ``short``: even at the floor the limit will not hold. ``roomy_since``: since when there has been room to spare.
    """

    retention: int
    pace: int | None = None
    short: bool = False
    roomy_since: float | None = None

    @property
    def refusing(self) -> bool:
        """No new data is taken."""
        return self.pace == 0


def decide(store: Store, usage: Usage, before: State, now: float, since: float) -> State:
    """Return what is to be in force at ``now``. Only what landed after ``since``, the keeper's start, says a rate."""
    top = most(store.limit)
    kept = [piece for piece in usage.pieces if now - piece.newest < before.retention]
    came = sum(piece.size for piece in usage.pieces if piece.landed >= max(since, now - store.lag))
    base = usage.other + usage.pending + min(came, top * _MOST_COMING)
    expected = base + _bytes(kept)

    retention, roomy_since = before.retention, None
    if expected > _FULL * top:
        retention = _cut(kept, _CUT_TO * top - base, retention, now)
    elif expected < _ROOMY * top:
        roomy_since = now if before.roomy_since is None else before.roomy_since
        if now - roomy_since >= store.lag and _fills(kept, retention, now):
            retention, roomy_since = int(retention * _GROW) + 1, now
    retention = max(store.floor, min(_rounded(retention), store.longest))

    staying = base + _bytes(piece for piece in kept if now - piece.newest < retention)
    short = retention == store.floor and staying > (_CUT_TO if before.short else _FULL) * top
    pace = _pace(store, top - usage.total - usage.pending, before.pace)
    return State(retention, pace, short, roomy_since)


def most(limit: int) -> float:
    """Return the bytes at which a store takes no more: a burst may be on its way in."""
    return _LIMIT_SHARE * limit - _TWICE * BURST


def _cut(kept: list[Piece], room: float, retention: int, now: float) -> int:
    """Return the age of the first piece, from the newest, that finds no room."""
    for piece in sorted(kept, reverse=True):
        room -= piece.size
        if room < 0:
            return max(0, int(now - piece.newest))
    return retention


def _fills(kept: list[Piece], retention: int, now: float) -> bool:
    return bool(kept) and now - min(kept).newest >= _IN_USE * retention


def _pace(store: Store, room: float, before: int | None) -> int | None:
    fastest = store.fastest
    if before == 0 and room < _FREE_AGAIN * most(store.limit):
        return 0
    was = fastest if before is None else before
    pace = max(min(was, _pace_for(room, store)), _pace_for(_SURELY * room, store))
    return None if pace >= fastest else pace


def _pace_for(room: float, store: Store) -> int:
    """Return the bytes a second that fit until the next decision holds; a power of two, for few changes."""
    pace = int(room / _TWICE / store.reaction)
    return 1 << (pace.bit_length() - 1) if pace >= _SLOWEST else 0


def _rounded(seconds: int) -> int:
    """Round down to a figure that people read, coarse enough not to change with every round."""
    step = _HOUR if seconds >= 48 * _HOUR else _MINUTE if seconds >= _HOUR else 1
    return seconds - seconds % step


def _bytes(pieces: Iterable[Piece]) -> int:
    return sum(piece.size for piece in pieces)
