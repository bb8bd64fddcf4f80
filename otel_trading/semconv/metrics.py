"""Instruments of the metrics.

Generated from the registry in model/ by ``python -m model``: change that, not this file.
"""

from __future__ import annotations

from typing import Final

from otel_trading.semconv import attributes
from otel_trading.semconv.instrument import Instrument

_TRADING_BASE: Final = (
    attributes.TRADING_SIMULATED,
    attributes.TRADING_VENUE,
    attributes.TRADING_SYMBOL,
    attributes.TRADING_INSTRUMENT_TYPE,
    attributes.TRADING_STRATEGY_ID,
    attributes.TRADING_ORDER_SIDE,
    attributes.TRADING_ORDER_TYPE,
)

_TRADING_FEED: Final = (attributes.TRADING_VENUE, attributes.TRADING_SYMBOL, attributes.TRADING_STREAM_NAME)

TRADING_BOT_EVENT_LOOP_DELAY: Final = Instrument(
    name="trading.bot.event_loop.delay",
    kind="observable_gauge",
    unit="s",
    description="The longest time that an event loop of the bot was held up since the last reading.",
)
"""Time in which no fill, quote or cancellation was looked at. Where the loop still hangs, the time so far. Above 0.1
something in the bot blocks - a call that waits, a long computation, the garbage collector - or the host has no
processor time to give. Not there for a bot without asyncio.
"""

TRADING_CLOCK_OFFSET: Final = Instrument(
    name="trading.clock.offset",
    kind="gauge",
    unit="s",
    description="The venue's clock less the clock of this machine.",
    attributes=(attributes.TRADING_VENUE,),
)
"""Signed requests fail when it grows, and latencies measured over two clocks are off by it. MiFID II RTS 25 allows 1
ms, and 100 us for high-frequency trading.
"""

TRADING_DRAWDOWN_UTILIZATION: Final = Instrument(
    name="trading.drawdown.utilization",
    kind="gauge",
    unit="1",
    description="The drawdown as a share of the allowed one.",
    attributes=(attributes.TRADING_SIMULATED, attributes.TRADING_STRATEGY_ID),
)
"""Warn at 0.8; at 1.0 the strategy should have stopped itself."""

TRADING_EXECUTION_FEES: Final = Instrument(
    name="trading.execution.fees",
    kind="counter",
    unit="{currency}",
    description="Fees paid for executions.",
    attributes=(*_TRADING_BASE, attributes.TRADING_CURRENCY),
)
"""Over the notional it gives the price of trading. Rebates are not subtracted, a counter only rises."""

TRADING_EXECUTION_FILLS: Final = Instrument(
    name="trading.execution.fills",
    kind="counter",
    unit="{fill}",
    description="Executions.",
    attributes=(*_TRADING_BASE, attributes.TRADING_EXECUTION_LIQUIDITY),
)
"""Over submissions it gives the fill rate, by liquidity the share of passive trading."""

TRADING_EXECUTION_NOTIONAL: Final = Instrument(
    name="trading.execution.notional",
    kind="counter",
    unit="{currency}",
    description="Executed value - price times quantity.",
    attributes=(*_TRADING_BASE, attributes.TRADING_CURRENCY),
)
"""The turnover. Per currency; amounts of different currencies do not add up."""

TRADING_EXECUTION_QUANTITY: Final = Instrument(
    name="trading.execution.quantity",
    kind="counter",
    unit="{unit}",
    description="Executed quantity, in units of the instrument.",
    attributes=_TRADING_BASE,
)
"""Meaningful for one symbol at a time; units of different instruments do not add up."""

TRADING_EXECUTION_SLIPPAGE: Final = Instrument(
    name="trading.execution.slippage",
    kind="histogram",
    unit="1",
    description="Distance of the execution price from the arrival price.",
    attributes=(*_TRADING_BASE, attributes.TRADING_EXECUTION_SLIPPAGE_DIRECTION),
    buckets=(0, 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025),
)
"""0.0001 is one basis point. OpenTelemetry's histograms take no negative values, so the direction is an attribute:
paying more when buying and getting less when selling are both adverse. A high 95th percentile of adverse slippage says
that orders are too large or too late for the book; the net of a period is the adverse sum less the favorable one.
"""

TRADING_EXPOSURE_GROSS: Final = Instrument(
    name="trading.exposure.gross",
    kind="gauge",
    unit="{currency}",
    description="The value of all positions, long and short added up.",
    attributes=(
        attributes.TRADING_SIMULATED,
        attributes.TRADING_STRATEGY_ID,
        attributes.TRADING_CURRENCY,
        attributes.TRADING_VENUE,
    ),
)
"""What is at stake, however well it is hedged. Warn at 80 % of the limit."""

TRADING_EXPOSURE_NET: Final = Instrument(
    name="trading.exposure.net",
    kind="gauge",
    unit="{currency}",
    description="The value of long positions less that of short ones.",
    attributes=(
        attributes.TRADING_SIMULATED,
        attributes.TRADING_STRATEGY_ID,
        attributes.TRADING_CURRENCY,
        attributes.TRADING_VENUE,
    ),
)
"""The bet on direction. A strategy meant to be neutral should stay near zero."""

TRADING_HEARTBEAT_AGE: Final = Instrument(
    name="trading.heartbeat.age",
    kind="observable_gauge",
    unit="s",
    description="Time since the bot last went through its loop without an error.",
    attributes=(attributes.TRADING_STRATEGY_ID,),
)
"""Read when metrics are collected, so it rises while the bot hangs or fails. Alert beyond three intervals of the loop,
and on its absence.
"""

TRADING_KILL_SWITCH_ACTIVATIONS: Final = Instrument(
    name="trading.kill_switch.activations",
    kind="counter",
    unit="{activation}",
    description="Times that trading was stopped.",
    attributes=(attributes.TRADING_STRATEGY_ID,),
)
"""Catches a stop that was over before anybody looked at the state."""

TRADING_KILL_SWITCH_STATE: Final = Instrument(
    name="trading.kill_switch.state",
    kind="gauge",
    unit="1",
    description="1 while trading is stopped, 0 while it is allowed.",
    attributes=(attributes.TRADING_STRATEGY_ID,),
)
"""Page somebody on 1, at once."""

TRADING_LEVERAGE: Final = Instrument(
    name="trading.leverage",
    kind="gauge",
    unit="1",
    description="Gross exposure over equity.",
    attributes=(attributes.TRADING_SIMULATED, attributes.TRADING_STRATEGY_ID, attributes.TRADING_VENUE),
)
"""The nearer to the venue's maximum, the smaller the move that liquidates the account."""

TRADING_MARKET_DATA_AGE: Final = Instrument(
    name="trading.market_data.age",
    kind="observable_gauge",
    unit="s",
    description="Time since market data was last received.",
    attributes=_TRADING_FEED,
)
"""Read when metrics are collected, so it rises while nothing comes. Alert on its absence too."""

TRADING_MARKET_DATA_LATENCY: Final = Instrument(
    name="trading.market_data.latency",
    kind="histogram",
    unit="s",
    description="Time from the venue's own timestamp of market data to its receipt.",
    attributes=_TRADING_FEED,
    buckets=(-1, -0.1, -0.01, 0, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
"""Depends on two clocks. A negative value means that one of them is wrong."""

TRADING_MARKET_DATA_SEQUENCE_GAPS: Final = Instrument(
    name="trading.market_data.sequence.gaps",
    kind="counter",
    unit="{gap}",
    description="Gaps in the sequence of market data.",
    attributes=_TRADING_FEED,
)
"""After a gap an order book kept from differences is wrong until it is fetched anew."""

TRADING_ORDER_ACK_DURATION: Final = Instrument(
    name="trading.order.ack.duration",
    kind="histogram",
    unit="s",
    description="Time from sending an order to the venue's acknowledgement.",
    attributes=_TRADING_BASE,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
"""The first number to look at when fills get worse. Alert on its 99th percentile against its own baseline."""

TRADING_ORDER_ACTIVE: Final = Instrument(
    name="trading.order.active",
    kind="updowncounter",
    unit="{order}",
    description="Orders that are open at a venue.",
    attributes=_TRADING_BASE,
)
"""Compare with the venue's limit of open orders. Orders that never leave it are stuck, or their end was missed."""

TRADING_ORDER_AMENDMENTS: Final = Instrument(
    name="trading.order.amendments",
    kind="counter",
    unit="{request}",
    description="Requests to amend orders.",
    attributes=(*_TRADING_BASE, "error.type"),
)
"""With cancellations, over executions, the order-to-trade ratio that venues limit."""

TRADING_ORDER_CANCELLATIONS: Final = Instrument(
    name="trading.order.cancellations",
    kind="counter",
    unit="{request}",
    description="Requests to cancel orders.",
    attributes=(*_TRADING_BASE, "error.type"),
)
"""With amendments, over executions, the order-to-trade ratio that venues limit."""

TRADING_ORDER_INVALID_TRANSITIONS: Final = Instrument(
    name="trading.order.invalid_transitions",
    kind="counter",
    unit="{update}",
    description="Updates that the state of the order did not allow.",
    attributes=(*_TRADING_BASE, attributes.TRADING_ORDER_STATUS, attributes.TRADING_ORDER_PREVIOUS_STATUS),
)
"""An update that came late, twice or out of order. Anything above a trickle means that reports are being missed."""

TRADING_ORDER_REJECTIONS: Final = Instrument(
    name="trading.order.rejections",
    kind="counter",
    unit="{order}",
    description="Orders that were refused or went without an answer, by category.",
    attributes=(*_TRADING_BASE, attributes.TRADING_ORDER_REJECTION_CATEGORY),
)
"""The category tells whose fault it is - the bot's, the account's, the venue's or the network's."""

TRADING_ORDER_SUBMISSIONS: Final = Instrument(
    name="trading.order.submissions",
    kind="counter",
    unit="{order}",
    description="Orders sent to a venue.",
    attributes=(*_TRADING_BASE, "error.type"),
)
"""None for a while in session means that the bot stopped trading; with `error.type` it gives the share of failures."""

TRADING_ORDER_UPDATES: Final = Instrument(
    name="trading.order.updates",
    kind="counter",
    unit="{update}",
    description="Updates of orders received from a venue.",
    attributes=(*_TRADING_BASE, attributes.TRADING_ORDER_STATUS),
)
"""Submissions without updates mean that the private stream is dead."""

TRADING_PNL_REALIZED: Final = Instrument(
    name="trading.pnl.realized",
    kind="gauge",
    unit="{currency}",
    description="Profit or loss of closed positions.",
    attributes=(
        attributes.TRADING_SIMULATED,
        attributes.TRADING_STRATEGY_ID,
        attributes.TRADING_CURRENCY,
        attributes.TRADING_VENUE,
        attributes.TRADING_SYMBOL,
    ),
)
"""Alert on the daily loss limit."""

TRADING_PNL_UNREALIZED: Final = Instrument(
    name="trading.pnl.unrealized",
    kind="gauge",
    unit="{currency}",
    description="Profit or loss of open positions at the current price.",
    attributes=(
        attributes.TRADING_SIMULATED,
        attributes.TRADING_STRATEGY_ID,
        attributes.TRADING_CURRENCY,
        attributes.TRADING_VENUE,
        attributes.TRADING_SYMBOL,
    ),
)
"""What would be won or lost by closing everything now, before fees and slippage."""

TRADING_POSITION_QUANTITY: Final = Instrument(
    name="trading.position.quantity",
    kind="gauge",
    unit="{unit}",
    description="The held quantity; negative for a short position.",
    attributes=(
        attributes.TRADING_SIMULATED,
        attributes.TRADING_VENUE,
        attributes.TRADING_SYMBOL,
        attributes.TRADING_STRATEGY_ID,
    ),
)
"""Compare with what the venue says; a difference means that a fill was missed."""

TRADING_RATE_LIMIT_UTILIZATION: Final = Instrument(
    name="trading.rate_limit.utilization",
    kind="gauge",
    unit="1",
    description="The used share of a limit on the rate of requests.",
    attributes=(attributes.TRADING_VENUE, attributes.TRADING_RATE_LIMIT_NAME),
)
"""Slow down at 0.8. Beyond 1.0 the venue refuses, then bans."""

TRADING_REQUEST_DURATION: Final = Instrument(
    name="trading.request.duration",
    kind="histogram",
    unit="s",
    description="Duration of requests to the venue, as the trading library's caller sees it.",
    attributes=(attributes.TRADING_VENUE, attributes.TRADING_OPERATION, "error.type"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
"""Includes what the library does besides waiting - throttling, signing, parsing."""

TRADING_RISK_CHECKS: Final = Instrument(
    name="trading.risk.checks",
    kind="counter",
    unit="{check}",
    description="Risk checks, by result.",
    attributes=(
        attributes.TRADING_STRATEGY_ID,
        attributes.TRADING_RISK_CHECK_NAME,
        attributes.TRADING_RISK_CHECK_RESULT,
    ),
)
"""Any breach is worth a look; no checks at all while orders are sent is worth a call."""

TRADING_STREAM_CONNECTION_ACTIVE: Final = Instrument(
    name="trading.stream.connection.active",
    kind="updowncounter",
    unit="{connection}",
    description="Streams that are open.",
    attributes=(attributes.TRADING_VENUE,),
)
"""At zero the bot is blind."""

TRADING_STREAM_RECONNECTS: Final = Instrument(
    name="trading.stream.reconnects",
    kind="counter",
    unit="{reconnect}",
    description="Streams opened again after they were lost.",
    attributes=(attributes.TRADING_VENUE,),
)
"""More than a few in five minutes and the data of this venue is not to be trusted."""

TRADING_TELEMETRY_DROPPED: Final = Instrument(
    name="trading.telemetry.dropped",
    kind="counter",
    unit="{record}",
    description="Spans, log records and metric points that were lost.",
    attributes=(attributes.TRADING_TELEMETRY_SIGNAL, attributes.TRADING_TELEMETRY_DROP_REASON),
)
"""Zero, or the other numbers are too low."""

TRADING_TELEMETRY_ERRORS: Final = Instrument(
    name="trading.telemetry.errors",
    kind="counter",
    unit="{error}",
    description="Errors inside this distribution, swallowed so that the bot does not feel them.",
    attributes=("error.type",),
)
"""Each is logged once with its traceback. Report it as a bug."""

TRADING_TELEMETRY_SPOOLED: Final = Instrument(
    name="trading.telemetry.spooled",
    kind="gauge",
    unit="By",
    description="Spans and log records that wait on disk for a receiver that is away.",
    attributes=(attributes.TRADING_TELEMETRY_SIGNAL,),
)
"""Of the service. All its processes share them and report the same; take the maximum, not the sum."""

TRADING_TICK_TO_TRADE_DURATION: Final = Instrument(
    name="trading.tick_to_trade.duration",
    kind="histogram",
    unit="s",
    description="Time from receiving market data to sending the order it caused.",
    attributes=_TRADING_BASE,
    buckets=(
        0.00001,
        0.000025,
        0.00005,
        0.0001,
        0.00025,
        0.0005,
        0.001,
        0.0025,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        0.5,
        1,
        2.5,
        5,
        10,
    ),
)
"""The bot's own share of the latency, on one monotonic clock and in one process."""

TRADING_VAR: Final = Instrument(
    name="trading.var",
    kind="gauge",
    unit="{currency}",
    description="Value at risk, as the bot computes it.",
    attributes=(attributes.TRADING_SIMULATED, attributes.TRADING_STRATEGY_ID, attributes.TRADING_CURRENCY),
)
"""A positive number is a loss. Horizon and confidence are the bot's own; keep them the same over time."""
