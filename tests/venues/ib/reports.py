"""What the gateway says of orders: openOrder, orderStatus, execDetails, commissionReport, error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.venues.ib.wire import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.venues.ib.orders import Fill, Resting
    from tests.venues.ib.tickets import Ticket
    from tests.venues.ib.wire import Field

_WITHOUT_PROFILE = 177
_WITH_PRICE_REVISION = 178
_UNSET = "1.7976931348623157E308"
_MARGINS = ("10000.00", "8000.00", "50000.00", "2000.00", "1600.00", "0.00", "12000.00", "9600.00", "50000.00")


def open_order(order: Resting, version: int) -> bytes:
    """Say what an order asks for and in which state it is."""
    return _open_order(order.ticket, version, order, order.status, (_UNSET,) * 9 + ("",) * 4)


def margins(order: Resting, version: int) -> bytes:
    """Say what an order would cost, were it placed."""
    return _open_order(order.ticket, version, order, "PreSubmitted", (*_MARGINS, "1.00", "", "", "USD"))


def _open_order(ticket: Ticket, version: int, order: Resting, status: str, costs: Sequence[str]) -> bytes:
    side: list[Field] = [
        *(ticket.action, ticket.quantity, ticket.type, ticket.limit, ticket.auxiliary, ticket.time_in_force),
        *("", order.account, "", 0, ticket.reference, order.client_id, order.perm_id),
        *(False, False, 0.0, "", "", "", "", ""),  # from outsideRth to faPercentage
    ]
    if version < _WITHOUT_PROFILE:
        side.append("")
    state: list[Field] = [False, ticket.what_if, status, *costs, "", False, False]
    rest: list[Field] = [
        *[""] * 29,  # from modelCode to deltaNeutralAuxPrice
        *[""] * 7,  # from continuousUpdate to comboLegsDescrip
        *(0, 0, 0),  # no legs
        *[""] * 3,  # no scale
        *("", "", "", "", False, False),  # from hedgeType to the delta neutral contract
        "",  # no algorithm
        *state,
        0,  # no conditions
        *[""] * 16,
        *[""] * 3,  # duration, postToAts, autoCancelParent
        *[""] * 5,  # from minTradeQty to midOffsetAtHalf
    ]
    return message(5, ticket.order_id, *order.contract.report, *side, *rest)


def order_status(order: Resting) -> bytes:
    """Say how far an order got."""
    last = order.fills[-1].price if order.fills else 0.0
    done = (order.status, order.filled, order.remaining, order.average)
    return message(3, order.ticket.order_id, *done, order.perm_id, 0, last, order.client_id, "", 0.0)


def execution(order: Resting, fill: Fill, version: int, request: int = -1) -> bytes:
    """Say that an order was executed; ``request`` is the one that asked for it, or -1."""
    ticket = order.ticket
    side = "BOT" if ticket.action == "BUY" else "SLD"
    fields: list[Field] = [
        *(fill.id, fill.time.strftime("%Y%m%d %H:%M:%S UTC"), order.account, "ISLAND", side),
        *(fill.quantity, fill.price, order.perm_id, order.client_id, 0, fill.cumulative, fill.average),
        *(ticket.reference, "", "", "", fill.liquidity),
    ]
    if version >= _WITH_PRICE_REVISION:
        fields.append(False)
    return message(11, request, ticket.order_id, *order.contract.report, *fields)


def commission(fill: Fill, currency: str = "USD") -> bytes:
    """Say what an execution cost."""
    return message(59, 1, fill.id, fill.commission, currency, _UNSET, _UNSET, "")


def error(request: int, code: int, words: str) -> bytes:
    """Say that something is wrong, or merely so: warnings and the state of connections come this way too."""
    return message(4, 2, request, code, words, "")
