"""What is watched of QuickFIX: sending, and the callbacks of the bot's Application."""

from __future__ import annotations

import threading
from types import MappingProxyType
from typing import TYPE_CHECKING

from opentelemetry import context as otel

from otel_trading.instrumentation.fix import tags
from otel_trading.instrumentation.fix.desk import RECEIVED, Desk
from otel_trading.instrumentation.fix.message import field, parse
from otel_trading.instrumentation.fix.requests import ASKED
from otel_trading.instrumentation.fix.sessions import Sessions
from otel_trading.instrumentation.quickfix import errors
from otel_trading.instrumentation.quickfix.fields import (
    QuickfixFields,
    addressed,
    engine_session,
    positional,
    session_of,
)
from otel_trading.instrumentation.toolkit.messages import at_work
from otel_trading.instrumentation.toolkit.wrapping import Outcome
from otel_trading.orders.context import use_context

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from otel_trading.instrumentation.fix.departures import Departure
    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

_CALLBACK_KEY = otel.create_key("otel_trading.quickfix.callback")
_SENDING_KEY = otel.create_key("otel_trading.quickfix.sending")


class _Sending:
    """A request that is being sent, and what the bot raised to keep it back."""

    __slots__ = ("client_id", "departure", "kept_back")

    def __init__(self, departure: Departure, client_id: str) -> None:
        self.departure = departure
        self.client_id = client_id
        self.kept_back: BaseException | None = None


class _Callback:
    """A callback at work: in its own thread, and not in those that it starts, whose context is a copy of its own."""

    __slots__ = ("thread",)

    def __init__(self) -> None:
        self.thread: int | None = threading.get_ident()


FIELDS = QuickfixFields()
_desk = Desk()
_sessions = Sessions()


def send(fields: Fields, call: Call) -> Watching | None:
    """Watch ``Session.sendToTarget`` or ``Session.send``: of a request for an order it is the submission.

    It returns before the venue answers; the ExecutionReport tells more.
    """
    message, *rest = positional(call)
    text = message.toString()
    return _send(fields, call, message, text, rest) if field(text, tags.MSG_TYPE) in ASKED else None


def _send(fields: Fields, call: Call, message: Any, text: str, rest: list[Any]) -> Watching:
    asked = parse(text)
    with _desk.departing(fields, call, asked, addressed(asked, call.target, rest)) as departure:
        sending = _Sending(departure, field(text, tags.CL_ORD_ID))
        with use_context(otel.set_value(_SENDING_KEY, sending)):
            outcome = yield
        if sending.kept_back is not None and outcome.error is None:
            outcome = Outcome(error=sending.kept_back)
        _settle(departure, outcome, message.toString(), rest)


def _settle(departure: Departure, outcome: Outcome, sent: str, rest: list[Any]) -> None:
    failure = errors.of(outcome)
    if failure is None:
        session = engine_session(rest[0] if rest and hasattr(rest[0], "getTargetCompID") else sent)
        failure = errors.KEPT if session is not None and not session.isLoggedOn() else None
    if failure is None:
        departure.left()
    else:
        departure.failed(failure, outcome)


def to_app(_: Fields, call: Call) -> Watching | None:
    """Watch ``Application.toApp``, which the engine calls with a numbered message before it writes it to the wire.

    A bot may keep it back there, which the engine does not say.
    """
    sending = otel.get_value(_SENDING_KEY)
    if not isinstance(sending, _Sending):
        return None
    text = positional(call)[0].toString()
    if field(text, tags.CL_ORD_ID) != sending.client_id:  # another, which the bot sends from its callback
        return None
    return _to_app(sending, field(text, tags.MSG_SEQ_NUM))


def _to_app(sending: _Sending, number: str) -> Watching:
    sending.departure.numbered(number)
    outcome = yield
    if outcome.error is not None:
        sending.kept_back = outcome.error


def receive(_: Fields, call: Call) -> Watching | None:
    """Watch ``Application.fromApp`` or ``fromAdmin``: what the message tells is recorded, then the bot handles it.

    Where a class calls the callback of its base class, the message is told once, at the outer one.
    """
    outer = otel.get_value(_CALLBACK_KEY)
    if isinstance(outer, _Callback) and outer.thread == threading.get_ident():
        return None
    return _receive(positional(call)[0].toString())


def _receive(text: str) -> Watching:
    order = _desk.received(parse(text)) if field(text, tags.MSG_TYPE) in RECEIVED else None
    callback = _Callback()
    with use_context(otel.set_value(_CALLBACK_KEY, callback, at_work(order))):
        yield
    callback.thread = None


def logged_on(_: Fields, call: Call) -> Watching:
    """Watch ``Application.onLogon``; of an acceptor it is told that others logged on to it, which is no stream."""
    session_id = positional(call)[0]
    engine = engine_session(session_id)
    if engine is None or engine.isInitiator():
        _sessions.logged_on(session_of(session_id))
    yield


def logged_out(_: Fields, call: Call) -> Watching:
    """Watch ``Application.onLogout``: the engine calls it for a logout, a lost connection, and its own end."""
    session_id = positional(call)[0]
    session, engine = session_of(session_id), engine_session(session_id)
    _sessions.ended(session, on_purpose=engine is not None and not engine.isEnabled())
    _desk.ended(session, errors.LOST)
    yield


def forget() -> None:
    """Forget the requests that wait for answers, and the sessions."""
    _desk.clear()
    _sessions.clear()


CALLBACKS: Mapping[str, Callable[[Fields, Call], Watching | None]] = MappingProxyType(
    {
        "fromAdmin": receive,
        "fromApp": receive,
        "onLogon": logged_on,
        "onLogout": logged_out,
        "toApp": to_app,
    }
)
"""The methods of Application that are watched in the bot's own classes."""
