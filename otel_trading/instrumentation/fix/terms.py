"""The values of FIX's fields as our terms: FIX 4.0 to 5.0 SP2, with the values that only old versions have."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from otel_trading.semconv.attributes import TradingExecutionLiquidityValues as Liquidity
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.semconv.attributes import TradingOrderSideValues as Side
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.semconv.attributes import TradingOrderTimeInForceValues as TimeInForce
from otel_trading.semconv.attributes import TradingOrderTypeValues as OrderType

if TYPE_CHECKING:
    from collections.abc import Mapping

STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "0": Status.NEW,
        "1": Status.PARTIALLY_FILLED,
        "2": Status.FILLED,
        "3": Status.SUSPENDED,  # done for day: it works no more today, and may be restated tomorrow
        "4": Status.CANCELED,
        "5": Status.REPLACED,
        "6": Status.PENDING_CANCEL,
        "7": Status.NEW,  # stopped: a price is guaranteed, the execution comes
        "8": Status.REJECTED,
        "9": Status.SUSPENDED,
        "A": Status.PENDING_NEW,
        "C": Status.EXPIRED,
        "D": Status.PENDING_NEW,  # accepted for bidding
        "E": Status.PENDING_REPLACE,
    }
)
"""OrdStatus (39). Calculated (B) tells of fees and not of the order, and is no status here."""

SIDES: Mapping[str, str] = MappingProxyType(
    {
        "1": Side.BUY.value,
        "2": Side.SELL.value,
        "3": Side.BUY.value,  # buy minus
        "4": Side.SELL.value,  # sell plus
        "5": Side.SELL.value,  # sell short
        "6": Side.SELL.value,  # sell short exempt
        "H": Side.SELL.value,  # sell undisclosed
    }
)
"""Side (54). Crosses, subscriptions and loans are neither a purchase nor a sale."""

TYPES: Mapping[str, str] = MappingProxyType(
    {
        "1": OrderType.MARKET.value,
        "2": OrderType.LIMIT.value,
        "3": OrderType.STOP.value,
        "4": OrderType.STOP_LIMIT.value,
        "7": OrderType.LIMIT.value,  # limit or better
        "C": OrderType.MARKET.value,  # forex market, FIX 4.2
        "F": OrderType.LIMIT.value,  # forex limit, FIX 4.2
        "J": OrderType.TAKE_PROFIT.value,  # market if touched
        "K": OrderType.MARKET.value,  # the rest as a limit order
        "R": OrderType.STOP.value,  # on bid or offer
        "S": OrderType.STOP_LIMIT.value,  # on bid or offer
    }
)
"""OrdType (40)."""

TIMES_IN_FORCE: Mapping[str, str] = MappingProxyType(
    {
        "0": TimeInForce.DAY.value,
        "1": TimeInForce.GTC.value,
        "3": TimeInForce.IOC.value,
        "4": TimeInForce.FOK.value,
        "6": TimeInForce.GTD.value,
    }
)
"""TimeInForce (59). Opening, closing and crossing have no word of ours."""

LIQUIDITIES: Mapping[str, str] = MappingProxyType(
    {
        "1": Liquidity.MAKER.value,
        "2": Liquidity.TAKER.value,
        "8": Liquidity.TAKER.value,  # after firm order commitment
    }
)
"""LastLiquidityInd (851)."""

INSTRUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "CS": InstrumentType.EQUITY.value,
        "PS": InstrumentType.EQUITY.value,
        "DR": InstrumentType.EQUITY.value,
        "ETF": InstrumentType.EQUITY.value,
        "MF": InstrumentType.EQUITY.value,
        "FUT": InstrumentType.FUTURE.value,
        "OPT": InstrumentType.OPTION.value,
        "OOF": InstrumentType.OPTION.value,
        "OOP": InstrumentType.OPTION.value,
        "FXSPOT": InstrumentType.SPOT.value,
    }
)
"""SecurityType (167). What FIX calls a swap is not the perpetual future that ours is."""

POST_ONLY = "6"
"""ExecInst (18): participate, do not initiate."""


def order_type(code: str) -> str:
    """Return our word for an OrdType (40); ``other`` for one that has none, empty where there is none."""
    return TYPES.get(code, OrderType.OTHER.value) if code else ""


def time_in_force(code: str, instructions: str = "") -> str:
    """Return our word for a TimeInForce (59) and the ExecInst (18) beside it, which holds post only."""
    if POST_ONLY in instructions.split(" "):
        return TimeInForce.GTX.value
    return TIMES_IN_FORCE.get(code, TimeInForce.OTHER.value) if code else ""


def instrument_type(code: str) -> str:
    """Return our word for a SecurityType (167); ``other`` for one that has none, empty where there is none."""
    return INSTRUMENTS.get(code, InstrumentType.OTHER.value) if code else ""
