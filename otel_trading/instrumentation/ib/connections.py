"""The ways by which a bot hears from the broker: its connection to TWS, TWS's own, and the data farms behind it.

Of the last two TWS tells by error codes (TWS API, system message codes). That the broker is out of TWS's reach is told
of the one connection that the bot has: it is up, and nothing comes over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ib import refusals
from otel_trading.instrumentation.ib.book import book_of
from otel_trading.instrumentation.ib.fields import VENUE
from otel_trading.instrumentation.toolkit.connections import Connection, connected, disconnected
from otel_trading.instrumentation.toolkit.values import text

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.wrapping import Call

_OUT_OF_REACH = frozenset({1100, 2110})
_IN_REACH = frozenset({1101, 1102})
_FARM_LOST = frozenset({2103, 2105, 2157})
_FARM_OK = frozenset({2104, 2106, 2158})
_SOCKET_LOST = "Socket disconnect"


def opened(ib: Any) -> None:
    """Take note that the bot is connected."""
    connected(_of_bot(ib))


def closed(call: Call) -> None:
    """Take note that the bot is about to disconnect."""
    if call.target.client.isConnected():
        _end(call.target, reason="", on_purpose=True)


def lost(call: Call) -> None:
    """Take note that the connection broke."""
    _end(call.target.ib, reason=_SOCKET_LOST, on_purpose=False)


def _end(ib: Any, *, reason: str, on_purpose: bool) -> None:
    book = book_of(ib)
    refusals.lost(book)
    for connection in (_of_bot(ib), *(_of_farm(ib, farm) for farm in sorted(book.farms))):
        disconnected(connection, reason=reason, on_purpose=on_purpose)
    book.farms.clear()


def told(ib: Any, code: int, said: str) -> None:
    """Take note of an error code that tells of a connection; of any other there is nothing to note."""
    if code in _OUT_OF_REACH:
        disconnected(_of_bot(ib), code=code, reason=said)
    elif code in _IN_REACH:
        connected(_of_bot(ib))
    elif code in _FARM_OK or code in _FARM_LOST:
        farm = said.rpartition(":")[2]
        if code in _FARM_OK:
            book_of(ib).farms.add(farm)
            connected(_of_farm(ib, farm))
        else:
            book_of(ib).farms.discard(farm)
            disconnected(_of_farm(ib, farm), code=code, reason=said)


def _of_bot(ib: Any) -> Connection:
    return Connection(VENUE, ib, "bot", text(ib.client.host))


def _of_farm(ib: Any, farm: str) -> Connection:
    return Connection(VENUE, ib, f"farm {farm}", farm)
