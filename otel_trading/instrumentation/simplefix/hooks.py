"""What is watched of simplefix, which encodes and parses, and has no session: the sockets are the bot's own.

An order leaves after it was encoded, and its messages are handled after they were parsed, where nothing of simplefix
shows it. So a request is told of as soon as it is encoded, and no order is made the one at work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.fix import tags
from otel_trading.instrumentation.fix.desk import RECEIVED, Desk, incoming, outgoing
from otel_trading.instrumentation.fix.message import Message
from otel_trading.instrumentation.fix.requests import ASKED
from otel_trading.instrumentation.fix.sessions import Sessions
from otel_trading.instrumentation.simplefix.encoded import Encoded
from otel_trading.instrumentation.toolkit.failures import failure_of
from otel_trading.instrumentation.toolkit.terms import Failure, Fields

if TYPE_CHECKING:
    from otel_trading.instrumentation.fix.waiting import Session
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome

_LOST = "the session ended before the venue answered"
_SESSION_TYPES = frozenset({tags.LOGON, tags.LOGOUT})


class SimplefixFields(Fields):
    """How simplefix names things."""

    layer = "simplefix"

    def failure(self, error: BaseException) -> Failure:
        """Return what an error means; of what could not be encoded nothing is told."""
        return failure_of(error, {})


FIELDS = SimplefixFields()
_desk = Desk()
_sessions = Sessions()
_encoded = Encoded()
_logging_on: dict[Session, bool] = {}  # whether the bot asked first; a venue is asked


def encoded(call: Call, outcome: Outcome) -> None:
    """Take note that ``FixMessage.encode`` made a message's wire form: of a request for an order, that it leaves."""
    kind = _type(call.target)
    if outcome.error is None and (kind in ASKED or kind in _SESSION_TYPES):
        message = _message(call.target)
        session = outgoing(message)
        if kind == tags.LOGON:
            _logging_on.setdefault(session, True)
        elif kind == tags.LOGOUT:
            _end(session, reason="", on_purpose=True)
        elif _encoded.is_new(message, session):
            with _desk.departing(FIELDS, call, message, session) as departure:
                departure.numbered(message[tags.MSG_SEQ_NUM])
                departure.left()


def parsed(_: Call, outcome: Outcome) -> None:
    """Take note that ``FixParser.get_message`` found a message."""
    kind = _type(outcome.result)
    if kind in RECEIVED:
        _desk.received(_message(outcome.result))
    elif kind in _SESSION_TYPES:
        message = _message(outcome.result)
        session = incoming(message)
        if kind == tags.LOGOUT:
            _end(session, reason=message[tags.TEXT])
        elif _logging_on.setdefault(session, False):
            # Nothing else shows a broken connection: a logon that follows another makes up for it.
            _end(session, reason="logged on again")
            _sessions.logged_on(session)


def forget() -> None:
    """Forget the requests that wait for answers, and the sessions."""
    _desk.clear()
    _sessions.clear()
    _encoded.clear()
    _logging_on.clear()


def _end(session: Session, *, reason: str, on_purpose: bool = False) -> None:
    _sessions.ended(session, reason=reason, on_purpose=on_purpose)
    _desk.ended(session, _LOST)


def _type(message: Any) -> str:
    """Return the MsgType (35) of a ``FixMessage``; empty for what is none."""
    found = getattr(message, "message_type", None)
    return found.decode("ascii", "replace") if isinstance(found, bytes) else ""


def _message(message: Any) -> Message:
    """Return a ``FixMessage`` as its fields, in the order in which the bot or the venue gave them."""
    pairs = [(tag.decode("ascii", "replace"), value.decode("utf-8", "replace")) for tag, value in message.pairs]
    return Message(pairs)
