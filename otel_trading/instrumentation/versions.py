"""The versions of trading libraries that the instrumentors were tried with: the table that ``doctor`` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tried(NamedTuple):
    """A range of versions: from ``least`` on, and before ``below``."""

    least: str
    below: str


TRIED: Mapping[str, Tried] = {
    "ccxt": Tried("4.4", "4.6"),
}
"""Libraries with an instrumentor, by the name of their distribution."""

TRADING_LIBRARIES: tuple[str, ...] = (
    "alpaca-py",
    "ccxt",
    "freqtrade",
    "ib-async",
    "ib-insync",
    "nautilus-trader",
    "pybit",
    "python-binance",
    "quickfix",
    "simplefix",
)
"""Libraries that send orders; what of them is not in :data:`TRIED` is not instrumented."""
