"""The websockets of ccxt pro: connected, lost, connected again."""

from __future__ import annotations

import threading
import weakref
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from opentelemetry import context as otel
from opentelemetry._logs import SeverityNumber
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS

from otel_trading.instrumentation.ccxt.fields import text
from otel_trading.orders import emit, instruments
from otel_trading.orders.context import use_context
from otel_trading.semconv import attributes, events, metrics

_lock = threading.Lock()
_open: weakref.WeakSet[Any] = weakref.WeakSet()
# By host, not by address: many venues put a new token into the path of each connection.
_lost: weakref.WeakKeyDictionary[Any, Counter[str]] = weakref.WeakKeyDictionary()


def connected(exchange: Any, client: Any) -> None:
    """Take note that ``client``, a websocket of ``exchange``, was connected.

    It is a reconnect if a connection to the same host was lost before and has not been made up for yet.
    """
    host = _host(client)
    with _lock:
        _open.add(client)
        lost = _lost.setdefault(exchange, Counter())
        again = lost[host] > 0
        if again:
            lost[host] -= 1
    of = {attributes.TRADING_VENUE: text(getattr(exchange, "id", ""))}
    instruments.add(metrics.TRADING_STREAM_CONNECTION_ACTIVE, 1, of)
    if again:
        instruments.add(metrics.TRADING_STREAM_RECONNECTS, 1, of)
    _event(events.TRADING_STREAM_CONNECTED, f"stream {'reconnected' if again else 'connected'}", of, host)


def disconnected(exchange: Any, client: Any, cause: Any) -> None:
    """Take note that ``client`` was lost or closed: ``cause`` is a close code or an exception."""
    host, on_purpose = _host(client), bool(getattr(exchange, "closed_by_user", False))
    with _lock:
        if client not in _open:
            return
        _open.discard(client)
        if not on_purpose:
            _lost.setdefault(exchange, Counter())[host] += 1
    of = {attributes.TRADING_VENUE: text(getattr(exchange, "id", ""))}
    instruments.add(metrics.TRADING_STREAM_CONNECTION_ACTIVE, -1, of)
    code = cause if isinstance(cause, int) and not isinstance(cause, bool) else None
    reason = "" if code is not None else text(cause)
    why = "closed by the bot" if on_purpose else reason or code
    told = {attributes.TRADING_STREAM_CLOSE_CODE: code, attributes.TRADING_STREAM_CLOSE_REASON: reason}
    severity = SeverityNumber.INFO if on_purpose else SeverityNumber.WARN
    _event(events.TRADING_STREAM_DISCONNECTED, f"stream disconnected: {why}", of | told, host, severity)


def _event(
    name: str, body: str, given: dict[str, Any], host: str, severity: SeverityNumber = SeverityNumber.INFO
) -> None:
    # A connection is of no single order, even if an order's request was what opened it or found it broken.
    with use_context(otel.Context()):
        emit.event(name, body, given | {SERVER_ADDRESS: host}, severity)


def _host(client: Any) -> str:
    return urlsplit(text(getattr(client, "url", ""))).hostname or ""
