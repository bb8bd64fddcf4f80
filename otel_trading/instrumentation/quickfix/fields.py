"""What is read of QuickFIX's objects. They live as long as the callback they are given to, and none is kept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.fix.requests import venue_of
from otel_trading.instrumentation.fix.tags import SENDER_COMP_ID, TARGET_COMP_ID
from otel_trading.instrumentation.fix.waiting import Session
from otel_trading.instrumentation.quickfix import errors
from otel_trading.instrumentation.toolkit.terms import Failure, Fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.instrumentation.fix.message import Message
    from otel_trading.instrumentation.toolkit.wrapping import Call


class QuickfixFields(Fields):
    """How QuickFIX names things."""

    layer = "quickfix"

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means."""
        return errors.failure(error)


def positional(call: Call) -> list[Any]:
    """Return the arguments of a call in their order: the bot's callbacks have parameters of any names."""
    found: list[Any] = []
    for value in call.arguments.values():
        found.extend(value if isinstance(value, tuple) else (value,))
    return found


def session_of(session_id: Any) -> Session:
    """Return both ends of a ``SessionID``."""
    return Session(venue_of(session_id.getTargetCompID().getString()), session_id.getSenderCompID().getString())


def addressed(message: Message, target: Any, rest: Sequence[Any]) -> Session:
    """Return the session that a message is sent on.

    ``sendToTarget`` takes a message alone, which names both ends in its header; with a SessionID; or with the CompIDs
    of sender and target. ``Session.send`` is called on the session.
    """
    if hasattr(target, "getSessionID"):
        return session_of(target.getSessionID())
    if rest and hasattr(rest[0], "getTargetCompID"):
        return session_of(rest[0])
    if len(rest) > 1:
        return Session(venue_of(rest[1]), rest[0])
    return Session(venue_of(message[TARGET_COMP_ID]), message[SENDER_COMP_ID])


def engine_session(session_id: Any) -> Any:
    """Return the engine's ``Session`` of a SessionID, or of a message's wire form; None where it has none.

    ``Message.getSessionID`` would leak memory and print to standard error at each call.
    """
    return sys.modules["quickfix"].Session.lookupSession(session_id)
