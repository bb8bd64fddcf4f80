"""Where what a bot asks by FIX meets what the venue answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.fix import quotes, reasons, reports, tags
from otel_trading.instrumentation.fix.departures import departing, refused
from otel_trading.instrumentation.fix.requests import Kind, order_id, venue_of
from otel_trading.instrumentation.fix.waiting import Seen, Session, Waiting
from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.orders import updates
from otel_trading.orders.registry import registry
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from otel_trading.instrumentation.fix.departures import Departure
    from otel_trading.instrumentation.fix.message import Message
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call
    from otel_trading.orders.order import Order

RECEIVED = quotes.TYPES | {
    tags.EXECUTION_REPORT,
    tags.ORDER_CANCEL_REJECT,
    tags.REJECT,
    tags.BUSINESS_MESSAGE_REJECT,
}
"""The messages that are taken when they come in, by MsgType (35)."""

_PENDING = (Status.PENDING_CANCEL, Status.PENDING_REPLACE)
_TO_REPLACE = "2"  # CxlRejResponseTo (434)
_NO_ID = frozenset({"", "0"})  # an ExecID (17) of 0 stands for a report that tells nothing new


def incoming(message: Message) -> Session:
    """Return the session that a message came in on."""
    return Session(venue_of(message[tags.SENDER_COMP_ID]), message[tags.TARGET_COMP_ID])


def outgoing(message: Message) -> Session:
    """Return the session that a message goes out on."""
    return Session(venue_of(message[tags.TARGET_COMP_ID]), message[tags.SENDER_COMP_ID])


class Desk:
    """The requests of a process's FIX sessions, and the answers to them."""

    def __init__(self) -> None:
        self._waiting = Waiting()
        self._reports = Seen()

    def departing(
        self, fields: Fields, call: Call, message: Message, session: Session
    ) -> AbstractContextManager[Departure]:
        """Watch a request that is about to leave."""
        return departing(self._waiting, fields, call, message, session)

    def clear(self) -> None:
        """Forget every request and report."""
        self._waiting, self._reports = Waiting(), Seen()

    def ended(self, session: Session, reason: str) -> None:
        """Take note that a session ended: what it had not answered, it may or may not have got."""
        for request in self._waiting.end(session):
            refused(request, Failure(Category.NETWORK, False, reason))

    def received(self, message: Message) -> Order | None:
        """Record what is new in a message from a venue; return the order that it is about."""
        session, kind = incoming(message), message[tags.MSG_TYPE]
        if kind == tags.EXECUTION_REPORT:
            return self._reported(message, session)
        if kind == tags.ORDER_CANCEL_REJECT:
            return self._cancel_rejected(message, session)
        if kind in quotes.TYPES:
            quotes.take(message, session.venue)
            return None
        return self._message_rejected(message, session)

    def _reported(self, message: Message, session: Session) -> Order | None:
        update = reports.update(message, session.venue)
        request = self._waiting.find(session, message[tags.CL_ORD_ID])
        order = _known(message, session.venue) or (request.order if request is not None else None)
        name = message[tags.EXEC_ID]
        repeated = name not in _NO_ID and self._reports.before(*session, update.id, name)
        if repeated and reports.is_flagged(message):
            return order
        if request is not None and not reports.is_pending(message):
            self._waiting.answered(request)
        if order is None:
            return updates.take(update, new_orders=True)
        if reports.is_rejected(message):
            order.know(id="" if order.id else update.id)
            order.rejected(reasons.of_order(message), message[tags.TEXT])
            return order
        if reports.is_replaced(message):
            _amended(order, message)
        elif reports.is_restated(message) and update.quantity is not None:
            order.set_quantity(update.quantity)
        updates.apply(order, update)
        return order

    def _cancel_rejected(self, message: Message, session: Session) -> Order | None:
        request = self._waiting.find(session, message[tags.CL_ORD_ID])
        order = request.order if request is not None else _known(message, session.venue)
        if request is not None:
            self._waiting.answered(request)
        if order is None:
            return None
        to_replace = message[tags.CXL_REJ_RESPONSE_TO] == _TO_REPLACE or (
            request is not None and request.kind is Kind.AMEND
        )
        tell = order.amend_rejected if to_replace else order.cancel_rejected
        tell(reasons.of_cancel(message), message[tags.TEXT])
        status = reports.status(message)
        if order.status in _PENDING and status is not Status.REJECTED:  # which it says of an order unknown to it
            updates.apply(order, updates.OrderUpdate(session.venue, status=status))
        return order

    def _message_rejected(self, message: Message, session: Session) -> Order | None:
        """Take a Reject (3) or BusinessMessageReject (j): it names a message, and by that its order."""
        request = self._waiting.find_number(session, message[tags.REF_SEQ_NUM]) or self._waiting.find(
            session, message[tags.BUSINESS_REJECT_REF_ID]
        )
        if request is None:
            return None
        if self._waiting.answered(request):
            refused(request, Failure(reasons.of_message(message), True, message[tags.TEXT]))
        return request.order


def _known(message: Message, venue: str) -> Order | None:
    names = (order_id(message), message[tags.CL_ORD_ID], message[tags.ORIG_CL_ORD_ID])
    return registry.find_by(*names, venue=venue, symbol=message[tags.SYMBOL])


def _amended(order: Order, message: Message) -> None:
    """Take a replacement: FIX counts on from what was filled before, under a new OrderID (37) too."""
    order.amended(
        quantity=message.number(tags.ORDER_QTY),
        price=message.number(tags.PRICE),
        client_id=message[tags.CL_ORD_ID],
    )
    order.know(id=order_id(message))
