"""Typed access to one YAML mapping: what is missing, unknown or of the wrong type is told with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, cast

from model.problems import ModelError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator


class Fields:
    """A mapping that was read from ``file`` at ``place``, with the keys it must and may have.

    Raises ``ModelError`` on anything else.
    """

    def __init__(
        self,
        file: str,
        place: str,
        raw: object,
        *,
        required: set[str],
        optional: frozenset[str] = frozenset(),
    ) -> None:
        self.file = file
        self.place = place
        if not isinstance(raw, dict):
            self.fail("", f"is {_kind(raw)}", "make it a mapping of keys to values")
        self._raw = cast("dict[str, object]", raw)
        known = required | optional
        for key in self._raw:
            if key not in known:
                self.fail(str(key), "is not a key of this mapping", f"use one of {', '.join(sorted(known))}")
        for key in sorted(required - self._raw.keys()):
            self.fail(key, "is missing", "add it")

    def fail(self, key: str, wrong: str, remedy: str) -> NoReturn:
        """Raise the problem of one key."""
        place = "/".join(part for part in (self.place, key) if part)
        raise ModelError([Problem(self.file, place, wrong, remedy)])

    def has(self, key: str) -> bool:
        """Tell whether the key is there."""
        return key in self._raw

    def raw(self, key: str) -> object:
        """Return the value as it was read, None if it is missing."""
        return self._raw.get(key)

    def text(self, key: str, default: str = "") -> str:
        """Return a text without line ends at its sides; empty only where the key is missing."""
        value = self._raw.get(key, default)
        if not isinstance(value, str):
            self.fail(key, f"is {_kind(value)}", "quote it to make it a text")
        if key in self._raw and not value.strip():
            self.fail(key, "is empty", "say something or leave it out")
        return value.strip()

    def choice(self, key: str, choices: tuple[str, ...], default: str = "") -> str:
        """Return one of a few words."""
        value = self.text(key, default)
        if value not in choices:
            self.fail(key, f"is {value!r}", f"use one of {', '.join(choices)}")
        return value

    def flag(self, key: str) -> bool:
        """Return a boolean, false where the key is missing."""
        value = self._raw.get(key, False)
        if not isinstance(value, bool):
            self.fail(key, f"is {_kind(value)}", "use true or false")
        return value

    def items(self, key: str) -> Iterator[tuple[str, object]]:
        """Each entry of a list with its place, nothing where the key is missing."""
        value = self._raw.get(key, [])
        if not isinstance(value, list):
            self.fail(key, f"is {_kind(value)}", "make it a list")
        for index, item in enumerate(value):
            yield f"{self.place}/{key}[{index}]".lstrip("/"), item

    def numbers(self, key: str) -> tuple[float, ...] | None:
        """Return a list of numbers, None where the key is missing."""
        if key not in self._raw:
            return None
        found: list[float] = []
        for _, item in self.items(key):
            if isinstance(item, bool) or not isinstance(item, (int, float)):
                self.fail(key, f"holds {_kind(item)}", "hold numbers only")
            found.append(float(item))
        return tuple(found)


def _kind(value: object) -> str:
    words = {dict: "a mapping", list: "a list", str: "a text", type(None): "empty", bool: "a boolean"}
    return words.get(type(value), f"a value of type {type(value).__name__}")
