"""Names of events: what a log record is an event of.

Generated from the registry in model/ by ``python -m model``: change that, not this file.
"""

from __future__ import annotations

from typing import Final

TRADING_BOT_MESSAGE: Final = "trading.bot.message"
"""A message of a trading framework to whoever runs the bot.

What it would send by its messenger, whether or not one is set up; in words, as the body. Entries, exits and fills among
them are told in figures by the events of the orders.
"""

TRADING_BOT_UNHANDLED_EXCEPTION: Final = "trading.bot.unhandled_exception"
"""An exception that nothing in the bot handled.

From the main thread, another thread or a task of the event loop. Often the last record of a bot.
"""

TRADING_DECISION: Final = "trading.decision"
"""The bot decided to trade."""

TRADING_KILL_SWITCH_CHANGED: Final = "trading.kill_switch.changed"
"""Trading was stopped or resumed."""

TRADING_MARKET_DATA_GAP: Final = "trading.market_data.gap"
"""Market data went missing between two messages."""

TRADING_ORDER_ACKNOWLEDGED: Final = "trading.order.acknowledged"
"""The venue accepted an order."""

TRADING_ORDER_AMEND_REJECTED: Final = "trading.order.amend_rejected"
"""The venue refused to amend an order, or the request failed."""

TRADING_ORDER_AMEND_REQUESTED: Final = "trading.order.amend_requested"
"""An amendment is about to be sent."""

TRADING_ORDER_AMENDED: Final = "trading.order.amended"
"""The price or quantity of an order was changed."""

TRADING_ORDER_CANCEL_REJECTED: Final = "trading.order.cancel_rejected"
"""The venue refused to cancel an order, or the request failed."""

TRADING_ORDER_CANCEL_REQUESTED: Final = "trading.order.cancel_requested"
"""A cancellation is about to be sent."""

TRADING_ORDER_CANCELED: Final = "trading.order.canceled"
"""An order was canceled."""

TRADING_ORDER_EXPIRED: Final = "trading.order.expired"
"""An order ended by its time in force."""

TRADING_ORDER_FEE: Final = "trading.order.fee"
"""A fee that became known after its execution was recorded."""

TRADING_ORDER_FILLED: Final = "trading.order.filled"
"""An execution of an order, partial or complete.

One record for each execution, FIX ExecutionReport with ExecType (150) F.
"""

TRADING_ORDER_INVALID_TRANSITION: Final = "trading.order.invalid_transition"
"""An update that the state of the order did not allow.

Recorded, counted and otherwise ignored; the state of the order stays as it was.
"""

TRADING_ORDER_REJECTED: Final = "trading.order.rejected"
"""An order was refused and surely is not at the venue.

By the venue, or by the library before anything was sent. Without an answer it is `trading.order.unconfirmed`.
"""

TRADING_ORDER_SUBMITTED: Final = "trading.order.submitted"
"""An order is about to be sent.

Written just before the request leaves, so that an order is on record even if the process ends in the middle of it.
"""

TRADING_ORDER_UNCONFIRMED: Final = "trading.order.unconfirmed"
"""The request failed without the venue's answer - the order may or may not be at the venue.

After a time-out or a broken connection. The status stays `pending_new` until the venue is asked.
"""

TRADING_ORDER_UPDATED: Final = "trading.order.updated"
"""The state of an order changed in a way that has no event of its own."""

TRADING_RISK_CHECK: Final = "trading.risk.check"
"""A value was checked against a limit.

Evidence of the check, never the gate itself; the bot decides what a breach means.
"""

TRADING_STREAM_CONNECTED: Final = "trading.stream.connected"
"""A stream was opened."""

TRADING_STREAM_DISCONNECTED: Final = "trading.stream.disconnected"
"""A stream was closed or lost.

Until it is back the bot trades on what it knew before; updates missed meanwhile must be fetched.
"""
