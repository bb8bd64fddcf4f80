"""What an error says of an order: which of the requests about it was refused, if any.

TWS names the order, not the request, and the order of its messages varies: ``Inactive`` may come before the error
that says why, and the library calls an order canceled for errors that leave it as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.ib import errors
from otel_trading.orders.lifecycle import TERMINAL
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status

if TYPE_CHECKING:
    from otel_trading.instrumentation.ib.book import Book
    from otel_trading.orders.order import Order

_LOST = "the connection was lost before the answer came"
_INACTIVE = "inactive"


def refused(book: Book, order: Order, code: int, said: str) -> None:
    """Record what an error with an order's id means for it."""
    if errors.is_warning(code):
        return
    why = errors.category(code, said)
    if code == errors.CANCELED:
        book.end(order)
        book.canceling.discard(order)
        if order.status not in TERMINAL:
            order.report(status=Status.CANCELED)
    elif code in errors.CANCEL_REFUSED:
        if order in book.canceling:
            _cancel_refused(book, order, why, said, code)
    elif book.changing.pop(order, None) is not None:
        order.amend_rejected(why, said, str(code))
    elif order in book.unanswered or order in book.inactive or _is_dropped(order, code):
        book.end(order)
        order.rejected(why, said, str(code))
    # Any other error about an order that works changes nothing, until its status says so.


def _is_dropped(order: Order, code: int) -> bool:
    """Tell whether the venue refuses an order that it had taken; of one that is partly filled, its status tells."""
    return code == errors.REJECTED and order.status is Status.NEW


def _cancel_refused(book: Book, order: Order, why: Category, said: str, code: int) -> None:
    book.canceling.discard(order)
    order.cancel_rejected(why, said, str(code))
    if order.status is Status.PENDING_CANCEL:  # which it is no longer
        order.report(status=Status.PARTIALLY_FILLED if order.cumulative_quantity else Status.NEW)


def inactive(book: Book, order: Order, why_held: str) -> None:
    """Take ``Inactive``: a new order was refused, one that worked is suspended; the reason may come with an error."""
    if order.status in TERMINAL:
        return
    if order not in book.unanswered and order not in book.inactive:
        order.report(status=Status.SUSPENDED)
    book.inactive[order] = why_held


def settle(book: Book) -> None:
    """Record as refused what became inactive without an error saying why, when all that came at once is handled."""
    for order, why_held in list(book.inactive.items()):
        if order in book.unanswered:
            book.end(order)
            order.rejected(Category.OTHER, why_held or _INACTIVE)


def overtaken(book: Book, order: Order) -> None:
    """Record that a change was asked for too late: the order is over."""
    if book.changing.pop(order, None) is not None:
        order.amend_rejected(Category.UNKNOWN_ORDER, "the order was over before it could be changed")


def lost(book: Book) -> None:
    """Record that the connection broke before what was asked for was answered: nobody knows what became of it."""
    for order in book.unanswered:
        order.unconfirmed(Category.NETWORK, _LOST)
    for order in book.changing:
        order.amend_rejected(Category.NETWORK, _LOST)
    for order in book.canceling:
        if order.status not in TERMINAL:
            order.cancel_rejected(Category.NETWORK, _LOST)
    for waiting in (book.unanswered, book.changing, book.canceling, book.inactive):
        waiting.clear()
