"""What settings take: each function reads one kind of value, or raises ValueError saying what the variable takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from otel_trading.patterns import compile_safe

if TYPE_CHECKING:
    import re
    from collections.abc import Callable


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


def names(value: str) -> tuple[str, ...]:
    """Read names between commas."""
    return tuple(name.strip() for name in value.split(",") if name.strip())


def secret(value: str) -> Secret:
    """Read a text that is never shown."""
    return Secret(value.strip())


def patterns(value: str) -> tuple[re.Pattern[str], ...]:
    """Read regular expressions between white space."""
    return tuple(map(compile_safe, value.split()))


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


def number(kind: type[int | float], least: float) -> Callable[[str], float]:
    """Return what reads a finite number of at least ``least``."""

    def parse(value: str) -> float:
        message = f"takes a number of at least {least:g}"
        try:
            found = kind(value)
        except ValueError:
            raise ValueError(message) from None
        if not least <= found < float("inf"):
            raise ValueError(message)
        return found

    return parse
