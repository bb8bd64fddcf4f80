"""The orders that bots sent last: the way from a board to the story of one order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards import behind, links
from dashboards.kit import column, organized, spans_panel
from dashboards.names import of_span
from dashboards.queries import spans
from otel_trading.semconv import attributes

if TYPE_CHECKING:
    from dashboards.panel import Panel


def latest_orders() -> Panel:
    """Return the panel, for a board of its own width."""
    return spans_panel(
        "Latest orders",
        "The orders that bots sent last, of the chosen bots. Click an id for its story.",
        "choose one, or write its id into the box above.",
        spans(
            f'{{ {behind.SENT} && resource.service.name =~ "${{bot:pipe}}" }} | select('
            + ", ".join(
                map(
                    of_span,
                    (
                        attributes.TRADING_ORDER_CLIENT_ID,
                        attributes.TRADING_ORDER_ID,
                        attributes.TRADING_VENUE,
                        attributes.TRADING_SYMBOL,
                        attributes.TRADING_ORDER_SIDE,
                        attributes.TRADING_ORDER_QUANTITY,
                        attributes.TRADING_ORDER_PRICE,
                        attributes.TRADING_ORDER_STATUS,
                    ),
                )
            )
            + ")",
            limit=50,
        ),
        unit="none",
        height=12,
        sort="Start time",
        transformations=(organized(hidden=("spanID", "traceName", "name")),),
        overrides=(
            column("traceService", "Bot"),
            column(attributes.TRADING_ORDER_CLIENT_ID, "Client id", links=[links.story_of_value()]),
            column(attributes.TRADING_ORDER_ID, "Venue's id", links=[links.story_of_value()]),
            column(attributes.TRADING_VENUE, "Venue"),
            column(attributes.TRADING_SYMBOL, "Symbol"),
            column(attributes.TRADING_ORDER_SIDE, "Side"),
            column(attributes.TRADING_ORDER_QUANTITY, "Quantity"),
            column(attributes.TRADING_ORDER_PRICE, "Price", "locale"),
            column(attributes.TRADING_ORDER_STATUS, "State"),
            column("duration", "Answered in", "ns"),
        ),
        no_data="No orders in this time range",
    )
