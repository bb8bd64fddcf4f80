"""What comes from venues, and what is asked of them."""

from __future__ import annotations

from typing import Final

from dashboards import links
from dashboards.board import Board, Section
from dashboards.boards.markets_requests import LIMITS, REQUESTS, SOME_REQUESTS, share_failed
from dashboards.kit import BAD, GOOD, PER_MINUTE, WARN, bars, heat, log_panel, plot, stat_panel
from dashboards.names import EVENT, SERVICE
from dashboards.queries import (
    WHOLE,
    Query,
    buckets,
    counted,
    events,
    in_context,
    is_,
    latest,
    logs,
    or_zero,
    per_minute,
    prom,
    quantile,
    threshold,
)
from otel_trading.semconv import events as names
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import (
    TRADING_STREAM_NAME,
    TRADING_SYMBOL,
    TRADING_VENUE,
)

_FEED: Final = (SERVICE, TRADING_VENUE, TRADING_SYMBOL, TRADING_STREAM_NAME)
_AT_VENUE: Final = (SERVICE, TRADING_VENUE)
_STREAMS: Final = is_(EVENT, names.TRADING_STREAM_CONNECTED, names.TRADING_STREAM_DISCONNECTED)
_LOST: Final = is_(EVENT, names.TRADING_STREAM_DISCONNECTED)
_GAPS: Final = is_(EVENT, names.TRADING_MARKET_DATA_GAP)
_HAPPENED: Final = (names.TRADING_STREAM_CONNECTED, names.TRADING_STREAM_DISCONNECTED, names.TRADING_MARKET_DATA_GAP)
_NO_FEED: Final = "No market data is told of: the bot reads it through no library that is instrumented"
_NO_STREAM: Final = "No streams are told of: the bot asks for its data"

_NOW: Final = (
    stat_panel(
        "Oldest market data",
        "How long ago the stream that was silent longest last said something.",
        "above 15 s: see which one it is, below. A symbol that hardly trades is one thing, a whole venue another.",
        prom(latest(metrics.TRADING_MARKET_DATA_AGE, function="max")),
        unit="s",
        steps=((None, GOOD), (5, WARN), (15, BAD)),
        graph=True,
        lines=_STREAMS,
        no_data="none",
    ),
    stat_panel(
        "Streams open",
        "Streams that are open at all venues.",
        "fewer than your bots open: see which venue, below, and why it was closed.",
        prom(latest(metrics.TRADING_STREAM_CONNECTION_ACTIVE)),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, BAD), (1, GOOD)),
        lines=_STREAMS,
        no_data="none",
    ),
    stat_panel(
        "Gaps",
        "How often market data went missing between two messages, in this time range.",
        "any: a book that is kept from differences is wrong until it is fetched anew.",
        prom(or_zero(counted(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS))).now(),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, GOOD), (1, WARN)),
        lines=_GAPS,
    ),
    stat_panel(
        "Lost and reopened",
        "Streams that were lost and opened again, in this time range.",
        "many: do not trust this venue's data; read the codes with which it closed.",
        prom(or_zero(counted(metrics.TRADING_STREAM_RECONNECTS))).now(),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, GOOD), (3, WARN), (20, BAD)),
        lines=_LOST,
    ),
    stat_panel(
        "Requests that fail",
        "The share of requests to venues that failed or were refused, in this time range.",
        "see which operation and which error, below.",
        prom(share_failed(WHOLE)).now(),
        unit="percentunit",
        defaults={"decimals": 1},
        steps=((None, GOOD), (0.01, WARN), (0.05, BAD)),
        spans=SOME_REQUESTS,
        no_data="none",
    ),
    stat_panel(
        "Rate limit used",
        "The share in use of the limit that is fullest.",
        "above 0.8: slow down what is not an order; beyond 1 the venue refuses, then bans.",
        prom(latest(metrics.TRADING_RATE_LIMIT_UTILIZATION, function="max")),
        unit="percentunit",
        defaults={"decimals": 0},
        steps=((None, GOOD), (0.6, WARN), (0.8, BAD)),
        spans=SOME_REQUESTS,
        no_data="none",
    ),
)

_DATA: Final = (
    plot(
        "Age of market data",
        "How long ago each stream last said something, read when metrics are: it rises while nothing comes. Dashed "
        "where the alert begins.",
        "one line: a quiet or halted symbol. All lines of a venue: the stream hangs without having closed; restart it "
        "before you quote on what it said.",
        prom(latest(metrics.TRADING_MARKET_DATA_AGE, by=_FEED, function="max"), by=_FEED),
        threshold("market_data_age_seconds", "alert", near=latest(metrics.TRADING_MARKET_DATA_AGE)),
        unit="s",
        height=10,
        lines=_STREAMS,
        no_data=_NO_FEED,
    ),
    heat(
        "Latency of market data",
        "From the venue's own time of a message to its receipt, over two clocks. What seems to come from the future "
        "is at 0.",
        "a band that climbs: the network, or the bot reads too slowly, see its event loop. All at 0: a clock is wrong, "
        "see its offset.",
        Query("prometheus", buckets(metrics.TRADING_MARKET_DATA_LATENCY), "{{le}}", ("le",), shape="heatmap"),
        height=10,
        links=(links.board("otel-trading-bots", "Bots and hosts"),),
        no_data="No market data that says when it was sent",
    ),
    bars(
        "Sequence gaps",
        "How often a sequence number was skipped, in a minute. Dashed is where the alert begins, for 5 minutes.",
        "see that the book was fetched anew. Gaps that repeat: the bot reads too slowly, or the network loses packets.",
        prom(
            per_minute(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS, by=(*_AT_VENUE, TRADING_SYMBOL)),
            by=(*_AT_VENUE, TRADING_SYMBOL),
        ),
        threshold("market_data_gaps", "alert"),
        unit=PER_MINUTE,
        width=8,
        lines=_GAPS,
        no_data="No gaps in this time range",
    ),
    plot(
        "Messages of market data",
        "Messages in a minute that say when they were sent, by venue and stream.",
        "a line that falls to nothing while the stream is open: it hangs. A burst: the market moves, see the latency.",
        prom(
            per_minute(metrics.TRADING_MARKET_DATA_LATENCY, by=(TRADING_VENUE, TRADING_STREAM_NAME), part="_count"),
            by=(TRADING_VENUE, TRADING_STREAM_NAME),
        ),
        unit=PER_MINUTE,
        width=8,
        lines=_STREAMS,
        no_data="No market data that says when it was sent",
    ),
    plot(
        "Latency by venue",
        "Half of the messages are faster than p50, one in a hundred is slower than p99.",
        "p99 alone: bursts, or an event loop that is held up. Both: the way to the venue.",
        prom(
            quantile(0.5, metrics.TRADING_MARKET_DATA_LATENCY, by=(TRADING_VENUE,)),
            "p50 {{trading_venue}}",
            (TRADING_VENUE,),
        ),
        prom(
            quantile(0.99, metrics.TRADING_MARKET_DATA_LATENCY, by=(TRADING_VENUE,)),
            "p99 {{trading_venue}}",
            (TRADING_VENUE,),
        ),
        unit="s",
        width=8,
        links=(links.board("otel-trading-bots", "Bots and hosts"),),
        no_data="No market data that says when it was sent",
    ),
)

_CONNECTIONS: Final = (
    plot(
        "Open streams",
        "Streams that are open, by bot and venue. At zero the bot is blind there.",
        "a line that fell: read why it closed. Open orders work on at the venue: cancel there what must not stay.",
        prom(latest(metrics.TRADING_STREAM_CONNECTION_ACTIVE, by=_AT_VENUE), by=_AT_VENUE),
        unit="none",
        defaults={"decimals": 0},
        lines=_STREAMS,
        no_data=_NO_STREAM,
    ),
    bars(
        "Reconnects",
        "Streams that were lost and opened again within 5 minutes, by bot and venue. Dashed where the alert begins.",
        "codes 1006 and time-outs: the network. 1008 and above 4000: the venue does not want it, often for its rate.",
        prom(counted(metrics.TRADING_STREAM_RECONNECTS, by=_AT_VENUE, window="5m"), by=_AT_VENUE),
        threshold("stream_reconnects", "alert"),
        unit="none",
        defaults={"decimals": 0},
        lines=_LOST,
        no_data="No stream was opened again in this time range",
    ),
    log_panel(
        "Streams and gaps, as they happened",
        "Each stream that was opened or lost, with its code and reason, and each gap, the newest first.",
        "open a line for its code; several venues at the same second: this machine's network.",
        logs(
            f"{events(*_HAPPENED)} | {in_context()}",
            limit=200,
        ),
        no_data=_NO_STREAM,
    ),
)

BOARD: Final = Board(
    name="markets",
    title="Market data and venues",
    says="How old and how late market data is, whether streams hold, and how venues answer what is asked of them.",
    order=4,
    sections=(
        Section("", _NOW),
        Section("Market data", _DATA),
        Section("Streams", _CONNECTIONS),
        Section("Requests", REQUESTS),
        Section("Limits and clocks", LIMITS),
    ),
)
