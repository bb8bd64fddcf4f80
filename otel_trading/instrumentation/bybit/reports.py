"""What V5's streams and lists tell of orders, executions and positions: pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.instrumentation.bybit import errors, words
from otel_trading.instrumentation.toolkit.values import from_milliseconds, number, text
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingExecutionLiquidityValues as Liquidity
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Mapping

# execType: what is done of an order. Funding, settlement, delivery and moved positions are in the same list.
_OF_ORDERS = frozenset({"", "Trade", "AdlTrade", "BustTrade", "BlockTrade", "FutureSpread"})
_NO_REASON = "EC_NoError"


def order_update(item: Mapping[str, Any]) -> OrderUpdate:
    """Return what one order of the order stream, or of a list of orders, is now."""
    status = words.status(item.get("orderStatus"))
    reason = text(item.get("rejectReason"))
    quantity = item.get("qty", item.get("orderQty"))
    return OrderUpdate(
        venue=words.VENUE,
        symbol=text(item.get("symbol")),
        id=text(item.get("orderId")),
        client_id=text(item.get("orderLinkId")),
        status=status,
        quantity=None if words.is_in_quote(item) else number(quantity),
        price=number(item.get("price")) or None,
        cumulative_quantity=number(item.get("cumExecQty")),
        average_price=number(item.get("avgPrice")) or None,
        transact_time=from_milliseconds(item.get("updatedTime")),
        side=text(item.get("side")).lower(),
        type=words.order_type(item),
        instrument_type=words.instrument_type(item),
        reason=reason if status is Status.REJECTED and reason != _NO_REASON else "",
        category=errors.category_of_reason(reason),
    )


def execution_update(item: Mapping[str, Any]) -> OrderUpdate | None:
    """Return one execution of an order, of the execution streams or of a list; None for what no order did."""
    quantity = number(item.get("execQty"))
    if not quantity or text(item.get("execType")) not in _OF_ORDERS or not item.get("orderId"):
        return None
    maker = item.get("isMaker")
    fee = number(item.get("execFee"))
    currency = text(item.get("feeCurrency")) or words.settlement_coin(item)
    return OrderUpdate(
        venue=words.VENUE,
        symbol=text(item.get("symbol")),
        id=text(item.get("orderId")),
        client_id=text(item.get("orderLinkId")),
        side=text(item.get("side")).lower(),
        type=words.order_type(item),
        instrument_type=words.instrument_type(item),
        quantity=None if words.is_in_quote(item) else number(item.get("orderQty")),
        price=number(item.get("orderPrice")) or None,
        executions=(
            Execution(
                quantity=quantity,
                price=number(item.get("execPrice")),
                id=text(item.get("execId")),
                liquidity="" if maker is None else (Liquidity.MAKER if maker else Liquidity.TAKER).value,
                fee_amount=fee,
                fee_currency=currency if fee is not None else "",
                transact_time=from_milliseconds(item.get("execTime")),
            ),
        ),
    )


class Leg(NamedTuple):
    """A position: of a symbol in one-way mode, of one side of it in hedge mode.

    ``side_index`` is 0 in one-way mode. ``size`` is negative when short. The profits are in the coin that the contract
    is settled in.
    """

    symbol: str
    side_index: int
    size: float
    unrealized: float | None
    realized: float | None
    currency: str


def leg(item: Mapping[str, Any]) -> Leg | None:
    """Return one position of the position stream, or of the list of positions; None where it tells no size."""
    size = number(item.get("size"))
    symbol = text(item.get("symbol"))
    if size is None or not symbol:
        return None
    return Leg(
        symbol,
        int(number(item.get("positionIdx")) or 0),
        -size if item.get("side") == "Sell" else size,
        number(item.get("unrealisedPnl")),
        number(item.get("cumRealisedPnl")),
        words.settlement_coin(item),
    )
