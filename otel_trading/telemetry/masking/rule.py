"""A pattern, what stands in its place, and the signs without which it need not be tried."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import re
    from collections.abc import Callable

MASK = "***"

Replacement: TypeAlias = "str | Callable[[re.Match[str]], str]"


class Rule(NamedTuple):
    """Where one of ``signs`` stands in the text in lower case, ``pattern`` is replaced.

    ``is_bare`` tells that it may match a text of letters, digits, spaces and ``_./-`` alone, as most values are.
    """

    signs: tuple[str, ...]
    pattern: re.Pattern[str]
    replacement: Replacement = MASK
    is_bare: bool = False


def apply(rules: tuple[Rule, ...], text: str, lower: str) -> str:
    """Return ``text``, which is ``lower`` in lower case, with ``rules`` applied in their order."""
    asked: tuple[str, ...] = ()
    is_there = False
    for signs, pattern, replacement, _ in rules:
        if signs is not asked:  # neighbours share theirs
            asked, is_there = signs, False
            for sign in signs:  # a generator for any() would cost more than the search
                if sign in lower:
                    is_there = True
                    break
        if is_there:
            text = pattern.sub(replacement, text)
    return text
