"""The connections by which a library hears from its venue: connected, lost, connected again."""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry import context as otel
from opentelemetry._logs import SeverityNumber
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS

from otel_trading.orders import emit, instruments
from otel_trading.orders.context import STRATEGY_KEY, use_context
from otel_trading.semconv import attributes, events, metrics

if TYPE_CHECKING:
    from collections.abc import Hashable

    from opentelemetry.context import Context

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call


def lasting() -> Context:
    """Return the context for what outlives whatever is going on, as messages come over a connection: the strategy's."""
    return otel.set_value(STRATEGY_KEY, otel.get_value(STRATEGY_KEY), otel.Context())


def outliving(_: Fields, __: Call) -> Watching:
    """Watch a connection being made outside the order that it is made for."""
    with use_context(lasting()):
        yield


class Connection(NamedTuple):
    """A connection: to which venue, whose it is, and what tells it from the owner's others.

    ``owner`` is the library's object that makes connections (an exchange, a stream, a session); it is held weakly.
    ``key`` is unique among the open connections of that owner; of an object give its ``weakref.ref``. ``host`` is
    where it goes, by which a later connection is known to make up for a lost one: not the address, into which many
    venues put a new token each time.
    """

    venue: str
    owner: Any
    key: Hashable
    host: str = ""


class _Known:
    """What is known of an owner's connections."""

    __slots__ = ("__weakref__", "lost", "open")

    def __init__(self) -> None:
        self.open: set[Hashable] = set()
        self.lost: Counter[str] = Counter()


_lock = threading.Lock()
_owners: weakref.WeakKeyDictionary[Any, _Known] = weakref.WeakKeyDictionary()


def connected(connection: Connection) -> None:
    """Take note that ``connection`` was made.

    It is a reconnect if a connection to the same host was lost before and has not been made up for yet.
    """
    with _lock:
        known = _owners.setdefault(connection.owner, _Known())
        if connection.key in known.open:
            return
        known.open.add(connection.key)
        again = known.lost[connection.host] > 0
        if again:
            known.lost[connection.host] -= 1
    of = {attributes.TRADING_VENUE: connection.venue}
    instruments.add(metrics.TRADING_STREAM_CONNECTION_ACTIVE, 1, of)
    if again:
        instruments.add(metrics.TRADING_STREAM_RECONNECTS, 1, of)
    word = "reconnected" if again else "connected"
    _event(events.TRADING_STREAM_CONNECTED, f"stream {word}", of | {SERVER_ADDRESS: connection.host})


def disconnected(
    connection: Connection, *, code: int | None = None, reason: str = "", on_purpose: bool = False
) -> None:
    """Take note that ``connection`` was lost, or closed by the bot ``on_purpose``.

    ``code`` and ``reason`` are those of the websocket's close frame, or the reason is the error's words. What was
    not open is passed over: libraries tell of one loss twice.
    """
    with _lock:
        known = _owners.get(connection.owner)
        if known is None or connection.key not in known.open:
            return
        known.open.discard(connection.key)
        if not on_purpose:
            known.lost[connection.host] += 1
    of: dict[str, Any] = {attributes.TRADING_VENUE: connection.venue}
    instruments.add(metrics.TRADING_STREAM_CONNECTION_ACTIVE, -1, of)
    why = "closed by the bot" if on_purpose else reason or code
    told = {
        attributes.TRADING_STREAM_CLOSE_CODE: code,
        attributes.TRADING_STREAM_CLOSE_REASON: reason,
        SERVER_ADDRESS: connection.host,
    }
    severity = SeverityNumber.INFO if on_purpose else SeverityNumber.WARN
    _event(events.TRADING_STREAM_DISCONNECTED, f"stream disconnected: {why}", of | told, severity)


def _event(name: str, body: str, given: dict[str, Any], severity: SeverityNumber = SeverityNumber.INFO) -> None:
    # A connection is of no single order, even if an order's request was what opened it or found it broken.
    with use_context(otel.Context()):
        emit.event(name, body, given, severity)


def reset() -> None:
    """Forget every connection."""
    with _lock:
        _owners.clear()
