"""Rules about what comes from venues."""

from __future__ import annotations

from typing import Final

from alerts.names import AT_VENUE, ENVIRONMENT, SERVICE, STREAM, SYMBOL, label, series
from alerts.promql import alive, by, latest, share, total, unless
from alerts.rule import Owner, Rule, Severity, Unit
from otel_trading.semconv import attributes, events, metrics

_AGE: Final = series(metrics.TRADING_MARKET_DATA_AGE)
_LATENCY: Final = series(metrics.TRADING_MARKET_DATA_LATENCY)
_FEED: Final = (*AT_VENUE, SYMBOL, STREAM)
_LIMIT: Final = label(attributes.TRADING_RATE_LIMIT_NAME)
_OPEN: Final = by(AT_VENUE, series(metrics.TRADING_STREAM_CONNECTION_ACTIVE))
_CUT: Final = f"({_OPEN}) < 1"

RULES: Final = (
    Rule(
        uid="stream-disconnected",
        title="The streams of a venue are gone",
        expr=_OPEN,
        threshold=1,
        comparison="<",
        labels=AT_VENUE,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="30s",
        session=True,
        summary="{bot} has no stream of {venue} open: it is blind there.",
        means=(
            "No stream to the venue is open. Prices, fills and the ends of orders do not arrive; the bot trades on"
            " what it knew before, if it trades."
        ),
        steps=(
            "Read why they closed:",
            f"$ otel-trading logs {events.TRADING_STREAM_DISCONNECTED} --since 30m --from stack",
            "Open orders work on at the venue. Cancel there what must not stay alone.",
            "The venue's status page; then this machine's network. After it is back, see whether fills were missed:",
            "$ otel-trading orders --since 1h --from stack",
        ),
        board="markets",
        panel="Open streams",
    ),
    Rule(
        uid="market-data-stale",
        title="Market data is old",
        expr=unless(latest(_FEED, _AGE), _CUT, AT_VENUE),
        threshold="market_data_age_seconds",
        unit=Unit.TIME,
        labels=_FEED,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="30s",
        session=True,
        summary="{bot} trades on old data of {symbol} at {venue}.",
        means=(
            "Nothing has come on a stream for longer than the threshold, though it counts as open. Silent while the"
            " venue's streams are gone altogether: that has a rule of its own."
        ),
        steps=(
            "One symbol: it may be quiet, or halted. All of a venue: the stream hangs without having closed.",
            "$ otel-trading logs stream --since 30m --from stack",
            "Restart the stream or the bot; a quote that stands on old data should be cancelled first.",
            "A symbol that is always quiet: raise `market_data_age_seconds`.",
        ),
        board="markets",
        panel="Age of market data",
    ),
    Rule(
        uid="market-data-absent",
        title="Market data is no longer measured",
        expr=(
            f"({by(AT_VENUE, f'last_over_time({_AGE}[1h])', 'count')} unless on({', '.join(AT_VENUE)})"
            f" {by(AT_VENUE, _AGE, 'count')}) and on({SERVICE}, {ENVIRONMENT}) {alive()}"
        ),
        threshold=0,
        labels=AT_VENUE,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        session=True,
        summary="{bot} no longer tells the age of its data from {venue}.",
        means=(
            "Within the last hour the bot told how old its market data is, now it lives and does not: it dropped the"
            " feed, or was restarted without it. An age that is not measured never grows too large."
        ),
        steps=(
            "Was the feed taken out on purpose? Then this passes within the hour.",
            "$ otel-trading logs stream --since 1h --from stack",
            "Else restart the bot, and see the age come back on the panel.",
        ),
        board="markets",
        panel="Age of market data",
    ),
    Rule(
        uid="market-data-gaps",
        title="Market data has gaps",
        expr=total((*AT_VENUE, SYMBOL), series(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS), "5m"),
        threshold="market_data_gaps",
        labels=(*AT_VENUE, SYMBOL),
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} missed data of {symbol} from {venue}.",
        means="A sequence number was skipped. A book that is kept from differences is wrong until it is fetched anew.",
        steps=(
            "See whether the bot fetched the book again:",
            f"$ otel-trading logs {events.TRADING_MARKET_DATA_GAP} --since 30m --from stack",
            "Gaps that repeat: the bot reads too slowly (see its event loop), or the network loses packets.",
        ),
        board="markets",
        panel="Sequence gaps",
    ),
    Rule(
        uid="market-data-early",
        title="Market data comes from the future",
        expr=share(AT_VENUE, f'{_LATENCY}_bucket{{le=~"0|0.0"}}', f"{_LATENCY}_count", "5m", least=20),
        threshold="market_data_early_ratio",
        unit=Unit.SHARE,
        labels=AT_VENUE,
        severity=Severity.INFO,
        owner=Owner.PLATFORM,
        pending="5m",
        summary="Data of {venue} reaches {bot} before it was made.",
        means="Most messages carry a time that is later than this machine's. One of the two clocks is wrong.",
        steps=(
            "$ timedatectl",
            "Set this machine's clock by NTP or PTP. Until then no latency over two clocks means anything.",
        ),
        board="markets",
        panel="Latency of market data",
    ),
    Rule(
        uid="stream-reconnects",
        title="Streams break again and again",
        expr=total(AT_VENUE, series(metrics.TRADING_STREAM_RECONNECTS), "5m"),
        threshold="stream_reconnects",
        labels=AT_VENUE,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} keeps losing its streams of {venue}.",
        means="Streams were opened again more often than the threshold within 5 minutes. What came between is lost.",
        steps=(
            "Read the codes with which they were closed:",
            f"$ otel-trading logs {events.TRADING_STREAM_DISCONNECTED} --since 30m --from stack",
            "1006 and time-outs: the network. 1008 and above 4000: the venue does not want it, often for its rate.",
            "Do not trust this venue's data until it holds; widen or stop.",
        ),
        board="markets",
        panel="Reconnects",
    ),
    Rule(
        uid="rate-limit-high",
        title="A rate limit is nearly used up",
        expr=latest((*AT_VENUE, _LIMIT), series(metrics.TRADING_RATE_LIMIT_UTILIZATION)),
        threshold="rate_limit_utilization",
        unit=Unit.SHARE,
        labels=(*AT_VENUE, _LIMIT),
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} nears the limit {rate_limit_name} of {venue}.",
        means="By the venue's answers most of a limit is used. Beyond it requests are refused, cancels among them.",
        steps=(
            "See which requests make the load, on the board, by operation.",
            "Slow down what is not an order: polling of balances, order lists and tickers first.",
            "Several bots with one account share one limit.",
        ),
        board="markets",
        panel="Rate limits",
    ),
    Rule(
        uid="clock-offset",
        title="The clocks of venue and machine differ",
        expr=by(AT_VENUE, f"abs({series(metrics.TRADING_CLOCK_OFFSET)})", "max"),
        threshold="clock_offset_seconds",
        unit=Unit.TIME,
        labels=AT_VENUE,
        severity=Severity.WARNING,
        owner=Owner.PLATFORM,
        pending="2m",
        summary="The clock under {bot} is off from that of {venue}.",
        means=(
            "The venue's clock less this machine's, either way. Signed requests are refused when it grows, and where a"
            " regime asks for synchronised clocks, it is broken. Set `clock_offset_seconds` to what yours asks for."
        ),
        steps=(
            "$ timedatectl",
            "All venues: this machine. One: the venue, or the way to it.",
            "Set the clock by NTP or PTP; a machine that slept jumps when it wakes.",
        ),
        board="markets",
        panel="Clock offset",
    ),
)
