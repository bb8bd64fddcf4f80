"""What a bot asks for by FIX: an order, a change of one, a cancel."""

from __future__ import annotations

from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.instrumentation.fix import tags, terms
from otel_trading.instrumentation.toolkit.terms import OrderReference, OrderRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.instrumentation.fix.message import Message


class Kind(Enum):
    """What a message asks for."""

    SUBMIT = "submit"
    AMEND = "amend"
    CANCEL = "cancel"
    CANCEL_ALL = "cancel_all"


class Asked(NamedTuple):
    """A type of message that asks for something: for what, and its name as an operation."""

    kind: Kind
    name: str


ASKED: Mapping[str, Asked] = MappingProxyType(
    {
        tags.NEW_ORDER_SINGLE: Asked(Kind.SUBMIT, "new_order_single"),
        tags.NEW_ORDER_MULTILEG: Asked(Kind.SUBMIT, "new_order_multileg"),
        tags.ORDER_CANCEL_REPLACE_REQUEST: Asked(Kind.AMEND, "order_cancel_replace_request"),
        tags.MULTILEG_CANCEL_REPLACE: Asked(Kind.AMEND, "multileg_order_cancel_replace"),
        tags.ORDER_CANCEL_REQUEST: Asked(Kind.CANCEL, "order_cancel_request"),
        tags.ORDER_MASS_CANCEL_REQUEST: Asked(Kind.CANCEL_ALL, "order_mass_cancel_request"),
    }
)
"""The messages that ask for something, by MsgType (35)."""


def venue_of(comp_id: str) -> str:
    """Return the venue that a counterparty's CompID names."""
    return comp_id.strip().lower()


def request(message: Message, venue: str) -> OrderRequest:
    """Return what a NewOrderSingle (D) or OrderCancelReplaceRequest (G) asks for."""
    return OrderRequest(
        venue=venue,
        symbol=message[tags.SYMBOL],
        side=terms.SIDES.get(message[tags.SIDE], ""),
        type=terms.order_type(message[tags.ORD_TYPE]),
        quantity=message.number(tags.ORDER_QTY),
        price=message.number(tags.PRICE),
        stop_price=message.number(tags.STOP_PX),
        time_in_force=terms.time_in_force(message[tags.TIME_IN_FORCE], message[tags.EXEC_INST]),
        instrument_type=terms.instrument_type(message[tags.SECURITY_TYPE]),
        client_id=message[tags.CL_ORD_ID],
    )


def reference(message: Message, venue: str) -> OrderReference:
    """Return the order that a cancel (F) or cancel/replace (G) names."""
    return OrderReference(
        venue=venue,
        symbol=message[tags.SYMBOL],
        id=order_id(message),
        client_id=message[tags.ORIG_CL_ORD_ID],
    )


def order_id(message: Message) -> str:
    """Return the OrderID (37); what venues write where they have none is none."""
    found = message[tags.ORDER_ID]
    return "" if found.upper() in ("NONE", "UNKNOWN", "N/A") else found
