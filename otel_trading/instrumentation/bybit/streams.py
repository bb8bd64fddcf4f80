"""pybit's streams: their connections, their messages, and the order books that it keeps from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from otel_trading.instrumentation.bybit import words
from otel_trading.instrumentation.bybit.observed import mid_of_book, mid_of_ticker
from otel_trading.instrumentation.bybit.trading_socket import WAITING
from otel_trading.instrumentation.toolkit import connections, failures, messages
from otel_trading.instrumentation.toolkit.values import number, text
from otel_trading.orders import market
from otel_trading.orders.contain import contained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.instrumentation.toolkit.layers import Watching
    from otel_trading.instrumentation.toolkit.terms import Fields
    from otel_trading.instrumentation.toolkit.wrapping import Call

_MS = 1000.0
# The first word of a topic -> the stream's name, as with every other library.
_STREAMS = {
    "orderbook": "order_book",
    "tickers": "ticker",
    "publicTrade": "trades",
    "kline": "ohlcv",
    "allLiquidation": "liquidations",
    "liquidation": "liquidations",
    "priceLimit": "price_limit",
    "kline_lt": "ohlcv",
    "tickers_lt": "ticker",
}
_KEPT = frozenset({"order_book", "ticker"})
"""Streams whose state pybit keeps: they are taken once it has, so that the quote is there when the bot is called."""


def stream_message(fields: Fields, call: Call) -> Watching:
    """Watch the handling of one message that was subscribed to."""
    message = call.get("message", {})
    name, symbol = _named(message.get("topic"))
    if name and name not in _KEPT:
        with contained():
            market.received(words.VENUE, symbol, name, sent_at=_sent_at(message))
    return messages.message(fields, call)


def order_book(_: Fields, call: Call) -> Watching:
    """Watch pybit take a snapshot or a delta into the book that it keeps.

    ``u`` counts a topic's updates, and begins anew with each snapshot. Where pybit itself finds a level missing it
    raises, and the stream ends.
    """
    message, topic = call.get("message", {}), text(call.get("topic"))
    name, symbol = _named(topic)
    last = number(_kept(call, topic).get("u"))
    this = number((message.get("data") or {}).get("u"))
    if message.get("type") == "delta" and last is not None and this is not None and this > last + 1:
        market.gap(words.VENUE, symbol, name)
    outcome = yield
    if outcome.error is not None:
        market.gap(words.VENUE, symbol, name)
    else:
        _quoted(call, symbol, name, mid_of_book(_kept(call, topic)))


def ticker(_: Fields, call: Call) -> Watching:
    """Watch pybit take a snapshot or a delta into the ticker that it keeps."""
    topic = text(call.get("topic"))
    name, symbol = _named(topic)
    outcome = yield
    if outcome.error is None:
        _quoted(call, symbol, name, mid_of_ticker(_kept(call, topic)))


def _quoted(call: Call, symbol: str, name: str, middle: float | None) -> None:
    category = text(getattr(call.target, "endpoint", "")).rpartition("/")[2]  # …/v5/public/linear
    kind = words.instrument_type({"category": category, "symbol": symbol})
    sent = _sent_at(call.get("message", {}))
    market.received(words.VENUE, symbol, name, mid=middle, sent_at=sent, instrument_type=kind)


def opened(call: Call) -> None:
    """Take note that a connection was made."""
    connections.connected(_connection(call.target))


def failed(call: Call) -> None:
    """Take note that a connection was lost: it broke, or what handled a message of it raised."""
    error = call.get("error")
    reason = failures.words(error)
    if not type(error).__module__.startswith("websocket"):
        reason = f"{type(error).__name__}: {reason}"
    code = getattr(error, "status_code", None)
    connections.disconnected(
        _connection(call.target), reason=reason, code=code if isinstance(code, int) and code > 0 else None
    )
    WAITING.lost(call.target, error)


def closed(call: Call) -> None:
    """Take note that the bot closes a connection; after an error it is gone already."""
    connections.disconnected(_connection(call.target), on_purpose=True)
    WAITING.lost(call.target, ConnectionAbortedError("closed by the bot before the venue answered"))


def alive(_: Call) -> None:
    """Look after what waits for an answer: called with each pong, three times a minute."""
    WAITING.overdue()


def _connection(manager: Any) -> connections.Connection:
    """Return the one connection that a manager has at a time; another place for its owner is another host and path."""
    place = urlsplit(text(getattr(manager, "endpoint", "")))
    return connections.Connection(words.VENUE, manager, "websocket", place.hostname or "")


def _named(topic: Any) -> tuple[str, str]:
    """Return the stream's name and the symbol of a topic of market data; empty for any other."""
    head, _, rest = text(topic).partition(".")
    name = _STREAMS.get(head, "")
    return (name, rest.rpartition(".")[2]) if name else ("", "")


def _sent_at(message: Mapping[str, Any]) -> float | None:
    sent = number(message.get("ts"))
    return None if sent is None else sent / _MS


def _kept(call: Call, topic: str) -> Mapping[str, Any]:
    """Return what pybit keeps of a topic; of one that it has not seen it keeps an empty list."""
    data = getattr(call.target, "data", None)
    found = data.get(topic) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}
