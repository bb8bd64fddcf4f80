"""How Binance names things: pure functions from python-binance's arguments and answers to ours.

Symbols are as the library's users write them: ``BTCUSDT``, ``BTCUSD_PERP``, ``BTC-261225-60000-C``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.binance import errors
from otel_trading.instrumentation.toolkit.terms import OrderReference, OrderRequest, each
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from otel_trading.semconv.attributes import TradingOrderTimeInForceValues as TimeInForce
from otel_trading.semconv.attributes import TradingOrderTypeValues as OrderType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TYPES = {
    "LIMIT": OrderType.LIMIT,
    "LIMIT_MAKER": OrderType.LIMIT,
    "MARKET": OrderType.MARKET,
    "STOP_LOSS": OrderType.STOP,
    "STOP_MARKET": OrderType.STOP,
    "STOP_LOSS_LIMIT": OrderType.STOP_LIMIT,
    "STOP": OrderType.STOP_LIMIT,
    "TAKE_PROFIT_LIMIT": OrderType.TAKE_PROFIT_LIMIT,
    "TAKE_PROFIT_MARKET": OrderType.TAKE_PROFIT,
    "TRAILING_STOP_MARKET": OrderType.TRAILING_STOP,
}
STATUSES = {
    "NEW": Status.NEW,
    "PENDING_NEW": Status.PENDING_NEW,
    "PARTIALLY_FILLED": Status.PARTIALLY_FILLED,
    "FILLED": Status.FILLED,
    "CANCELED": Status.CANCELED,
    "CANCELLED": Status.CANCELED,  # options
    "PENDING_CANCEL": Status.PENDING_CANCEL,
    "REJECTED": Status.REJECTED,
    "EXPIRED": Status.EXPIRED,
    "EXPIRED_IN_MATCH": Status.EXPIRED,
    "ACCEPTED": Status.NEW,  # options
}
_TIMES_IN_FORCE = {kind.value: kind.value for kind in TimeInForce}
_CLIENT_IDS = ("newClientOrderId", "clientAlgoId", "newClientStrategyId", "clientOrderId")
_NS_PER_MS, _NS_PER_US = 1_000_000, 1_000
_FIRST_IN_MICROSECONDS = 10**14
"""Times are in microseconds where the client asks for it (``time_unit``); in milliseconds this is in the year 5138."""


def nanoseconds(moment: Any) -> int | None:
    """Return a time of Binance's, in milliseconds or microseconds since the epoch, in nanoseconds."""
    found = number(moment)
    if found is None:
        return None
    return int(found) * (_NS_PER_US if found >= _FIRST_IN_MICROSECONDS else _NS_PER_MS)


def instrument_type(method: str, symbol: str) -> str:
    """Return the type of what a method trades: the methods of spot, margin, futures and options have their names."""
    name = method.removeprefix("ws_")
    if name.startswith("options_"):
        return InstrumentType.OPTION.value
    if name.startswith("futures_") or (name.startswith("papi_") and ("_um_" in name or "_cm_" in name)):
        return contract_type(symbol)
    return InstrumentType.MARGIN.value if "margin" in name else InstrumentType.SPOT.value


def contract_type(symbol: str) -> str:
    """Return ``future`` for a contract with a day of delivery (``BTCUSDT_261225``), else ``swap``."""
    delivery = symbol.rpartition("_")[2] if "_" in symbol else ""
    return InstrumentType.FUTURE.value if delivery.isdigit() else InstrumentType.SWAP.value


def order_type(given: Any, *, stop_price: float | None = None, price: float | None = None) -> str:
    """Return the order type (FIX OrdType, 40).

    ``TAKE_PROFIT`` trades at the market on spot, and at its price on futures, where it has one.
    """
    word = text(given).upper()
    if word == "TAKE_PROFIT":
        return text(OrderType.TAKE_PROFIT_LIMIT if price and stop_price else OrderType.TAKE_PROFIT)
    return text(_TYPES.get(word, OrderType.OTHER)) if word else ""


def time_in_force(given: Any, kind: Any = "") -> str:
    """Return the time in force (FIX TimeInForce, 59); an order that may only be a maker is ``gtx``."""
    if text(kind).upper() == "LIMIT_MAKER":
        return TimeInForce.GTX.value
    word = text(given).lower()
    return _TIMES_IN_FORCE.get(word, TimeInForce.OTHER.value) if word else ""


def client_id(params: Mapping[str, Any]) -> str:
    """Return the client order id that a request gives its order."""
    return next((text(params[name]) for name in _CLIENT_IDS if params.get(name)), "")


def request(method: str, params: Mapping[str, Any], venue: str) -> OrderRequest:
    """Return what the parameters of an order call, or one order of a batch, ask for."""
    symbol, price = text(params.get("symbol")), number(params.get("price"))
    stop = next(
        (number(params[name]) for name in ("stopPrice", "triggerPrice", "activationPrice") if params.get(name)), None
    )
    kind = params.get("type") or params.get("strategyType") or _said(method, "limit", "market")
    return OrderRequest(
        venue=venue,
        symbol=symbol,
        side=text(params.get("side") or _said(method, "buy", "sell")).lower(),
        type=order_type(kind, stop_price=stop, price=price),
        quantity=number(params.get("quantity")),
        price=price,
        stop_price=stop,
        time_in_force=time_in_force(params.get("timeInForce"), kind),
        instrument_type=instrument_type(method, symbol),
        client_id=client_id(params),
    )


def _said(method: str, *kinds: str) -> str:
    """Return the word of ``kinds`` that stands in a method's name (``futures_limit_buy_order``)."""
    return next((kind for kind in kinds if f"_{kind}_" in method), "")


def pair(method: str, params: Mapping[str, Any], venue: str) -> Sequence[OrderRequest]:
    """Return the two orders of a one-cancels-the-other list: the one above the market and the one below it."""
    legs = []
    for leg in ("above", "below"):
        own = {name.removeprefix(leg): value for name, value in params.items() if name.startswith(leg)}
        own = {name[:1].lower() + name[1:]: value for name, value in own.items()}
        shared = {name: params[name] for name in ("symbol", "side", "quantity") if name in params}
        legs.append(request(method, shared | own | {"clientOrderId": own.get("clientOrderId", "")}, venue))
    return legs


def reference(params: Mapping[str, Any], venue: str, *, replacing: bool = False) -> OrderReference:
    """Return the order that the parameters of a call name; ``replacing`` it has parameters of its own for that."""
    order_id, own_id = ("cancelOrderId", "cancelOrigClientOrderId") if replacing else ("orderId", "origClientOrderId")
    return OrderReference(
        venue=venue,
        symbol=text(params.get("symbol")),
        id=text(params.get(order_id) or params.get("algoId") or params.get("strategyId")),
        client_id=text(
            params.get(own_id) or params.get("clientAlgoId") or (not replacing and params.get("clientOrderId")) or ""
        ),
    )


def order_updates(result: Any, venue: str, method: str = "") -> list[OrderUpdate]:
    """Return the orders that an answer tells of: one, a list, a replacement, or the orders of a list."""
    return [order_update(order, venue, method) for order in _orders(result)]


def _orders(result: Any) -> Iterator[Mapping[str, Any]]:
    for item in each(result):
        if isinstance(item.get("newOrderResponse"), dict):  # of a cancel-and-replace
            yield item["newOrderResponse"]
        elif isinstance(item.get("orderReports"), list):  # of an order list
            yield from each(item["orderReports"])
        elif "orderId" in item or "algoId" in item or "strategyId" in item or "code" in item:
            yield item


def order_update(order: Mapping[str, Any], venue: str, method: str = "") -> OrderUpdate:
    """Return the state of an order by an answer; a refusal in the answer to a batch has a code and a message only."""
    code = number(order.get("code"))
    if code is not None and "orderId" not in order:
        reason = text(order.get("msg"))
        if code >= 0:
            return OrderUpdate(venue, reason=reason)
        return OrderUpdate(venue, status=Status.REJECTED, reason=reason, category=errors.category(int(code), reason))
    symbol = text(order.get("symbol"))
    done, spent = number(order.get("executedQty")), number(order.get("cummulativeQuoteQty"))
    price = number(order.get("price"))
    stop = number(order.get("stopPrice") or order.get("triggerPrice"))
    return OrderUpdate(
        venue=venue,
        symbol=symbol,
        id=text(order.get("orderId") or order.get("algoId") or order.get("strategyId")),
        # The answer to a cancel has the cancel's own id under clientOrderId.
        client_id=text(
            order.get("origClientOrderId")
            or order.get("clientOrderId")
            or order.get("clientAlgoId")
            or order.get("newClientStrategyId")
        ),
        status=STATUSES.get(text(order.get("status") or order.get("algoStatus") or order.get("strategyStatus"))),
        quantity=number(order.get("origQty") or order.get("quantity")),
        price=price or None,
        cumulative_quantity=done,
        average_price=number(order.get("avgPrice")) or (spent / done if done and spent else None),
        executions=tuple(_fills(order)),
        transact_time=nanoseconds(
            order.get("transactTime") or order.get("updateTime") or order.get("workingTime") or order.get("time")
        ),
        side=text(order.get("side")).lower(),
        type=order_type(order.get("origType") or order.get("type"), stop_price=stop, price=price),
        instrument_type=instrument_type(method, symbol) if method else "",
    )


def _fills(order: Mapping[str, Any]) -> Iterator[Execution]:
    """Yield the executions in the full answer to an order (``newOrderRespType=FULL``); they are a taker's."""
    for fill in each(order.get("fills") or []):
        quantity = number(fill.get("qty"))
        if quantity:
            yield Execution(
                quantity=quantity,
                price=number(fill.get("price")),
                id=text(fill.get("tradeId")),
                liquidity="taker",
                fee_amount=number(fill.get("commission")),
                fee_currency=text(fill.get("commissionAsset")),
                transact_time=nanoseconds(order.get("transactTime")),
            )


def trade_updates(result: Any, venue: str, method: str = "") -> list[OrderUpdate]:
    """Return the bot's own trades, one report each."""
    return [_trade_update(trade, venue, method) for trade in each(result) if trade.get("orderId")]


def _trade_update(trade: Mapping[str, Any], venue: str, method: str) -> OrderUpdate:
    symbol = text(trade.get("symbol"))
    maker = trade.get("isMaker", trade.get("maker"))
    buyer = trade.get("isBuyer", trade.get("buyer"))
    return OrderUpdate(
        venue=venue,
        symbol=symbol,
        id=text(trade["orderId"]),
        executions=(
            Execution(
                quantity=number(trade.get("qty") or trade.get("quantity")) or 0.0,
                price=number(trade.get("price")),
                id=text(trade.get("id") or trade.get("tradeId")),
                liquidity="" if maker is None else "maker" if maker else "taker",
                fee_amount=number(trade.get("commission") or trade.get("fee")),
                fee_currency=text(trade.get("commissionAsset")),
                transact_time=nanoseconds(trade.get("time")),
            ),
        ),
        side="" if buyer is None else "buy" if buyer else "sell",
        instrument_type=instrument_type(method, symbol) if method else "",
    )
