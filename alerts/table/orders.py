"""Rules about orders on their way to a venue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from alerts.names import AT_VENUE, BOT, ENVIRONMENT, EVENT, SERVICE, STRATEGY, label, series
from alerts.promql import alive, by, counted, quantile, said, share, total, unless
from alerts.rule import Owner, Rule, Severity, Unit
from otel_trading.semconv import attributes, events, metrics

if TYPE_CHECKING:
    from otel_trading.semconv.instrument import Instrument

_SUBMISSIONS: Final = series(metrics.TRADING_ORDER_SUBMISSIONS)
_REJECTIONS: Final = series(metrics.TRADING_ORDER_REJECTIONS)
_ACTIVE: Final = series(metrics.TRADING_ORDER_ACTIVE)
_UPDATES: Final = series(metrics.TRADING_ORDER_UPDATES)
_STOPPED: Final = f"{by(BOT, series(metrics.TRADING_KILL_SWITCH_STATE), 'max')} == 1"
_CATEGORY: Final = label(attributes.TRADING_ORDER_REJECTION_CATEGORY)
_LIMITED: Final = f'{_REJECTIONS}{{{_CATEGORY}="rate_limit"}}'

_SENT: Final = total(AT_VENUE, _SUBMISSIONS, "1h")


def _in_hour(metric: Instrument) -> str:
    """Return how many there were within an hour, 0 where orders were sent and none of these."""
    return f"({total(AT_VENUE, series(metric), '1h')} or 0 * {_SENT})"


_MESSAGES: Final = " + ".join(
    map(
        _in_hour,
        (metrics.TRADING_ORDER_SUBMISSIONS, metrics.TRADING_ORDER_CANCELLATIONS, metrics.TRADING_ORDER_AMENDMENTS),
    )
)

RULES: Final = (
    Rule(
        uid="order-unconfirmed",
        title="An order went without an answer",
        store="loki",
        expr=said(AT_VENUE, f'{EVENT}="{events.TRADING_ORDER_UNCONFIRMED}"', "10m"),
        threshold=0,
        labels=AT_VENUE,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} does not know whether an order stands at {venue}.",
        means=(
            "A request that submits an order ended without the venue's answer: a time-out, a broken connection. The"
            " order may be working at the venue, and may be filled, while the bot counts it as neither."
        ),
        steps=(
            "List the orders that nobody knows about:",
            "$ otel-trading orders --status no_answer --since 1h --from stack",
            "Look for each at the venue, by its client id. Cancel it there, or tell the bot that it stands.",
            "Do not send it again before you know: that is how a position doubles.",
            "See whether an update told of it later:",
            "$ otel-trading order ID --from stack",
        ),
        board="desk",
        panel="Trouble, as it was said",
    ),
    Rule(
        uid="order-rejections",
        title="Orders are refused",
        expr=share((*AT_VENUE, STRATEGY), _REJECTIONS, _SUBMISSIONS, "5m", least=5),
        threshold="order_rejections_ratio",
        unit=Unit.SHARE,
        labels=(*AT_VENUE, STRATEGY),
        severity=Severity.WARNING,
        owner=Owner.DESK,
        summary="{venue} refuses orders of {bot} {strategy}.",
        means=(
            "Of the orders of the last 5 minutes, at least 5, more than the threshold were refused or went without an"
            " answer. The category tells whose fault it is: the bot's, the account's, the venue's or the network's."
        ),
        steps=(
            "Read the category on the panel, then the venue's own words:",
            "$ otel-trading orders --status rejected --since 1h --from stack",
            "$ otel-trading order ID --from stack",
            "`insufficient_funds`, `risk_limit`: the account's. Stop the strategy, or free what is bound.",
            "`invalid_order`, `unknown_symbol`: the bot's. The venue has changed a step size, or the bot was changed.",
            "`venue_unavailable`, `timeout`, `network`: see the venue's status page before you touch the bot.",
        ),
        board="desk",
        panel="Refused, by category",
    ),
    Rule(
        uid="order-rate-limited",
        title="A venue refuses orders for their rate",
        expr=total(AT_VENUE, _LIMITED, "5m"),
        threshold=0,
        labels=AT_VENUE,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="{venue} refuses {bot} for sending too much.",
        means="The venue said 418 or 429, or the like, to an order. Next, most venues ban the address.",
        steps=(
            "Slow the bot down now, or stop it: a ban lasts from minutes to days, and cancels nothing.",
            "See which requests make the load:",
            '$ otel-trading logs "rate" --level warning --since 15m --from stack',
            "Open orders stay at the venue. Cancel there, by hand, what must not stay.",
        ),
        board="markets",
        panel="Rate limits",
    ),
    Rule(
        uid="order-ack-slow",
        title="Acknowledgements are slow",
        expr=quantile(0.99, AT_VENUE, series(metrics.TRADING_ORDER_ACK_DURATION, "_bucket"), "5m"),
        threshold="order_ack_p99_seconds",
        unit=Unit.TIME,
        labels=AT_VENUE,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="2m",
        summary="{venue} takes long to acknowledge orders of {bot}.",
        means=(
            "One order in a hundred waits longer than the threshold for the venue's acknowledgement. Prices that a"
            " quote stands on are that old when it arrives."
        ),
        steps=(
            "On the heat map, click an exemplar: the trace tells the venue's share from the bot's own.",
            "$ otel-trading orders --since 15m --from stack",
            "All venues slow at once: this machine or its network. One: the venue's status page.",
            "Where quotes must not be late, widen them or stop the strategy.",
        ),
        board="execution",
        panel="Acknowledgement",
    ),
    Rule(
        uid="order-none-submitted",
        title="A bot that trades has stopped to",
        expr=unless(
            f"({total(BOT, _SUBMISSIONS, '10m')} or 0 * {alive()}) and on({SERVICE}, {ENVIRONMENT}) {alive()}"
            f" and on({SERVICE}, {ENVIRONMENT}) {total(BOT, _SUBMISSIONS, '6h')} > 0",
            _STOPPED,
            BOT,
        ),
        threshold="order_submissions_least",
        comparison="<",
        labels=BOT,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="1m",
        session=True,
        summary="{bot} is alive and has sent no order for 10 minutes.",
        means=(
            "The bot traded within the last 6 hours, its telemetry arrives, and it has sent fewer orders in 10 minutes"
            " than the threshold. It may wait for a signal, be stuck, or trade on data that no longer comes. Silent"
            " while its kill switch is active: that is the cause, and has a rule of its own."
        ),
        steps=(
            "See what BOT, the service of the message, last did, and what it said since:",
            "$ otel-trading orders --since 1h --service BOT --from stack",
            "$ otel-trading logs --since 15m --service BOT --from stack",
            "No line either: it hangs. Look at its host, then restart it.",
            "A strategy that rarely trades: raise the time in this rule's query, or silence it for that bot.",
        ),
        board="desk",
        panel="Orders sent",
    ),
    Rule(
        uid="orders-active",
        title="Many orders are open",
        expr=by(AT_VENUE, _ACTIVE),
        threshold="orders_active",
        labels=AT_VENUE,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        summary="{bot} has many open orders at {venue}.",
        means="More orders are open at a venue than the threshold, 80 % of what the venue allows by default settings.",
        steps=(
            "List them; are there some whose end was missed?",
            "$ otel-trading orders --status open --limit 0 --from stack",
            "Compare with the venue's own list, and cancel there what the bot has forgotten.",
        ),
        board="execution",
        panel="Open orders",
    ),
    Rule(
        uid="orders-stuck",
        title="Open orders of which nothing is heard",
        expr=(
            f"({by(AT_VENUE, _ACTIVE)}) unless on({', '.join(AT_VENUE)})"
            f" (({total(AT_VENUE, _UPDATES, '6h')} > 0) or ({total(AT_VENUE, _SUBMISSIONS, '6h')} > 0))"
        ),
        threshold="orders_stuck",
        labels=AT_VENUE,
        severity=Severity.INFO,
        owner=Owner.DESK,
        pending="5m",
        summary="{bot}: orders at {venue} without a word for 6 hours.",
        means=(
            "Orders count as open, and for 6 hours neither an update came nor an order went. They rest, or their end"
            " was missed, and the bot keeps money bound for them."
        ),
        steps=(
            "$ otel-trading orders --status open --limit 0 --from stack",
            "Compare with the venue's own list of open orders.",
            "They are there: raise `orders_stuck` above what this bot leaves resting.",
            "They are not: the private stream lost their end. Restart the bot, so that it asks the venue anew.",
        ),
        board="execution",
        panel="Open orders",
    ),
    Rule(
        uid="order-to-trade",
        title="Many messages for each fill",
        expr=f"({_MESSAGES} >= 20) / clamp_min({_in_hour(metrics.TRADING_EXECUTION_FILLS)}, 1)",
        threshold="order_to_trade_ratio",
        labels=AT_VENUE,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="5m",
        summary="{bot} sends many messages to {venue} for each fill.",
        means=(
            "Orders, cancellations and amendments of the last hour over its fills. Venues limit this ratio, charge for"
            " it, and throttle who exceeds it. Without a fill it is the number of messages."
        ),
        steps=(
            "See whether fills went away or messages went up; the first is a matter of price, the second of the bot.",
            "A bot that replaces its quotes at every tick: let it wait for a larger move.",
            "$ otel-trading orders --status canceled --since 1h --from stack",
        ),
        board="execution",
        panel="Messages for a fill",
    ),
    Rule(
        uid="order-invalid-transitions",
        title="Updates come late, twice or out of order",
        expr=by(AT_VENUE, counted(series(metrics.TRADING_ORDER_INVALID_TRANSITIONS), "10m")),
        threshold="order_invalid_transitions",
        labels=AT_VENUE,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} gets updates from {venue} that do not fit their orders.",
        means=(
            "Updates told a state that cannot follow the one before: something in between was missed, or two sources"
            " tell of the same order. What the bot believes of its orders may be wrong."
        ),
        steps=(
            "See which states, on the panel, and for which orders:",
            f"$ otel-trading logs {events.TRADING_ORDER_INVALID_TRANSITION} --since 1h --from stack",
            "Just after a reconnect it passes. Else compare the bot's open orders with the venue's.",
        ),
        board="execution",
        panel="Changes of orders",
    ),
)
