"""What is traded at the gateway, and how a client names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.venues.ib.wire import Field


class Contract(NamedTuple):
    """A contract in the order in which a client sends its fields."""

    con_id: int
    symbol: str
    security_type: str
    expiry: str = ""
    strike: float = 0.0
    right: str = ""
    multiplier: str = ""
    exchange: str = "SMART"
    primary_exchange: str = ""
    currency: str = "USD"
    local_symbol: str = ""
    trading_class: str = ""

    @property
    def report(self) -> Sequence[Field]:
        """The fields in the order of reports: without the primary exchange."""
        return (*self[:8], *self[9:])

    @property
    def holding(self) -> Sequence[Field]:
        """The fields in the order of a portfolio: the primary exchange is the only one."""
        return (*self[:7], self.primary_exchange or self.exchange, *self[9:])


TRADED = (
    Contract(265598, "AAPL", "STK", primary_exchange="NASDAQ", local_symbol="AAPL", trading_class="NMS"),
    Contract(12087792, "EUR", "CASH", exchange="IDEALPRO", local_symbol="EUR.USD", trading_class="EUR.USD"),
    Contract(495512563, "ES", "FUT", "20261218", 0.0, "", "50", "CME", "", "USD", "ESZ6", "ES"),
    Contract(718261013, "AAPL", "OPT", "20261218", 200.0, "C", "100", local_symbol="AAPL  261218C00200000"),
    Contract(28812380, "AAPL", "BAG", local_symbol="28812380"),
)


def asked_for(fields: Sequence[str]) -> Contract | None:
    """Return the contract that twelve fields of a client mean; None where there is none."""
    con_id, symbol, security_type = fields[:3]
    local_symbol = fields[10]
    for contract in TRADED:
        if con_id == str(contract.con_id):
            return contract
        named = local_symbol == contract.local_symbol or (not local_symbol and symbol == contract.symbol)
        if con_id == "0" and named and security_type in {"", contract.security_type}:
            return contract
    return None
