"""How pybit's calls name orders, and what the answers say of them: pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.bybit import errors, words
from otel_trading.instrumentation.toolkit.terms import OrderReference, OrderRequest, each
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def asked(arguments: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what is asked for each order: the call's own arguments, or a batch's items with their category."""
    batch = arguments.get("request")
    if batch is None:
        return [arguments]
    return [{"category": arguments.get("category")} | item for item in each(batch)]


def request(given: Mapping[str, Any]) -> OrderRequest:
    """Return what the parameters of one order ask for; a quantity in the quote coin is no quantity of it."""
    return OrderRequest(
        venue=words.VENUE,
        symbol=text(given.get("symbol")),
        side=text(given.get("side")).lower(),
        type=words.order_type(given),
        quantity=None if words.is_in_quote(given) else number(given.get("qty")),
        price=number(given.get("price")),
        stop_price=number(given.get("triggerPrice")),
        time_in_force=words.time_in_force(given.get("timeInForce")),
        instrument_type=words.instrument_type(given),
        client_id=text(given.get("orderLinkId")),
    )


def references(arguments: Mapping[str, Any]) -> list[OrderReference]:
    """Return the orders that a call names; none where it means all of them."""
    return [
        OrderReference(
            words.VENUE, text(given.get("symbol")), text(given.get("orderId")), text(given.get("orderLinkId"))
        )
        for given in asked(arguments)
        if given.get("orderId") or given.get("orderLinkId")
    ]


def body_of(result: Any) -> Mapping[str, Any]:
    """Return the answer itself: with ``return_response_headers`` pybit gives it in a tuple with others."""
    body = result[0] if isinstance(result, tuple) and result else result
    return body if isinstance(body, dict) else {}


def items_of(result: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the items of an answer that is a list."""
    found = body_of(result).get("result")
    yield from each(found.get("list") if isinstance(found, dict) else None)


def answers(arguments: Mapping[str, Any], result: Any) -> list[OrderUpdate]:
    """Return what the answer to a call tells of each order.

    A batch is answered item by item: the ids in ``list``, and whether each was taken in ``retExtInfo``. An answer with
    a ``retCode`` reaches the bot as one where it told pybit to let that code pass (``ignore_codes``).
    """
    body = body_of(result)
    wanted = asked(arguments)
    if body.get("retCode"):
        return [_told(given, {}, body.get("retCode"), body.get("retMsg")) for given in wanted]
    found = body.get("result") if "result" in body else body.get("data")
    if not isinstance(found, dict):
        return []
    if "list" not in found:
        return [_told(wanted[0], found)]
    said = list(each((body.get("retExtInfo") or {}).get("list")))
    told = list(each(found["list"]))
    if "request" not in arguments:  # cancel_all_orders: whatever there was
        return [_told({}, ids) for ids in told]
    rest: list[Mapping[str, Any]] = [{}] * (len(told) - len(said))
    return [
        _told(given, ids, extra.get("code"), extra.get("msg"))
        for given, ids, extra in zip(wanted, told, [*said, *rest], strict=False)
    ]


def _told(given: Mapping[str, Any], ids: Mapping[str, Any], code: Any = 0, message: Any = "") -> OrderUpdate:
    """Return what the answer says of the order that ``given`` asks for; a refusal names no order of the venue's."""
    about = request(given)
    refused = bool(code)
    return OrderUpdate(
        venue=words.VENUE,
        symbol=about.symbol,
        side=about.side,
        quantity=about.quantity,
        price=about.price,
        id="" if refused else text(ids.get("orderId")),
        client_id=about.client_id if refused else text(ids.get("orderLinkId")),
        status=Status.REJECTED if refused else None,
        reason=f"{text(message)} (ErrCode: {code})" if refused else "",
        category=errors.category_of(code),
    )
