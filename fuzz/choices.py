"""Bytes as a series of choices, so that any engine that makes up bytes makes up structured input."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")


class Choices:
    """Reads choices off ``data``; when that is used up, each is the first one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, bound: int) -> int:
        """Choose a whole number of at least 0 and below ``bound``, which is at most 65,536."""
        size = 1 if bound <= 1 << 8 else 2
        return int.from_bytes(self.take(size), "big") % bound

    def pick(self, items: Sequence[T]) -> T:
        """Choose one of ``items``."""
        return items[self.below(len(items))]

    def take(self, count: int) -> bytes:
        """Choose at most ``count`` bytes."""
        found = self._data[self._at : self._at + count]
        self._at += count
        return found

    def text(self, most: int) -> str:
        """Choose a text of at most ``most`` bytes; half of a pair of surrogates may be in it."""
        return self.take(self.below(most + 1)).decode("utf-8", "surrogatepass" if self.below(2) else "replace")

    def text_or(self, otherwise: str, most: int) -> str:
        """Choose a text as :meth:`text` does, or ``otherwise`` where the bytes are none."""
        try:
            return self.text(most)
        except UnicodeDecodeError:
            return otherwise
