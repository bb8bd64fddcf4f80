"""What is installed beside this interpreter: packages and their entry points, as a bot started by it finds them."""

from __future__ import annotations

import functools
import re
import sys
from importlib.metadata import distributions, entry_points
from typing import TYPE_CHECKING, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint


class Package(NamedTuple):
    """An installed distribution: its name with dashes, its version, and what it requires without any extra."""

    name: str
    version: str
    requires: tuple[Requirement, ...]

    @property
    def parsed(self) -> Version | None:
        """The version for comparing; None where it is none by PEP 440."""
        try:
            return Version(self.version)
        except InvalidVersion:
            return None


def canonical(name: str) -> str:
    """Return the name of a distribution as PEP 503 normalizes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages() -> dict[str, Package]:
    """Return what is installed by name; of two versions on the path the first, which is the one imported."""
    return _packages(tuple(sys.path))


@functools.lru_cache(maxsize=2)  # reading hundreds of files of metadata takes most of an examination
def _packages(_: tuple[str, ...]) -> dict[str, Package]:
    found: dict[str, Package] = {}
    for each in distributions():
        name = canonical(each.metadata["Name"] or "")
        if name and name not in found:
            found[name] = Package(name, each.version or "", tuple(_required(each.requires or ())))
    return found


def entries(group: str) -> list[EntryPoint]:
    """Return the entry points of a group in the order in which ``opentelemetry-instrument`` meets them."""
    return list(_entries(group, tuple(sys.path)))


@functools.lru_cache(maxsize=32)
def _entries(group: str, _: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))


def is_ours(entry: EntryPoint) -> bool:
    """Tell whether an entry point is one of this distribution."""
    return entry.module.partition(".")[0] == "otel_trading"


def _required(lines: list[str] | tuple[str, ...]) -> Iterator[Requirement]:
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement
