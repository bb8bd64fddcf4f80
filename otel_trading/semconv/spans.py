"""Types of spans, each with its kind and the name that it is recorded under.

Generated from the registry in model/ by ``python -m model``: change that, not this file.
"""

from __future__ import annotations

from typing import Final

from otel_trading.semconv.span_type import SpanType

TRADING_ORDER: Final = SpanType("trading.order", "internal", "order")
"""The bot's own work on one order, from the decision to what follows the submission.

The body of `with order(...)`. What the bot does inside it - its own spans, its log lines, the requests it makes -
belongs to the order.
"""

TRADING_ORDER_AMEND: Final = SpanType("trading.order.amend", "client", "amend_order {trading.venue}")
"""The request that changes the price or quantity of an open order."""

TRADING_ORDER_CANCEL: Final = SpanType("trading.order.cancel", "client", "cancel_order {trading.venue}")
"""The request that cancels one order."""

TRADING_ORDER_CANCEL_ALL: Final = SpanType("trading.order.cancel_all", "client", "cancel_orders {trading.venue}")
"""One request that cancels several orders, or all of them."""

TRADING_ORDER_SUBMIT: Final = SpanType("trading.order.submit", "client", "submit_order {trading.venue}")
"""The request that submits an order to a venue.

It ends with the venue's answer; what happens to the order later is told by update spans below it.
"""

TRADING_ORDER_SUBMIT_BATCH: Final = SpanType("trading.order.submit_batch", "client", "submit_orders {trading.venue}")
"""One request that submits several orders to a venue."""

TRADING_ORDER_UPDATE: Final = SpanType("trading.order.update", "consumer", "order_update {trading.venue}")
"""An update or a fill of an order that arrived from the venue.

A child of the submit span, and so part of the order's own trace, even where another task received it.
"""

TRADING_QUERY: Final = SpanType("trading.query", "client", "{trading.operation} {trading.venue}")
"""A request to the venue that is not about one order - prices, balances, positions, lists of orders."""
