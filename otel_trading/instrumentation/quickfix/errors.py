"""What QuickFIX's exceptions mean: in all of these cases the engine did not send the message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.toolkit.failures import failure_of
from otel_trading.instrumentation.toolkit.terms import Failure
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.wrapping import Outcome

# "Answered" for what surely never left: the order is at an end, and the category says why.
_KEPT_BACK = {
    "DoNotSend": Category.OTHER,  # by the bot's own toApp, for a reason of its own
    "SessionNotFound": Category.NETWORK,
    "FieldNotFound": Category.INVALID_ORDER,
    "FIXException": Category.OTHER,
    "NotImplementedError": Category.INVALID_ORDER,  # SWIG's word for arguments of the wrong types
    "TypeError": Category.INVALID_ORDER,
}

NOT_TAKEN = Failure(Category.NETWORK, True, "the engine did not take the message: the session is not logged on")
"""Session.sendToTarget returned False (no logon yet, and sequence numbers are to be reset; or its store failed)."""

KEPT = Failure(
    Category.NETWORK, False, "the session is not logged on: the engine keeps the message until it is asked to resend"
)
"""Session.sendToTarget returned True all the same: the message is in the engine's store."""

LOST = "the session ended before the venue answered"


def failure(error: BaseException) -> Failure:
    """Return what ``error`` means, by the names of its classes."""
    found = failure_of(error, _KEPT_BACK)
    if type(error).__name__ == "DoNotSend":
        return found._replace(reason=f"toApp kept the message back: {found.reason}")
    return found


def of(outcome: Outcome) -> Failure | None:
    """Return why a message was not sent; None where the engine took it."""
    if outcome.error is not None:
        return failure(outcome.error)
    return None if outcome.result else NOT_TAKEN
