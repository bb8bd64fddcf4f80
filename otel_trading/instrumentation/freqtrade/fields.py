"""How freqtrade names things: pure functions over its exchange object, its arguments and its orders.

An exchange object of freqtrade holds one of ccxt (``_api``), which knows the markets; orders are ccxt's unified
structures, with amounts in the base currency where ccxt counts contracts.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ccxt import fields as ccxt
from otel_trading.instrumentation.toolkit.terms import OrderReference, OrderRequest, each
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingOrderTypeValues as OrderType

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from otel_trading.orders.updates import OrderUpdate


def config(owner: Any) -> Mapping[str, Any]:
    """Return the configuration of an exchange (``_config``) or of a bot (``config``); empty where there is none."""
    found = getattr(owner, "_config", None) or getattr(owner, "config", None)
    return found if isinstance(found, dict) else {}


def is_dry_run(owner: Any) -> bool:
    """Tell whether orders are only simulated, by freqtrade itself: none of them reaches the venue."""
    return bool(config(owner).get("dry_run"))


def api(exchange: Any) -> Any:
    """Return ccxt's exchange object."""
    return getattr(exchange, "_api", None)


def venue(exchange: Any) -> str:
    """Return ccxt's id of the exchange, in dry-run too: its prices are what the orders meet."""
    return text(getattr(api(exchange), "id", ""))


def request(exchange: Any, arguments: Mapping[str, Any]) -> OrderRequest:
    """Return what the arguments of ``create_order`` ask for."""
    kind = text(arguments.get("ordertype")).lower()
    is_market = kind == OrderType.MARKET.value
    return _request(
        exchange,
        arguments,
        type=ccxt.order_type(kind, {}),
        price=None if is_market else _rounded_price(exchange, arguments.get("pair"), arguments.get("rate")),
        # As freqtrade sends it: not with a market order.
        time_in_force="" if is_market else ccxt.time_in_force({"timeInForce": arguments.get("time_in_force", "GTC")}),
    )


def stop_request(exchange: Any, arguments: Mapping[str, Any]) -> OrderRequest:
    """Return what the arguments of ``create_stoploss`` ask for; the limit price is freqtrade's own reckoning."""
    wanted = text((arguments.get("order_types") or {}).get("stoploss")).lower()
    return _request(
        exchange,
        arguments,
        type=(OrderType.STOP_LIMIT if wanted == OrderType.LIMIT.value else OrderType.STOP).value,
        stop_price=number(arguments.get("stop_price")),
    )


def _request(exchange: Any, arguments: Mapping[str, Any], **terms: Any) -> OrderRequest:
    pair = text(arguments.get("pair"))
    return OrderRequest(
        venue=venue(exchange),
        symbol=pair,
        side=text(arguments.get("side")).lower(),
        quantity=_rounded_quantity(exchange, pair, arguments.get("amount")),
        instrument_type=ccxt.instrument_type(api(exchange), pair),
        price_precision=ccxt.decimals(api(exchange), pair, "price"),
        quantity_precision=ccxt.decimals(api(exchange), pair, "amount"),
        **terms,
    )


def _rounded_quantity(exchange: Any, pair: str, amount: Any) -> float | None:
    """Return the amount as it is sent: strategies give it with all its decimals, freqtrade cuts it to the market's."""
    if getattr(exchange, "_markets", None):  # asked for a market while there are none, freqtrade would load them
        with suppress(Exception):  # an unknown pair: the call itself will say so
            contracts = exchange.amount_to_precision(pair, exchange._amount_to_contracts(pair, amount))  # noqa: SLF001 - its only name
            return number(exchange._contracts_to_amount(pair, contracts))  # noqa: SLF001 - the same
    return number(amount)


def _rounded_price(exchange: Any, pair: Any, rate: Any) -> float | None:
    if getattr(exchange, "_markets", None):
        with suppress(Exception):  # an unknown pair: the call itself will say so
            return number(exchange.price_to_precision(pair, rate))
    return number(rate)


def reference(exchange: Any, arguments: Mapping[str, Any]) -> OrderReference:
    """Return the order that a call names."""
    return OrderReference(venue(exchange), text(arguments.get("pair")), text(arguments.get("order_id")))


def order_updates(exchange: Any, result: Any) -> list[OrderUpdate]:
    """Return the orders that a result tells of: one order, or a list of them."""
    read = [order for order in each(result) if order.get("id")]  # a cancel that failed in dry-run answers {}
    updates = ccxt.order_updates(api(exchange), read)
    if not is_dry_run(exchange):
        return updates
    return [_simulated(order, update) for order, update in zip(read, updates, strict=True)]


def _simulated(order: Mapping[str, Any], update: OrderUpdate) -> OrderUpdate:
    """Return ``update`` with the one execution that a simulated order has, where it was filled.

    Freqtrade fills it all at once and tells its fee with the order. There is no execution id: the order's own stands
    for it, so that each poll that tells of the fill again is known to.
    """
    filled, fee = number(order.get("filled")), order.get("fee") or {}
    if not filled:
        return update
    execution = Execution(
        quantity=filled,
        price=number(order.get("average")),
        id=update.id,
        fee_amount=number(fee.get("cost")),
        fee_currency=text(fee.get("currency")),
    )
    return update._replace(executions=(execution,))


def trade_updates(exchange: Any, result: Any) -> Sequence[OrderUpdate]:
    """Return the executions that ``get_trades_for_order`` found at the venue."""
    return ccxt.trade_updates(api(exchange), result)
