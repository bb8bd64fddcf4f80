"""What alpaca-py's streams tell: the bot's own orders, market data, and whether they are connected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from otel_trading.instrumentation.alpaca import fields
from otel_trading.instrumentation.alpaca.brought import standing
from otel_trading.instrumentation.alpaca.fields import VENUE, get
from otel_trading.instrumentation.alpaca.times import seconds
from otel_trading.instrumentation.toolkit import connections
from otel_trading.instrumentation.toolkit.connections import Connection
from otel_trading.instrumentation.toolkit.terms import Fields
from otel_trading.instrumentation.toolkit.values import middle, number, text
from otel_trading.orders import market, measures, updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.instrumentation.toolkit.wrapping import Call, Outcome
    from otel_trading.orders.updates import OrderUpdate

# Real-time data by the message's type. Trading statuses, price bands and news come when there are any: silence is
# no sign of a fault there.
_CHANNELS = {
    "t": "trades",
    "q": "quotes",
    "o": "order_book",
    "b": "bars",
    "u": "updated_bars",
    "d": "daily_bars",
}
_TIMED = frozenset({"t", "q", "o"})  # a bar carries the time at which it began, not the time at which it was sent
_ORDERS = "trade_updates"


class OrderMessages(Fields):
    """The messages of ``TradingStream``: JSON, whether the bot asked for models or for raw data."""

    layer = "alpaca-py"

    def updates(self, call: Call) -> Sequence[OrderUpdate]:
        """Return what a message tells of an order."""
        message = call.get("msg")
        data = get(message, "data")
        if get(message, "stream") != _ORDERS or not isinstance(data, dict):
            return ()
        update = fields.trade_update(data)
        held = number(data.get("position_qty"))
        if held is not None:
            measures.position(update.symbol, held, venue=VENUE)
        _refused(text(data.get("event")), update)
        return [standing(update)]


def _refused(event: str, update: OrderUpdate) -> None:
    """Tell that what a request asked for was refused after all: its answer only said that it was taken on."""
    order = updates.find(update) if event.endswith("_rejected") else None
    if order is not None and event == "order_cancel_rejected":
        order.cancel_rejected()
    elif order is not None and event == "order_replace_rejected":
        order.amend_rejected()


class MarketMessages(Fields):
    """The messages of ``DataStream`` and those derived from it: msgpack, before the bot's handler has them."""

    layer = "alpaca-py"

    def updates(self, call: Call) -> Sequence[OrderUpdate]:
        """Take note of market data; it tells of no order."""
        message = call.get("msg")
        kind = get(message, "T")
        stream = _CHANNELS.get(kind)
        if stream is not None and message.get("S"):
            market.received(
                VENUE,
                fields.symbol(message["S"]),
                stream,
                mid=_mid(kind, message),
                sent_at=seconds(message.get("t")) if kind in _TIMED else None,
            )
        return ()


def _mid(kind: str, message: Any) -> float | None:
    if kind == "q":
        return middle(message.get("bp"), message.get("ap"))
    if kind == "o" and message.get("r"):  # else it has the levels that changed, wherever in the book
        return middle(*(_best(message.get(side)) for side in ("b", "a")))
    return None


def _best(levels: Any) -> Any:
    return get(levels[0], "p") if levels else None


def connected(call: Call, outcome: Outcome) -> None:
    """Take note that a stream is connected and was let in."""
    if outcome.error is None:
        connections.connected(_connection(call.target))


def disconnected(call: Call) -> None:
    """Take note that a stream was lost, or is closed because the bot stopped it."""
    socket = getattr(call.target, "_ws", None)
    connections.disconnected(
        _connection(call.target),
        code=getattr(socket, "close_code", None),
        reason=text(getattr(socket, "close_reason", None)),
        on_purpose=not getattr(call.target, "_should_run", True),
    )


def _connection(stream: Any) -> Connection:
    endpoint = urlsplit(text(getattr(stream, "_endpoint", "")))
    return Connection(VENUE, stream, key="", host=endpoint.hostname or "")
