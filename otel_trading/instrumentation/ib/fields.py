"""How ib_async and ib_insync name things: pure functions from their contracts, orders and executions to ours.

Both libraries have the same classes with the same attributes, those of TWS's API. Nothing is imported of either.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.toolkit.terms import OrderRequest
from otel_trading.instrumentation.toolkit.values import from_datetime, text
from otel_trading.instrumentation.toolkit.values import number as any_number
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingExecutionLiquidityValues as Liquidity
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.semconv.attributes import TradingOrderSideValues as Side
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.semconv.attributes import TradingOrderTimeInForceValues as TimeInForce
from otel_trading.semconv.attributes import TradingOrderTypeValues as OrderType

if TYPE_CHECKING:
    from collections.abc import Mapping

VENUE = "interactive_brokers"
"""The venue of every order: the broker, wherever it routes the order to."""

BAG = "BAG"
"""The security type (FIX SecurityType, 167) of a combination of contracts, which executes leg by leg."""

_LARGEST = 1e300  # TWS sends the largest number there is for one that is not set
_INSTRUMENTS = {
    "STK": InstrumentType.EQUITY,
    "CASH": InstrumentType.SPOT,
    "CRYPTO": InstrumentType.SPOT,
    "FUT": InstrumentType.FUTURE,
    "CONTFUT": InstrumentType.FUTURE,
    "OPT": InstrumentType.OPTION,
    "FOP": InstrumentType.OPTION,
    "WAR": InstrumentType.OPTION,
}
_PAIRS = frozenset({"CASH", "CRYPTO"})
_EXPIRING = frozenset({"FUT", "CONTFUT", "OPT", "FOP", "WAR"})
_TYPES = {
    "MKT": OrderType.MARKET,
    "LMT": OrderType.LIMIT,
    "STP": OrderType.STOP,
    "STP LMT": OrderType.STOP_LIMIT,
    "TRAIL": OrderType.TRAILING_STOP,
    "TRAIL LIMIT": OrderType.TRAILING_STOP,
    "MIT": OrderType.TAKE_PROFIT,
    "LIT": OrderType.TAKE_PROFIT_LIMIT,
}
_WITH_LIMIT = frozenset({"LMT", "STP LMT", "TRAIL LIMIT", "LIT", "LOC", "REL", "MIDPRICE"})
_WITH_TRIGGER = frozenset({"STP", "STP LMT", "MIT", "LIT"})
_TRAILING = frozenset({"TRAIL", "TRAIL LIMIT"})
_TIMES_IN_FORCE = {kind.value: kind.value for kind in TimeInForce}
_SIDES = {"BUY": Side.BUY, "BOT": Side.BUY, "SELL": Side.SELL, "SSHORT": Side.SELL, "SLD": Side.SELL}
_LIQUIDITY = {1: Liquidity.MAKER.value, 2: Liquidity.TAKER.value}  # added and removed; 3 is routed out

# Without PendingSubmit and ApiPending: the order has left, and TWS says no more than that.
STATUSES: Mapping[str, Status] = {
    "PreSubmitted": Status.NEW,
    "Submitted": Status.NEW,
    "PendingCancel": Status.PENDING_CANCEL,
    "Cancelled": Status.CANCELED,
    "ApiCancelled": Status.CANCELED,
    "Filled": Status.FILLED,
}
"""What the words of orderStatus mean; ``Inactive`` needs the error that comes with it."""


def number(value: Any) -> float | None:
    """Return a number of TWS's; None for one that is not set, which comes as the largest number or as NaN."""
    found = any_number(value)
    return None if found is None or math.isnan(found) or abs(found) >= _LARGEST else found


def symbol_of(contract: Any) -> str:
    """Return what users call a contract: ``AAPL``, ``EURUSD``, and the local symbol of what expires."""
    kind, name = text(getattr(contract, "secType", "")), text(getattr(contract, "symbol", ""))
    local = text(getattr(contract, "localSymbol", ""))
    if kind in _PAIRS and name:
        return name + text(getattr(contract, "currency", ""))
    if kind in _EXPIRING:
        return local or _described(contract, name)
    return name or local or _numbered(contract)


def _described(contract: Any, name: str) -> str:
    """Return a name for what expires, from what it is asked for by: ``AAPL 20261218 C200``."""
    strike = number(getattr(contract, "strike", None))
    right = text(getattr(contract, "right", ""))[:1]
    expiry = text(getattr(contract, "lastTradeDateOrContractMonth", ""))
    found = " ".join(filter(None, (name, expiry, f"{right}{strike:g}" if strike else "")))
    return found or _numbered(contract)


def _numbered(contract: Any) -> str:
    number_of_it = getattr(contract, "conId", 0)
    return f"conId {number_of_it}" if number_of_it else ""


def instrument_type_of(contract: Any) -> str:
    """Return the instrument's type; empty where the contract does not say its own."""
    kind = text(getattr(contract, "secType", ""))
    return _INSTRUMENTS.get(kind, InstrumentType.OTHER).value if kind else ""


def side_of(word: Any) -> str:
    """Return the side (FIX Side, 54) of an order's action or of an execution's side."""
    found = _SIDES.get(text(word).upper())
    return found.value if found else ""


def order_id(perm_id: Any) -> str:
    """Return the venue's id (FIX OrderID, 37): ``permId``; empty as long as it is 0, until the first report."""
    return text(perm_id) if perm_id else ""


def session_id(client: Any, order: Any) -> str:
    """Return ``clientId:orderId``, by which a client and TWS mean an order, in one session."""
    return f"{client}:{order}"


def request_of(contract: Any, order: Any, client_id: str = "") -> OrderRequest:
    """Return what an order asks for."""
    kind = text(getattr(order, "orderType", "")).upper()
    tif = text(getattr(order, "tif", "")).lower()
    trigger = "auxPrice" if kind in _WITH_TRIGGER else "trailStopPrice" if kind in _TRAILING else ""
    return OrderRequest(
        venue=VENUE,
        symbol=symbol_of(contract),
        side=side_of(getattr(order, "action", "")),
        type=_TYPES.get(kind, OrderType.OTHER).value,
        quantity=number(getattr(order, "totalQuantity", None)),
        price=number(getattr(order, "lmtPrice", None)) if kind in _WITH_LIMIT else None,
        stop_price=number(getattr(order, trigger, None)) if trigger else None,
        time_in_force=_TIMES_IN_FORCE.get(tif, TimeInForce.OTHER.value) if tif else "",
        instrument_type=instrument_type_of(contract),
        client_id=client_id,
    )


def execution_of(told: Any, identity: str, fee: Any = None) -> Execution:
    """Return an execution, under the id that it is known by, with its commission report where that has come."""
    return Execution(
        quantity=number(told.shares) or 0.0,
        price=number(told.price),
        id=identity,
        liquidity=_LIQUIDITY.get(getattr(told, "lastLiquidity", 0), ""),
        fee_amount=number(getattr(fee, "commission", None)),
        fee_currency=text(getattr(fee, "currency", "")),
        transact_time=from_datetime(getattr(told, "time", None)),
    )


def mid_of(ticker: Any) -> float | None:
    """Return the middle of a ticker's bid and ask; None where one of them is missing, or both are of another time.

    Market data of type 1 is of now, 2 of the last close, 3 and 4 are delayed.
    """
    bid, ask = number(getattr(ticker, "bid", None)), number(getattr(ticker, "ask", None))
    is_live = getattr(ticker, "marketDataType", 1) == 1
    return (bid + ask) / 2 if is_live and bid is not None and ask is not None and bid > 0 and ask > 0 else None
