"""From the parameters of a request to a ticket: which parameter belongs to which kind of order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.demo.venue.decimals import ZERO
from otel_trading.demo.venue.errors import VenueError, missing, not_required, rejected
from otel_trading.demo.venue.orders import (
    CONDITIONAL,
    PRICELESS,
    Detail,
    OrderType,
    Side,
    Ticket,
    TimeInForce,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from otel_trading.demo.venue.params import Params
    from otel_trading.demo.venue.symbols import Symbol

CLIENT_ID = r"^[\.A-Z\:/a-z0-9_-]{1,36}$"

_KNOWN = frozenset(
    {
        "symbol",
        "side",
        "type",
        "timeInForce",
        "quantity",
        "quoteOrderQty",
        "price",
        "newClientOrderId",
        "strategyId",
        "strategyType",
        "stopPrice",
        "trailingDelta",
        "icebergQty",
        "newOrderRespType",
        "selfTradePreventionMode",
        "computeCommissionRates",
        "recvWindow",
        "timestamp",
        "signature",
        "apiKey",
        "returnRateLimits",
    }
)
_OF_REPLACING = frozenset(
    {
        "cancelReplaceMode",
        "cancelOrderId",
        "cancelOrigClientOrderId",
        "cancelNewClientOrderId",
        "cancelRestrictions",
        "orderRateLimitExceededMode",
    }
)
_ANSWERED_IN_FULL = frozenset({OrderType.LIMIT, OrderType.MARKET})


def client_id(params: Params, name: str, mint: Callable[[], str]) -> str:
    """Return the client id sent as ``name``, or a minted one; raise -1100 for one of the wrong form."""
    return params.matching(name, CLIENT_ID) if name in params else mint()


def read_ticket(params: Params, symbol: Symbol, mint: Callable[[], str], *, replacing: bool = False) -> Ticket:
    """Return the ticket that ``params`` ask for.

    Raises :class:`VenueError` -1100, -1102, -1104, -1106, -1111, -1013 and the codes of each enumeration, as
    the venue does. ``mint`` makes a client id where the client sent none.
    """
    _check_known(params, replacing=replacing)
    side = params.choice("side", Side, VenueError(-1117, "Invalid side."))
    kind = params.choice("type", OrderType, VenueError(-1116, "Invalid orderType."))
    quantity, quote_quantity = _amounts(params, kind)
    price = stop_price = ZERO
    time_in_force = TimeInForce.GTC
    if kind in PRICELESS:
        params.forbid(("price", "timeInForce"))
    else:
        price = _price(params, symbol, "price")
        if kind is OrderType.LIMIT_MAKER:
            params.forbid(("timeInForce",))
        else:
            time_in_force = params.choice("timeInForce", TimeInForce, VenueError(-1115, "Invalid timeInForce."))
    if kind in CONDITIONAL:
        stop_price = _price(params, symbol, "stopPrice")
    else:
        params.forbid(("stopPrice",))
    if quantity:
        symbol.check_quantity(quantity, market=kind is OrderType.MARKET)
    detail = Detail.FULL if kind in _ANSWERED_IN_FULL else Detail.ACK
    if "newOrderRespType" in params:
        detail = params.choice("newOrderRespType", Detail, VenueError(-1136, "Invalid newOrderRespType."))
    return Ticket(
        symbol,
        side,
        kind,
        client_id(params, "newClientOrderId", mint),
        detail,
        time_in_force,
        quantity,
        quote_quantity,
        price,
        stop_price,
    )


def _check_known(params: Params, *, replacing: bool) -> None:
    known = _KNOWN | _OF_REPLACING if replacing else _KNOWN
    sent = params.raw()
    read = sum(name in known for name in sent)
    if params.strict and read < len(sent):
        raise VenueError(
            -1104, f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(sent)}'."
        )
    if "icebergQty" in params:
        raise rejected("Iceberg orders are not supported for this symbol.")
    if "trailingDelta" in params:
        raise rejected("Trailing stop orders are not supported for this symbol.")


def _amounts(params: Params, kind: OrderType) -> tuple[Decimal, Decimal]:
    if kind is not OrderType.MARKET:
        params.forbid(("quoteOrderQty",))
        return _positive(params, "quantity"), ZERO
    if "quantity" in params and "quoteOrderQty" in params:
        raise not_required("quoteOrderQty")
    if "quoteOrderQty" in params:
        return ZERO, _positive(params, "quoteOrderQty")
    if "quantity" in params:
        return _positive(params, "quantity"), ZERO
    raise VenueError(-1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!")


def _positive(params: Params, name: str) -> Decimal:
    value = params.number(name)
    if value == ZERO:
        raise VenueError(-1013, f"Invalid {'quantity' if name == 'quantity' else 'quote order qty'}.")
    return value


def _price(params: Params, symbol: Symbol, name: str) -> Decimal:
    if name not in params:
        raise missing(name)
    price = params.number(name)
    if price == ZERO:
        raise VenueError(-1013, "Invalid price." if name == "price" else "Invalid stopPrice.")
    symbol.check_price(name, price)
    return price
