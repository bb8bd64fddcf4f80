"""The websockets of ccxt pro: connected, lost, connected again."""

from __future__ import annotations

import threading
import weakref
from typing import Any
from urllib.parse import urlsplit

from opentelemetry._logs import SeverityNumber
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS

from otel_trading.instrumentation.ccxt.fields import text
from otel_trading.orders import emit, instruments
from otel_trading.semconv import attributes, events, metrics

_lock = threading.Lock()
_open: weakref.WeakSet[Any] = weakref.WeakSet()
_seen: weakref.WeakKeyDictionary[Any, set[str]] = weakref.WeakKeyDictionary()


def connected(exchange: Any, client: Any) -> None:
    """Take note that ``client``, a websocket of ``exchange``, was connected."""
    venue = text(getattr(exchange, "id", ""))
    place = _place(client)
    with _lock:
        _open.add(client)
        places = _seen.setdefault(exchange, set())
        again = place in places
        places.add(place)
    of = {attributes.TRADING_VENUE: venue}
    instruments.add(metrics.TRADING_STREAM_CONNECTION_ACTIVE, 1, of)
    if again:
        instruments.add(metrics.TRADING_STREAM_RECONNECTS, 1, of)
    emit.event(
        events.TRADING_STREAM_CONNECTED,
        f"stream {'reconnected' if again else 'connected'}",
        _where(venue, client),
    )


def disconnected(exchange: Any, client: Any, cause: Any) -> None:
    """Take note that ``client`` was lost or closed: ``cause`` is a close code or an exception."""
    with _lock:
        if client not in _open:
            return
        _open.discard(client)
    venue = text(getattr(exchange, "id", ""))
    instruments.add(metrics.TRADING_STREAM_CONNECTION_ACTIVE, -1, {attributes.TRADING_VENUE: venue})
    code = cause if isinstance(cause, int) and not isinstance(cause, bool) else None
    reason = "" if code is not None else text(cause)
    emit.event(
        events.TRADING_STREAM_DISCONNECTED,
        f"stream disconnected: {reason or code}",
        _where(venue, client)
        | {attributes.TRADING_STREAM_CLOSE_CODE: code, attributes.TRADING_STREAM_CLOSE_REASON: reason},
        SeverityNumber.INFO if getattr(exchange, "closed_by_user", False) else SeverityNumber.WARN,
    )


def _place(client: Any) -> str:
    url = urlsplit(text(getattr(client, "url", "")))
    return f"{url.netloc}{url.path}"


def _where(venue: str, client: Any) -> dict[str, Any]:
    host = urlsplit(text(getattr(client, "url", ""))).hostname
    return {attributes.TRADING_VENUE: venue, SERVER_ADDRESS: host}
