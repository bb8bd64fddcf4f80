"""The websockets of ccxt pro, as connections of their exchange."""

from __future__ import annotations

import weakref
from typing import Any
from urllib.parse import urlsplit

from otel_trading.instrumentation.toolkit import connections
from otel_trading.instrumentation.toolkit.connections import Connection
from otel_trading.instrumentation.toolkit.values import text


def connected(exchange: Any, client: Any, *_: Any) -> None:
    """Take note that ``client``, a websocket of ``exchange``, was connected."""
    connections.connected(_connection(exchange, client))


def disconnected(exchange: Any, client: Any, cause: Any = None) -> None:
    """Take note that ``client`` was lost or closed: ``cause`` is a close code or an exception."""
    code = cause if isinstance(cause, int) and not isinstance(cause, bool) else None
    connections.disconnected(
        _connection(exchange, client),
        code=code,
        reason="" if code is not None else text(cause),
        on_purpose=bool(getattr(exchange, "closed_by_user", False)),
    )


def _connection(exchange: Any, client: Any) -> Connection:
    host = urlsplit(text(getattr(client, "url", ""))).hostname or ""
    return Connection(text(getattr(exchange, "id", "")), exchange, weakref.ref(client), host)
