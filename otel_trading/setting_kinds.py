"""What settings take: each kind reads a value from a text, or raises ValueError saying what the setting takes.

A variable is a text; a configuration file has numbers and lists too, which :func:`from_file` brings to the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from otel_trading.patterns import compile_safe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Secret(str):
    """A text that is not shown where settings are printed."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


def text(value: str) -> str:
    """Read a text as it stands, without white space around it."""
    return value.strip()


def path(value: str) -> Path:
    """Read a path; ``~`` is the user's home."""
    return Path(value.strip()).expanduser()


def secret(value: str) -> Secret:
    """Read a text that is never shown."""
    return Secret(value.strip())


def address(value: str) -> str:
    """Read an http or https URL; a slash at its end is left out."""
    message = "takes an address such as http://127.0.0.1:3000 or https://grafana.example"
    try:
        parts = urlsplit(value.strip())
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and not parts.query
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(message)
    return value.strip().rstrip("/")


def one_of(*allowed: str) -> Callable[[str], str]:
    """Return what reads one of some words, in any case."""

    def parse(value: str) -> str:
        word = value.strip().lower()
        if word not in allowed:
            message = f"takes one of {', '.join(allowed)}"
            raise ValueError(message)
        return word

    return parse


class Number:
    """Reads a finite number of at least ``least``."""

    def __init__(self, kind: type[int | float], least: float) -> None:
        self._kind = kind
        self._least = least

    def __call__(self, value: str) -> float:
        """Read a number from a text."""
        message = f"takes a number of at least {self._least:g}"
        try:
            found = self._kind(value)
        except ValueError:
            raise ValueError(message) from None
        if not self._least <= found < float("inf"):
            raise ValueError(message)
        return found


class Items:
    """Reads several values that stand between ``separator`` (None: white space), each by ``read``."""

    def __init__(self, separator: str | None, read: Callable[[str], Any]) -> None:
        self._separator = separator
        self._read = read

    def __call__(self, value: str) -> tuple[Any, ...]:
        """Read them from one text."""
        return self.each(value.split(self._separator))

    def each(self, values: Sequence[str]) -> tuple[Any, ...]:
        """Read them from a text each."""
        return tuple(self._read(value.strip()) for value in values if value.strip())


names = Items(",", text)
patterns = Items(None, compile_safe)

_WORDS = {bool: "a yes or no", int: "a number", float: "a number", list: "a list", dict: "a mapping"}


def from_file(read: Callable[[str], Any], value: object) -> Any:
    """Read what a configuration file holds; raises ValueError that says what it takes.

    A text is read as from a variable. Numbers are taken where a number is asked for: for a text they would not be
    what was written (YAML makes 8 of 010, and 1.1 of 1.10). A list is taken where there may be several.
    """
    if isinstance(value, str):
        return read(value)
    if isinstance(read, Items) and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return read.each(value)
    if isinstance(read, Number) and isinstance(value, (int, float)) and not isinstance(value, bool):
        return read(str(value))
    takes = {Items: "takes a list of texts", Number: "takes a number"}.get(type(read), "takes a text")
    remedy = "" if isinstance(read, Number) else ": put it in quotes"
    found = _WORDS.get(type(value), f"a {type(value).__name__}")
    if isinstance(value, list) and isinstance(read, Items):
        found = "a list with something else in it"
    raise ValueError(f"is {found}, and {takes}{remedy}")
