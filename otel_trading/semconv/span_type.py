"""What a span is begun with. Written by hand, as ``instrument.py`` is."""

from __future__ import annotations

from typing import Literal, NamedTuple


class SpanType(NamedTuple):
    """A span of the conventions: its type, its kind, and the name it is recorded under.

    ``name`` may hold the keys of attributes in braces, as in ``submit_order {trading.venue}``.
    """

    type: str
    kind: Literal["client", "consumer", "internal", "producer", "server"]
    name: str

    def named(self, given: dict[str, str]) -> str:
        """Return the name of a span that has the attributes ``given``; what is not given is left out."""
        words = [given.get(word[1:-1], "") if word.startswith("{") else word for word in self.name.split()]
        return " ".join(filter(None, words))
