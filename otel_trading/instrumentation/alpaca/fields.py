"""How alpaca-py names things: pure functions from its requests, models and raw dictionaries to ours.

A client made with ``raw_data=True`` gives dictionaries where another gives models; both have the same names.
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.alpaca.times import nanoseconds
from otel_trading.instrumentation.toolkit.terms import OrderReference, OrderRequest
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.semconv.attributes import TradingOrderTimeInForceValues as TimeInForce

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VENUE = "alpaca"

# "Order Lifecycle" of Alpaca's documentation. Those that are not here say nothing that the answer's coming did not:
# Alpaca has the order (accepted, pending_new, accepted_for_bidding, pending_review), a trade is guaranteed (stopped),
# it is being settled (calculated).
_STATUSES = {
    "new": Status.NEW,
    "partially_filled": Status.PARTIALLY_FILLED,
    "filled": Status.FILLED,
    "canceled": Status.CANCELED,
    "expired": Status.EXPIRED,
    "rejected": Status.REJECTED,
    "replaced": Status.REPLACED,
    "pending_cancel": Status.PENDING_CANCEL,
    "pending_replace": Status.PENDING_REPLACE,
    "suspended": Status.SUSPENDED,
    "held": Status.SUSPENDED,  # a leg of a bracket that waits for its parent to be filled
    "done_for_day": Status.SUSPENDED,  # it works again on the next trading day, if it is good for that
}
_ASSET_CLASSES = {
    "us_equity": InstrumentType.EQUITY,
    "us_option": InstrumentType.OPTION,
    "crypto": InstrumentType.SPOT,
    "crypto_perp": InstrumentType.SWAP,
}
_TIMES_IN_FORCE = {kind.value for kind in TimeInForce}
_FILLS = frozenset({"fill", "partial_fill"})

# Alpaca takes a pair of crypto currencies with and without the slash, answers with it, and names positions without.
# No stock's ticker is that long.
_PAIR = re.compile(r"^([A-Z0-9]{3,})(USDT|USDC|USD|BTC)$")
_OPTION = re.compile(r"^[A-Z0-9.]{1,6}\d{6}[CP]\d{8}$")  # the OCC's symbol: root, expiry, call or put, strike
_SHORTEST_PAIR = 6


def get(thing: Any, name: str) -> Any:
    """Return what ``thing``, a model or a raw dictionary, has under ``name``; None where it has nothing."""
    return thing.get(name) if isinstance(thing, dict) else getattr(thing, name, None)


def symbol(found: Any) -> str:
    """Return a symbol as orders have it: a pair of crypto currencies with its slash."""
    name = text(found)
    pair = _PAIR.match(name) if len(name) >= _SHORTEST_PAIR and not _OPTION.match(name) else None
    return f"{pair[1]}/{pair[2]}" if pair else name


def instrument_type(name: str, asset_class: Any = None) -> str:
    """Return what kind of instrument it is: by its asset class, or by how its symbol is written."""
    known = _ASSET_CLASSES.get(text(asset_class))
    if known is not None:
        return known.value
    if "/" in name:
        return InstrumentType.SPOT.value
    if _OPTION.match(name):
        return InstrumentType.OPTION.value
    return InstrumentType.EQUITY.value if name else ""


def is_id(name: Any) -> bool:
    """Tell whether what a position was asked by is the id of an asset, and not its symbol."""
    try:
        uuid.UUID(text(name))
    except ValueError:
        return False
    return True


def time_in_force(found: Any) -> str:
    """Return TimeInForce (59); those for the opening and closing auctions are ``other``."""
    word = text(found)
    return word if not word or word in _TIMES_IN_FORCE else TimeInForce.OTHER.value


def request(order: Any) -> OrderRequest:
    """Return what an ``OrderRequest`` asks for; one for an amount of money (``notional``) has no quantity."""
    name = symbol(get(order, "symbol"))
    is_option = text(get(order, "order_class")) == "mleg"
    return OrderRequest(
        venue=VENUE,
        symbol=name,
        side=text(get(order, "side")),
        type=text(get(order, "type")),
        quantity=number(get(order, "qty")),
        price=_price(order),
        stop_price=number(get(order, "stop_price")),
        time_in_force=time_in_force(get(order, "time_in_force")),
        instrument_type=InstrumentType.OPTION.value if is_option else instrument_type(name),
        client_id=text(get(order, "client_order_id")),
    )


def _price(order: Any) -> float | None:
    """Return the limit price; an OCO order may have it in its ``take_profit`` only."""
    own = number(get(order, "limit_price"))
    if own is None and text(get(order, "order_class")) == "oco":
        return number(get(get(order, "take_profit"), "limit_price"))
    return own


def replacement(order: Any, name: str) -> OrderRequest:
    """Return what a ``ReplaceOrderRequest`` asks for of an order in the symbol ``name``."""
    return OrderRequest(
        venue=VENUE,
        symbol=name,
        quantity=number(get(order, "qty")),
        price=number(get(order, "limit_price")),
        stop_price=number(get(order, "stop_price")),
        client_id=text(get(order, "client_order_id")),
    )


def closing(found: Any, options: Any) -> OrderRequest:
    """Return what closing the position in ``found`` (a symbol or the id of an asset) asks for.

    Which side closes it, and how much there is of it, only the answer tells.
    """
    name = "" if is_id(found) else symbol(found)
    return OrderRequest(
        venue=VENUE,
        symbol=name,
        type="market",
        quantity=number(get(options, "qty")),
        instrument_type=instrument_type(name),
    )


def reference(order_id: Any) -> OrderReference:
    """Return which order a call names by its id, a ``UUID`` or its text."""
    return OrderReference(VENUE, id=text(order_id))


def with_legs(order: Any) -> Iterator[Any]:
    """Yield an order and the legs below it, each an order with ids of its own."""
    yield order
    for leg in get(order, "legs") or ():
        yield from with_legs(leg)


def order_update(order: Any) -> OrderUpdate:
    """Return what an ``Order`` says of its present state."""
    name = symbol(get(order, "symbol"))
    cumulative = number(get(order, "filled_qty"))
    return OrderUpdate(
        venue=VENUE,
        symbol=name,
        id=text(get(order, "id")),
        client_id=text(get(order, "client_order_id")),
        status=_STATUSES.get(text(get(order, "status"))),
        quantity=number(get(order, "qty")),
        price=number(get(order, "limit_price")),
        cumulative_quantity=cumulative,
        # "Can be 0 until order is processed": a price only where something was filled.
        average_price=number(get(order, "filled_avg_price")) if cumulative else None,
        transact_time=nanoseconds(get(order, "updated_at") or get(order, "submitted_at")),
        side=text(get(order, "side")),
        type=text(get(order, "type")),
        instrument_type=instrument_type(name, get(order, "asset_class")),
    )


def trade_update(data: Mapping[str, Any]) -> OrderUpdate:
    """Return what a message of the stream ``trade_updates`` says: the order, and the execution if it is about one."""
    order = order_update(data.get("order") or {})
    moment = nanoseconds(data.get("timestamp"))
    return order._replace(transact_time=moment or order.transact_time, executions=tuple(_executions(data, moment)))


def _executions(data: Mapping[str, Any], moment: int | None) -> Iterator[Execution]:
    quantity = number(data.get("qty"))
    if data.get("event") in _FILLS and quantity:
        yield Execution(quantity, number(data.get("price")), text(data.get("execution_id")), transact_time=moment)
