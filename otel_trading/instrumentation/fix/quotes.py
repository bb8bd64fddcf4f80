"""Market data by FIX: how old it is, and where the middle of the market stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.fix import tags
from otel_trading.instrumentation.toolkit.values import middle, number
from otel_trading.orders import market

if TYPE_CHECKING:
    from otel_trading.instrumentation.fix.message import Message

TYPES = frozenset({tags.MARKET_DATA_SNAPSHOT, tags.MARKET_DATA_INCREMENTAL, tags.QUOTE})
"""The messages that carry market data, by MsgType (35)."""

STREAM = "market_data"
_BID, _OFFER = "0", "1"  # MDEntryType (269)
_NS_PER_S = 1e9


def take(message: Message, venue: str) -> None:
    """Take note of a Quote (S), a snapshot (W), or an increment (X), which may be of several symbols."""
    sent = message.time(tags.SENDING_TIME)
    found = mid(message)
    for symbol in dict.fromkeys(value for tag, value in message.pairs if tag == tags.SYMBOL):
        market.received(venue, symbol, STREAM, mid=found, sent_at=None if sent is None else sent / _NS_PER_S)


def mid(message: Message) -> float | None:
    """Return the middle of bid and offer; an increment has neither but by chance, and tells none."""
    if message[tags.MSG_TYPE] == tags.QUOTE:
        return middle(message.number(tags.BID_PX), message.number(tags.OFFER_PX))
    if message[tags.MSG_TYPE] == tags.MARKET_DATA_SNAPSHOT:
        return middle(*_best(message))
    return None


def _best(message: Message) -> tuple[float | None, float | None]:
    """Return the highest bid and the lowest offer of a snapshot; nothing says in which order the levels come."""
    prices: dict[str, list[float]] = {_BID: [], _OFFER: []}
    kind = ""
    for tag, value in message.pairs:
        if tag == tags.MD_ENTRY_TYPE:
            kind = value
        elif tag == tags.MD_ENTRY_PX and kind in prices:
            price = number(value)
            if price is not None:
                prices[kind].append(price)
    return max(prices[_BID], default=None), min(prices[_OFFER], default=None)
