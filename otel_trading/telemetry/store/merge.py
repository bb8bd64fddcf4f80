"""Records of many files in the order of time, with no more in memory than the blocks that overlap."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from otel_trading.telemetry.store.segments import Part

T = TypeVar("T")

_EVER = 2**64


def in_order(
    parts: Iterable[Part],
    read: Callable[[Part], Iterable[tuple[int, T]]],
    *,
    since_ns: int | None,
    until_ns: int | None,
    newest_first: bool,
) -> Iterator[T]:
    """Yield what ``read`` finds in the blocks with ``since_ns`` <= time < ``until_ns``, ordered by time.

    A block is read when the time has come to its first record, and not at all when it is outside.
    """
    since = 0 if since_ns is None else since_ns
    until = _EVER if until_ns is None else until_ns
    sign = -1 if newest_first else 1
    # A block whose times are not known may hold any: it comes first, and is never left out.
    edges = sorted(
        (
            (sign * ((part.last_ns or _EVER) if newest_first else part.first_ns), at, part)
            for at, part in enumerate(parts)
            if part.first_ns < until and (part.last_ns or _EVER) >= since
        ),
        key=lambda edge: edge[:2],
    )
    waiting: list[tuple[int, int, T]] = []
    numbers = itertools.count(step=sign)
    for edge, _, part in edges:
        while waiting and waiting[0][0] < edge:
            yield heapq.heappop(waiting)[2]
        for time, item in read(part):
            if since <= time < until:
                heapq.heappush(waiting, (sign * time, next(numbers), item))
    while waiting:
        yield heapq.heappop(waiting)[2]
