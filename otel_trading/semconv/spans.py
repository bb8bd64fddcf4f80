"""Types of spans. A span is recorded under its own name, which its type describes.

Generated from the registry in model/ by ``python -m model``: change that, not this file.
"""

from __future__ import annotations

from typing import Final

TRADING_ORDER: Final = "trading.order"
"""The bot's own work on one order, from the decision to what follows the submission.

The body of `with order(...)`. What the bot does inside it - its own spans, its log lines, the requests it makes -
belongs to the order.
"""

TRADING_ORDER_AMEND: Final = "trading.order.amend"
"""The request that changes the price or quantity of an open order."""

TRADING_ORDER_CANCEL: Final = "trading.order.cancel"
"""The request that cancels one order."""

TRADING_ORDER_CANCEL_ALL: Final = "trading.order.cancel_all"
"""One request that cancels several orders, or all of them."""

TRADING_ORDER_SUBMIT: Final = "trading.order.submit"
"""The request that submits an order to a venue.

It ends with the venue's answer; what happens to the order later is told by update spans below it.
"""

TRADING_ORDER_SUBMIT_BATCH: Final = "trading.order.submit_batch"
"""One request that submits several orders to a venue."""

TRADING_ORDER_UPDATE: Final = "trading.order.update"
"""An update or a fill of an order that arrived from the venue.

A child of the submit span, and so part of the order's own trace, even where another task received it.
"""

TRADING_QUERY: Final = "trading.query"
"""A request to the venue that is not about one order - prices, balances, positions, lists of orders."""
