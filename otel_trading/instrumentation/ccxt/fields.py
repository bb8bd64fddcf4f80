"""How ccxt names things: pure functions from its arguments and unified structures to ours."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ccxt import errors
from otel_trading.instrumentation.toolkit.terms import OrderReference, OrderRequest, each
from otel_trading.instrumentation.toolkit.values import from_milliseconds, middle, number, text
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.semconv.attributes import TradingOrderTimeInForceValues as TimeInForce
from otel_trading.semconv.attributes import TradingOrderTypeValues as OrderType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from otel_trading.instrumentation.toolkit.wrapping import Call

# The parameters under which ccxt's venues take a client order id.
CLIENT_ID_PARAMETERS = (
    "clientOrderId",
    "newClientOrderId",
    "client_order_id",
    "origClientOrderId",
    "clientOid",
    "orderLinkId",
    "clOrdId",
    "clOrdID",
    "cl_ord_id",
    "cliOrdId",
    "cloid",
    "client_id",
    "clientId",
)
_STATUSES = {
    "open": Status.NEW,
    "closed": Status.FILLED,
    "canceled": Status.CANCELED,
    "canceling": Status.PENDING_CANCEL,
    "rejected": Status.REJECTED,
    "expired": Status.EXPIRED,
}
_TYPES = {kind.value: kind.value for kind in OrderType} | {
    "stop_market": OrderType.STOP.value,
    "stop_loss": OrderType.STOP.value,
    "stop_loss_limit": OrderType.STOP_LIMIT.value,
    "take_profit_market": OrderType.TAKE_PROFIT.value,
    "trailing_stop_market": OrderType.TRAILING_STOP.value,
    "limit_maker": OrderType.LIMIT.value,
}
_TIMES_IN_FORCE = {kind.value: kind.value for kind in TimeInForce} | {"po": TimeInForce.GTX.value}
_INSTRUMENTS = {kind.value for kind in InstrumentType}
_TICK_SIZE = 4  # ccxt.TICK_SIZE: precision is given as the smallest step
_DECIMAL_PLACES = 2  # ccxt.DECIMAL_PLACES: precision is given as a number of decimals


def client_id(params: Mapping[str, Any]) -> str:
    """Return the client order id among the extra parameters of a call."""
    return next((text(params[name]) for name in CLIENT_ID_PARAMETERS if params.get(name)), "")


def instrument_type(exchange: Any, symbol: str) -> str:
    """Return the instrument's type: from the loaded market, else by ccxt's notation of symbols."""
    market = _market(exchange, symbol)
    kind = market.get("type") if market else None
    if kind in _INSTRUMENTS:
        return str(kind)
    base, colon, settle = symbol.partition(":")
    if not colon:
        return InstrumentType.SPOT.value if "/" in base else ""
    ending = settle.rpartition("-")[2]
    if ending in {"C", "P"}:
        return InstrumentType.OPTION.value
    return InstrumentType.FUTURE.value if "-" in settle else InstrumentType.SWAP.value


def decimals(exchange: Any, symbol: str, of: str) -> int | None:
    """Return the number of decimals of a market's ``price`` or ``amount``, where markets are loaded."""
    market = _market(exchange, symbol)
    step = ((market or {}).get("precision") or {}).get(of)
    if step is None:
        return None
    mode = getattr(exchange, "precisionMode", None)
    if mode == _DECIMAL_PLACES:
        return int(step)
    if mode == _TICK_SIZE:
        exponent = Decimal(str(step)).normalize().as_tuple().exponent
        return max(-exponent, 0) if isinstance(exponent, int) else None
    return None


def unified_symbol(exchange: Any, given: Any) -> str:
    """Return the symbol that the venue's answers will have.

    ccxt takes more than its unified symbols: the venue's own id of a market, and ``BTC/USDT`` for
    ``BTC/USDT:USDT`` where swaps are the default. As long as it has not loaded its markets, it cannot tell.
    """
    found = None
    if given and isinstance(getattr(exchange, "markets", None), dict):
        with suppress(Exception):  # an unknown symbol: the call itself will say so
            found = exchange.market(given).get("symbol")
    return text(found or given)


def _market(exchange: Any, symbol: str) -> Mapping[str, Any] | None:
    markets = getattr(exchange, "markets", None)
    found = markets.get(symbol) if isinstance(markets, dict) else None
    return found if isinstance(found, dict) else None


def order_type(given: Any, params: Mapping[str, Any]) -> str:
    """Return the order type (FIX OrdType, 40) of ccxt's ``type`` and parameters."""
    word = text(given).lower()
    kind = _TYPES.get(word, OrderType.OTHER.value)
    if stop_price(params) is not None and kind in (OrderType.MARKET.value, OrderType.LIMIT.value):
        return OrderType.STOP.value if kind == OrderType.MARKET.value else OrderType.STOP_LIMIT.value
    return kind


def stop_price(params: Mapping[str, Any]) -> float | None:
    """Return the trigger price (FIX StopPx, 99) among the parameters."""
    names = ("triggerPrice", "stopPrice", "stopLossPrice", "takeProfitPrice")
    return next((number(params[name]) for name in names if params.get(name) is not None), None)


def time_in_force(params: Mapping[str, Any]) -> str:
    """Return the time in force (FIX TimeInForce, 59) among the parameters."""
    if params.get("postOnly"):
        return TimeInForce.GTX.value
    given = text(params.get("timeInForce")).lower()
    return _TIMES_IN_FORCE.get(given, TimeInForce.OTHER.value) if given else ""


def request(exchange: Any, arguments: Mapping[str, Any]) -> OrderRequest:
    """Return what the arguments of an order call, or one order of a batch, ask for."""
    params = arguments.get("params") or {}
    symbol = unified_symbol(exchange, arguments.get("symbol"))
    return OrderRequest(
        venue=text(getattr(exchange, "id", "")),
        symbol=symbol,
        side=text(arguments.get("side")).lower(),
        type=order_type(arguments.get("type"), params),
        quantity=number(arguments.get("amount")),
        price=number(arguments.get("price")),
        stop_price=stop_price(params),
        time_in_force=time_in_force(params),
        instrument_type=instrument_type(exchange, symbol),
        client_id=client_id(params),
        price_precision=decimals(exchange, symbol, "price"),
        quantity_precision=decimals(exchange, symbol, "amount"),
    )


def references(call: Call) -> Sequence[OrderReference]:
    """Return the orders that an edit or cancel call names; none where it means all."""
    symbol = call.get("symbol")
    ids, client_ids, batch = call.get("ids"), call.get("clientOrderIds"), call.get("orders")
    if batch is not None:
        return [_reference(call.target, item) for item in each(batch)]
    if ids is not None:
        return [_reference(call.target, {"symbol": symbol, "id": item}) for item in ids]
    if client_ids is not None:
        return [_reference(call.target, {"symbol": symbol, "clientOrderId": item}) for item in client_ids]
    is_about_one = "id" in call.arguments or "clientOrderId" in call.arguments
    return [_reference(call.target, call.arguments)] if is_about_one else []


def _reference(exchange: Any, named: Mapping[str, Any]) -> OrderReference:
    """Return the order that ``named``, the arguments of a call or one order of a batch, means."""
    return OrderReference(
        venue=text(getattr(exchange, "id", "")),
        symbol=unified_symbol(exchange, named.get("symbol")),
        id=text(named.get("id")),
        client_id=text(named.get("clientOrderId")) or client_id(named.get("params") or {}),
    )


def executions(trades: Any) -> Iterator[tuple[str, str, Execution]]:
    """Yield ``(order id, symbol, execution)`` of ccxt's unified trades."""
    for trade in each(trades):
        quantity = number(trade.get("amount"))
        if not quantity:
            continue
        fee = trade.get("fee") or {}
        yield (
            text(trade.get("order")),
            text(trade.get("symbol")),
            Execution(
                quantity=quantity,
                price=number(trade.get("price")),
                id=text(trade.get("id")),
                liquidity=text(trade.get("takerOrMaker")),
                fee_amount=number(fee.get("cost")),
                fee_currency=text(fee.get("currency")),
                transact_time=from_milliseconds(trade.get("timestamp")),
            ),
        )


def order_updates(exchange: Any, result: Any) -> list[OrderUpdate]:
    """Return the orders told of by a unified order structure, or by a list of them."""
    return [_order_update(exchange, order) for order in each(result)]


def _order_update(exchange: Any, order: Mapping[str, Any]) -> OrderUpdate:
    symbol, status = text(order.get("symbol")), _STATUSES.get(text(order.get("status")))
    reason, category = "", Category.OTHER
    if status is Status.REJECTED:
        reason, category = _refusal(exchange, symbol, order.get("info"))
    return OrderUpdate(
        venue=text(getattr(exchange, "id", "")),
        symbol=symbol,
        id=text(order.get("id")),
        client_id=text(order.get("clientOrderId")),
        status=status,
        quantity=number(order.get("amount")),
        price=number(order.get("price")),
        cumulative_quantity=number(order.get("filled")),
        average_price=number(order.get("average")),
        executions=tuple(item for _, _, item in executions(order.get("trades"))),
        transact_time=from_milliseconds(order.get("lastUpdateTimestamp") or order.get("timestamp")),
        side=text(order.get("side")),
        type=order_type(order.get("type"), order),
        instrument_type=instrument_type(exchange, symbol),
        reason=reason,
        category=category,
    )


def _refusal(exchange: Any, symbol: str, info: Any) -> tuple[str, Category]:
    """Return the venue's words in the raw answer about one refused order, and what they mean."""
    reason = next((text(info[name]) for name in errors.REASONS if info.get(name)), "") if isinstance(info, dict) else ""
    return reason, errors.category_of(exchange, _market(exchange, symbol) or {}, info)


def trade_updates(exchange: Any, result: Any) -> list[OrderUpdate]:
    """Return the bot's own trades, one report each, as :meth:`Order.report` takes them."""
    return [
        OrderUpdate(
            venue=text(getattr(exchange, "id", "")),
            symbol=symbol,
            id=order_id,
            executions=(execution,),
            instrument_type=instrument_type(exchange, symbol),
        )
        for order_id, symbol, execution in executions(result)
        if order_id
    ]


def mid(book: Mapping[str, Any]) -> float | None:
    """Return the middle of best bid and ask of an order book or ticker structure."""
    return middle(_best(book, "bids", "bid"), _best(book, "asks", "ask"))


def _best(book: Mapping[str, Any], levels: str, best: str) -> Any:
    found = book.get(levels)
    return found[0][0] if found else book.get(best)
