"""Which parts of a file are settled: positions in its text, which compressing does not change."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Range(NamedTuple):
    """Whole lines, from one position in the uncompressed text to another.

    ``records`` is how many they held, ``crc`` the CRC-32 of the last of them, by which a reader sees that it looks
    at the same text as before.
    """

    start: int
    end: int
    records: int
    crc: int


class Ranges:
    """Ranges that do not overlap, in their order; those that touch become one."""

    def __init__(self) -> None:
        self._ranges: list[Range] = []

    def __iter__(self) -> Iterator[Range]:
        return iter(self._ranges)

    @property
    def records(self) -> int:
        """How many records they hold."""
        return sum(each.records for each in self._ranges)

    @property
    def end(self) -> int:
        """Where the last one ends; 0 where there is none."""
        return self._ranges[-1].end if self._ranges else 0

    def add(self, new: Range) -> None:
        """Add a range. One that overlaps others becomes one with them, their records counted as told."""
        first = self._first_ending_at_or_after(new.start)
        last = first
        start, end, records, crc = new
        while last < len(self._ranges) and self._ranges[last].start <= end:
            other = self._ranges[last]
            start = min(start, other.start)
            records += other.records
            if other.end > end:
                end, crc = other.end, other.crc
            last += 1
        self._ranges[first:last] = [Range(start, end, records, crc)]

    def holding(self, position: int) -> Range | None:
        """Return the range that holds a position."""
        at = bisect_right(self._ranges, position, key=lambda each: each.start) - 1
        return self._ranges[at] if at >= 0 and position < self._ranges[at].end else None

    def edge_within(self, start: int, end: int) -> bool:
        """Tell whether a range begins between two positions, or ends after the first and not after the second."""
        return any(start < each.start < end or start < each.end <= end for each in self._ranges)

    def _first_ending_at_or_after(self, position: int) -> int:
        for number, each in enumerate(self._ranges):
            if each.end >= position:
                return number
        return len(self._ranges)
