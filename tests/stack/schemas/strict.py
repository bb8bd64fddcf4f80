"""A small strict schema: a key that it does not name is a mistake, as is a value of another kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    # Says what is wrong with a value: pairs of its place ("server.http_listen_port") and what is expected there.
    Kind = Callable[[str, Any], Iterator[tuple[str, str]]]

_DURATION = re.compile(r"0|(\d+(\.\d+)?(ns|us|ms|s|m|h))+")
_ADDRESS = re.compile(r"[\w.-]+:\d{1,5}")


def problems(kind: Kind, value: Any) -> list[str]:
    """Return what is wrong with ``value``, each with its place; an empty list where nothing is."""
    return [f"{place or 'the file'}: expected {expected}" for place, expected in kind("", value)]


def section(**keys: Kind) -> Kind:
    """Return the kind of a mapping with these keys, none of which has to be there."""
    return _mapping(keys, required=frozenset())


def record(_required: str, **keys: Kind) -> Kind:
    """Return the kind of a mapping with these keys, of which the required ones (a list in words) have to be there."""
    return _mapping(keys, frozenset(_required.split()))


def _mapping(keys: Mapping[str, Kind], required: frozenset[str]) -> Kind:
    def check(place: str, value: Any) -> Iterator[tuple[str, str]]:
        if not isinstance(value, dict):
            yield place, "a mapping"
            return
        for key in sorted(required - value.keys()):
            yield f"{place}.{key}".lstrip("."), "to be there"
        for key, found in value.items():
            where = f"{place}.{key}".lstrip(".")
            if key in keys:
                yield from keys[key](where, found)
            else:
                yield where, f"one of {', '.join(sorted(keys))}"

    return check


def list_of(kind: Kind) -> Kind:
    """Return the kind of a list whose items are all of ``kind``."""

    def check(place: str, value: Any) -> Iterator[tuple[str, str]]:
        if not isinstance(value, list):
            yield place, "a list"
            return
        for number, item in enumerate(value):
            yield from kind(f"{place}[{number}]", item)

    return check


def map_of(kind: Kind) -> Kind:
    """Return the kind of a mapping with any keys, whose values are all of ``kind``."""

    def check(place: str, value: Any) -> Iterator[tuple[str, str]]:
        if not isinstance(value, dict):
            yield place, "a mapping"
            return
        for key, item in value.items():
            yield from kind(f"{place}.{key}".lstrip("."), item)

    return check


def one_of(*values: str) -> Kind:
    """Return the kind of a word that is one of ``values``."""
    return _that(lambda value: value in values, f"one of {', '.join(values)}")


def _that(good: Callable[[Any], bool], expected: str) -> Kind:
    def check(place: str, value: Any) -> Iterator[tuple[str, str]]:
        if not good(value):
            yield place, expected

    return check


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


TEXT = _that(lambda value: isinstance(value, str), "text")
FLAG = _that(lambda value: isinstance(value, bool), "true or false")
COUNT = _that(lambda value: _is_int(value) and value >= 0, "a whole number, 0 or more")
NUMBER = _that(lambda value: _is_int(value) or isinstance(value, float), "a number")
PORT = _that(lambda value: _is_int(value) and 0 < value < 2**16, "a port")
DURATION = _that(lambda value: bool(_DURATION.fullmatch(str(value))), "a duration such as 30s or 1h30m")
ADDRESS = _that(lambda value: isinstance(value, str) and bool(_ADDRESS.fullmatch(value)), "an address, host:port")
URL = _that(lambda value: isinstance(value, str) and re.match(r"https?://[\w.-]+", value) is not None, "an http URL")
