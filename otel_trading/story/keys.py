"""The ids that a record carries, and whether two records may speak of the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from otel_trading.semconv import attributes as names
from otel_trading.story.fields import text, texts

if TYPE_CHECKING:
    from otel_trading.telemetry.records import Attributes


class Keys(NamedTuple):
    """What a record says about which order it means. Empty where it says nothing.

    ``client_id`` is ClOrdID (11), ``original_client_id`` OrigClOrdID (41), ``venue_id`` OrderID (37).
    """

    client_id: str
    original_client_id: str
    venue_id: str
    related: tuple[str, ...]
    venue: str
    symbol: str
    side: str

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids by which the record means one order, without those it only mentions."""
        return tuple(filter(None, (self.client_id, self.original_client_id, self.venue_id)))


def keys_of(attributes: Attributes) -> Keys:
    """Read the ids from a record's attributes."""
    return Keys(
        text(attributes, names.TRADING_ORDER_CLIENT_ID),
        text(attributes, names.TRADING_ORDER_ORIGINAL_CLIENT_ID),
        text(attributes, names.TRADING_ORDER_ID),
        texts(attributes, names.TRADING_ORDER_RELATED_IDS),
        text(attributes, names.TRADING_VENUE),
        text(attributes, names.TRADING_SYMBOL),
        text(attributes, names.TRADING_ORDER_SIDE),
    )


def agree(one: str, other: str) -> bool:
    """Tell whether two properties can be of the same order: equal, or one of them unknown."""
    return not one or not other or one == other
