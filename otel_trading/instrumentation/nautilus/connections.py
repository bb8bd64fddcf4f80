"""The websockets of NautilusTrader's Binance adapter.

Its Rust client connects again by itself and tells of it afterwards only, so a loss is told when it is made up for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from otel_trading.instrumentation.toolkit.connections import Connection, connected, disconnected

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome

_VENUE = "binance"
_UNTOLD = "NautilusTrader tells no reason"


def opened(call: Call, outcome: Outcome) -> None:
    """Take note that ``_connect_client(client_id, streams)`` has connected."""
    if outcome.error is None and call.target._clients.get(call.get("client_id")) is not None:  # noqa: SLF001 - its state
        connected(_connection(call))


def reconnected(call: Call) -> None:
    """Take note of ``_handle_reconnect(client_id)``: the connection was lost, and there is another."""
    disconnected(_connection(call), reason=_UNTOLD)
    connected(_connection(call))


def closed(call: Call, outcome: Outcome) -> None:
    """Take note that ``_disconnect_client(client_id)`` has closed the connection."""
    if outcome.error is None:
        disconnected(_connection(call), on_purpose=True)


def _connection(call: Call) -> Connection:
    host = urlsplit(str(call.target.url)).hostname or ""
    return Connection(_VENUE, call.target, call.get("client_id"), host)
