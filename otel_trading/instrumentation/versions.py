"""The versions of trading libraries that the instrumentors were tried with: the one table of them."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tried(NamedTuple):
    """A range of versions: from ``least`` on, and before ``below``."""

    least: str
    below: str

    def holds(self, version: str) -> bool:
        """Tell whether ``version`` was tried; one that is no version by PEP 440 was not."""
        from packaging.version import InvalidVersion, Version  # noqa: PLC0415 - its import costs 10 ms at start

        try:
            return Version(self.least) <= Version(version) < Version(self.below)
        except InvalidVersion:
            return False

    def __str__(self) -> str:
        return f"tried: {self.least} and later, before {self.below}"


TRIED: Mapping[str, Tried] = {
    "alpaca-py": Tried("0.37", "0.45"),
    "ccxt": Tried("4.4", "4.6"),
    "freqtrade": Tried("2026.5", "2026.10"),
    "ib-async": Tried("2.1", "2.2"),
    "ib-insync": Tried("0.9.85", "0.9.87"),
    "nautilus-trader": Tried("1.221", "1.222"),
    "pybit": Tried("5.10", "5.18"),
    "python-binance": Tried("1.0.28", "1.0.38"),
    "quickfix": Tried("1.16", "1.17"),
    "simplefix": Tried("1.0.10", "1.0.18"),
}
"""Libraries with an instrumentor, by the name of their distribution."""


def installed(library: str) -> str:
    """Return the version of ``library`` that is installed; empty where none is."""
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return ""
