"""Names of attributes, and the values of those that have a few.

Generated from the registry in model/ by ``python -m model``: change that, not this file.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

TRADING_BOT_MESSAGE_TYPE: Final = "trading.bot.message.type"
"""What kind of message it is, in the words of the bot's framework.

Type string.
"""

TRADING_CURRENCY: Final = "trading.currency"
"""The currency or asset in which an amount is expressed.

An ISO 4217 code, or the venue's code of the asset.

Type string; FIX Currency (15).
"""

TRADING_DECISION_SIGNAL: Final = "trading.decision.signal"
"""The name of the signal that led to the order.

Type string.
"""

TRADING_DECISION_VALUE: Final = "trading.decision.value"
"""The value the signal had.

Type double.
"""

TRADING_EXECUTION_FEE_AMOUNT: Final = "trading.execution.fee.amount"
"""The fee paid for this execution; negative for a rebate.

Type double; FIX MiscFeeAmt (137).
"""

TRADING_EXECUTION_FEE_CURRENCY: Final = "trading.execution.fee.currency"
"""The currency in which the fee is paid.

Type string; FIX MiscFeeCurr (138).
"""

TRADING_EXECUTION_ID: Final = "trading.execution.id"
"""The id that the venue gave to this execution.

Type string; FIX ExecID (17).
"""

TRADING_EXECUTION_INFERRED: Final = "trading.execution.inferred"
"""Whether the execution was derived from a change of the cumulative quantity.

True where the venue's own report was not seen. Such a record can stand for several executions of the venue, and its
price is the average of what it stands for.

Type boolean.
"""

TRADING_EXECUTION_LIQUIDITY: Final = "trading.execution.liquidity"
"""Whether the execution added or removed liquidity.

Values: ``TradingExecutionLiquidityValues``; FIX LastLiquidityInd (851).
"""

TRADING_EXECUTION_PRICE: Final = "trading.execution.price"
"""The price of this execution.

Type double; FIX LastPx (31).
"""

TRADING_EXECUTION_QUANTITY: Final = "trading.execution.quantity"
"""The quantity of this execution.

Type double; FIX LastQty (32).
"""

TRADING_EXECUTION_SLIPPAGE_DIRECTION: Final = "trading.execution.slippage.direction"
"""Whether slippage was to the order's disadvantage.

Values: ``TradingExecutionSlippageDirectionValues``.
"""

TRADING_INSTRUMENT_PRICE_PRECISION: Final = "trading.instrument.price_precision"
"""The number of decimals the venue accepts in a price of this instrument.

What is needed to show a price with the venue's own decimals, since doubles lose trailing zeros.

Type int.
"""

TRADING_INSTRUMENT_QUANTITY_PRECISION: Final = "trading.instrument.quantity_precision"
"""The number of decimals the venue accepts in a quantity of this instrument.

Type int.
"""

TRADING_INSTRUMENT_TYPE: Final = "trading.instrument.type"
"""The kind of the traded instrument.

Values: ``TradingInstrumentTypeValues``.
"""

TRADING_KILL_SWITCH_ACTIVE: Final = "trading.kill_switch.active"
"""Whether trading is stopped.

Type boolean.
"""

TRADING_KILL_SWITCH_REASON: Final = "trading.kill_switch.reason"
"""Why trading was stopped or resumed.

Type string.
"""

TRADING_OPERATION: Final = "trading.operation"
"""The operation asked of the venue, in the library's words and in snake_case.

The set of values is bounded by the library's methods; it never holds a path, a symbol or an id.

Type string.
"""

TRADING_ORDER_ARRIVAL_PRICE: Final = "trading.order.arrival_price"
"""The mid price when the order was decided, or else when it was submitted.

What slippage is measured against.

Type double.
"""

TRADING_ORDER_AVERAGE_PRICE: Final = "trading.order.average_price"
"""The average price of all executions of the order so far.

Type double; FIX AvgPx (6).
"""

TRADING_ORDER_CLIENT_ID: Final = "trading.order.client_id"
"""The order id assigned by the party that sends the order.

Known before the order leaves, so it is the key under which the whole story of an order is found.

Type string; FIX ClOrdID (11).
"""

TRADING_ORDER_CUMULATIVE_QUANTITY: Final = "trading.order.cumulative_quantity"
"""The quantity executed so far.

Type double; FIX CumQty (14).
"""

TRADING_ORDER_ID: Final = "trading.order.id"
"""The order id assigned by the venue.

Known only from the venue's answer.

Type string; FIX OrderID (37).
"""

TRADING_ORDER_LEAVES_QUANTITY: Final = "trading.order.leaves_quantity"
"""The quantity still open for execution.

Zero once the order is filled, canceled, rejected or expired.

Type double; FIX LeavesQty (151).
"""

TRADING_ORDER_ORIGINAL_CLIENT_ID: Final = "trading.order.original_client_id"
"""The client id of the order that an amended order replaces.

Type string; FIX OrigClOrdID (41).
"""

TRADING_ORDER_PREVIOUS_STATUS: Final = "trading.order.previous_status"
"""The state of the order before this update.

Values: ``TradingOrderPreviousStatusValues``; FIX OrdStatus (39).
"""

TRADING_ORDER_PRICE: Final = "trading.order.price"
"""The limit price of the order.

Type double; FIX Price (44).
"""

TRADING_ORDER_QUANTITY: Final = "trading.order.quantity"
"""The ordered quantity, in units of the instrument.

Doubles are for display and arithmetic on dashboards; audit records keep the decimal string.

Type double; FIX OrderQty (38).
"""

TRADING_ORDER_REJECTION_CATEGORY: Final = "trading.order.rejection.category"
"""Why the request was refused or failed, as one of a few categories.

Values of FIX OrdRejReason (103) are given where they map; a refused cancellation maps CxlRejReason (102) 1 and 6 to
`unknown_order` and `duplicate_order`. The venue's own words are in `trading.order.rejection.reason`.

Values: ``TradingOrderRejectionCategoryValues``; FIX OrdRejReason (103).
"""

TRADING_ORDER_REJECTION_REASON: Final = "trading.order.rejection.reason"
"""Why the venue refused, in the venue's own words.

Type string; FIX Text (58).
"""

TRADING_ORDER_RELATED_IDS: Final = "trading.order.related_ids"
"""The ids of the orders a record is about, where it is about more than one.

A record about a single order carries `trading.order.client_id` or `trading.order.id` instead.

Type string[].
"""

TRADING_ORDER_SIDE: Final = "trading.order.side"
"""The side of the order.

Values: ``TradingOrderSideValues``; FIX Side (54).
"""

TRADING_ORDER_STATUS: Final = "trading.order.status"
"""The state of the order.

Values: ``TradingOrderStatusValues``; FIX OrdStatus (39).
"""

TRADING_ORDER_STOP_PRICE: Final = "trading.order.stop_price"
"""The price that triggers the order.

Type double; FIX StopPx (99).
"""

TRADING_ORDER_TIME_IN_FORCE: Final = "trading.order.time_in_force"
"""How long the order stays in force.

`gtx` has the meaning that crypto venues give it, which FIX expresses as ExecInst (18) = 6; it is not FIX's own
TimeInForce 5, good till crossing.

Values: ``TradingOrderTimeInForceValues``; FIX TimeInForce (59).
"""

TRADING_ORDER_TRANSACT_TIME: Final = "trading.order.transact_time"
"""The venue's own time of the change, in nanoseconds since the Unix epoch.

The time of the record is that of this machine; the difference holds the latency and the offset of the clocks.

Type int; FIX TransactTime (60).
"""

TRADING_ORDER_TYPE: Final = "trading.order.type"
"""The type of the order.

Values: ``TradingOrderTypeValues``; FIX OrdType (40).
"""

TRADING_RATE_LIMIT_NAME: Final = "trading.rate_limit.name"
"""The name of a limit on the rate of requests.

Type string.
"""

TRADING_RATE_LIMIT_WEIGHT: Final = "trading.rate_limit.weight"
"""The weight used so far in the window of the limit, as the venue's answer says.

Type int.
"""

TRADING_RISK_CHECK_LIMIT: Final = "trading.risk.check.limit"
"""The limit it was checked against.

Type double.
"""

TRADING_RISK_CHECK_NAME: Final = "trading.risk.check.name"
"""The name of the risk check.

One value for each check the bot has; the checked amount is in `trading.risk.check.value`.

Type string.
"""

TRADING_RISK_CHECK_RESULT: Final = "trading.risk.check.result"
"""Whether the checked value kept within its limit.

Values: ``TradingRiskCheckResultValues``.
"""

TRADING_RISK_CHECK_VALUE: Final = "trading.risk.check.value"
"""The value that was checked.

Type double.
"""

TRADING_SIMULATED: Final = "trading.simulated"
"""Whether the order or the money only exists in the bot or in a rehearsal - a dry run, paper trading, a back-test.

Left out of what is real. Leave out what has it wherever real money is added up.

Type boolean.
"""

TRADING_STRATEGY_ID: Final = "trading.strategy.id"
"""The strategy or algorithm that trades.

One value for each strategy that runs, not for each run, parameter set or order.

Type string.
"""

TRADING_STREAM_CLOSE_CODE: Final = "trading.stream.close_code"
"""The code with which the stream was closed.

A WebSocket close code, RFC 6455 section 7.4.

Type int.
"""

TRADING_STREAM_CLOSE_REASON: Final = "trading.stream.close_reason"
"""The reason given when the stream was closed.

Type string.
"""

TRADING_STREAM_NAME: Final = "trading.stream.name"
"""What a stream carries.

One of a few words; the symbol of the stream is in `trading.symbol`.

Type string.
"""

TRADING_SYMBOL: Final = "trading.symbol"
"""The traded symbol, as the trading library spells it.

On metrics the number of distinct symbols is capped; a symbol beyond the cap is recorded as `_other`. Spans and log
records always carry the real one.

Type string; FIX Symbol (55).
"""

TRADING_TELEMETRY_DROP_REASON: Final = "trading.telemetry.drop_reason"
"""Why telemetry was lost.

Values: ``TradingTelemetryDropReasonValues``.
"""

TRADING_TELEMETRY_SIGNAL: Final = "trading.telemetry.signal"
"""The signal that the telemetry belongs to.

Values: ``TradingTelemetrySignalValues``.
"""

TRADING_VENUE: Final = "trading.venue"
"""The venue that receives orders or sends market data.

An ISO 10383 market identifier code where the venue has one, else the id that the trading library gives the exchange.
Few values, known before the bot starts.

Type string.
"""


class TradingExecutionLiquidityValues(str, Enum):
    """Values of ``trading.execution.liquidity``."""

    MAKER = "maker"
    """The order rested in the book and added liquidity."""

    TAKER = "taker"
    """The order met one in the book and removed liquidity."""


class TradingExecutionSlippageDirectionValues(str, Enum):
    """Values of ``trading.execution.slippage.direction``."""

    ADVERSE = "adverse"
    """The execution cost more than the arrival price."""

    FAVORABLE = "favorable"
    """The execution cost less than the arrival price, or as much."""


class TradingInstrumentTypeValues(str, Enum):
    """Values of ``trading.instrument.type``."""

    SPOT = "spot"
    """Asset against asset with immediate delivery."""

    MARGIN = "margin"
    """Spot traded with borrowed funds."""

    SWAP = "swap"
    """Perpetual future."""

    FUTURE = "future"
    """Future with an expiry date."""

    OPTION = "option"
    """Option."""

    EQUITY = "equity"
    """Share of a company or of a fund."""

    OTHER = "other"
    """Any other instrument."""


class TradingOrderPreviousStatusValues(str, Enum):
    """Values of ``trading.order.previous_status``."""

    NEW = "new"
    """Accepted by the venue and not executed yet."""

    PARTIALLY_FILLED = "partially_filled"
    """Executed in part."""

    FILLED = "filled"
    """Executed completely."""

    CANCELED = "canceled"
    """Canceled - what was executed before stays executed."""

    REJECTED = "rejected"
    """Refused by the venue."""

    EXPIRED = "expired"
    """Ended by its time in force."""

    PENDING_NEW = "pending_new"
    """Sent and not answered yet."""

    PENDING_CANCEL = "pending_cancel"
    """A cancellation was asked for and not answered yet."""

    PENDING_REPLACE = "pending_replace"
    """An amendment was asked for and not answered yet."""

    REPLACED = "replaced"
    """Replaced by an amended order."""

    SUSPENDED = "suspended"
    """Held by the venue and not working."""


class TradingOrderRejectionCategoryValues(str, Enum):
    """Values of ``trading.order.rejection.category``."""

    INSUFFICIENT_FUNDS = "insufficient_funds"
    """The account cannot pay for it."""

    INVALID_ORDER = "invalid_order"
    """A price, quantity or parameter the venue does not take."""

    UNKNOWN_ORDER = "unknown_order"
    """The venue knows no such open order."""

    DUPLICATE_ORDER = "duplicate_order"
    """The client id was used before."""

    UNKNOWN_SYMBOL = "unknown_symbol"
    """The venue knows no such symbol."""

    MARKET_CLOSED = "market_closed"
    """The market is closed or halted."""

    RISK_LIMIT = "risk_limit"
    """A limit of the venue or of the bot forbids it."""

    RATE_LIMIT = "rate_limit"
    """Too many requests."""

    AUTHENTICATION = "authentication"
    """Key or signature not accepted."""

    PERMISSION = "permission"
    """The key may not do this."""

    NOT_SUPPORTED = "not_supported"
    """The venue or the library cannot do this."""

    TIMEOUT = "timeout"
    """No answer in time."""

    NETWORK = "network"
    """The request did not reach the venue or its answer was lost."""

    VENUE_UNAVAILABLE = "venue_unavailable"
    """The venue is down or in maintenance."""

    OTHER = "other"
    """Any other reason."""


class TradingOrderSideValues(str, Enum):
    """Values of ``trading.order.side``."""

    BUY = "buy"
    """Buy."""

    SELL = "sell"
    """Sell."""


class TradingOrderStatusValues(str, Enum):
    """Values of ``trading.order.status``."""

    NEW = "new"
    """Accepted by the venue and not executed yet."""

    PARTIALLY_FILLED = "partially_filled"
    """Executed in part."""

    FILLED = "filled"
    """Executed completely."""

    CANCELED = "canceled"
    """Canceled - what was executed before stays executed."""

    REJECTED = "rejected"
    """Refused by the venue."""

    EXPIRED = "expired"
    """Ended by its time in force."""

    PENDING_NEW = "pending_new"
    """Sent and not answered yet."""

    PENDING_CANCEL = "pending_cancel"
    """A cancellation was asked for and not answered yet."""

    PENDING_REPLACE = "pending_replace"
    """An amendment was asked for and not answered yet."""

    REPLACED = "replaced"
    """Replaced by an amended order."""

    SUSPENDED = "suspended"
    """Held by the venue and not working."""


class TradingOrderTimeInForceValues(str, Enum):
    """Values of ``trading.order.time_in_force``."""

    DAY = "day"
    """Until the end of the session."""

    GTC = "gtc"
    """Until canceled."""

    IOC = "ioc"
    """What can be filled at once; the rest is canceled."""

    FOK = "fok"
    """All at once or nothing."""

    GTD = "gtd"
    """Until a given date."""

    GTX = "gtx"
    """Post only - refused rather than filled as taker."""

    OTHER = "other"
    """Any other duration."""


class TradingOrderTypeValues(str, Enum):
    """Values of ``trading.order.type``."""

    MARKET = "market"
    """At the best price there is."""

    LIMIT = "limit"
    """At the limit price or better."""

    STOP = "stop"
    """A market order once the stop price is reached."""

    STOP_LIMIT = "stop_limit"
    """A limit order once the stop price is reached."""

    TRAILING_STOP = "trailing_stop"
    """A stop order whose stop price follows the market."""

    TAKE_PROFIT = "take_profit"
    """A market order once the price has moved favourably enough."""

    TAKE_PROFIT_LIMIT = "take_profit_limit"
    """A limit order once the price has moved favourably enough."""

    OTHER = "other"
    """Any other type."""


class TradingRiskCheckResultValues(str, Enum):
    """Values of ``trading.risk.check.result``."""

    PASSED = "passed"
    """Within the limit."""

    BREACHED = "breached"
    """Beyond the limit."""


class TradingTelemetryDropReasonValues(str, Enum):
    """Values of ``trading.telemetry.drop_reason``."""

    QUEUE_FULL = "queue_full"
    """It came faster than it could be passed on."""

    EXPORT_FAILED = "export_failed"
    """The receiver refused it or could not be reached."""

    STORE_UNWRITABLE = "store_unwritable"
    """The files on this machine could not be written."""

    SHUTDOWN = "shutdown"
    """The process ended before it could be passed on."""

    SPOOL_FULL = "spool_full"
    """It waited on disk for a receiver that was away for longer than the bounds allow."""

    SPOOL_DAMAGED = "spool_damaged"
    """It waited on disk for a receiver that was away and could not be read again."""


class TradingTelemetrySignalValues(str, Enum):
    """Values of ``trading.telemetry.signal``."""

    TRACES = "traces"
    """Spans."""

    LOGS = "logs"
    """Log records and events."""

    METRICS = "metrics"
    """Metric data points."""
