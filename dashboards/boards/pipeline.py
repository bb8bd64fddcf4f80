"""Whether telemetry arrives: the Collector, what bots lose, and the alert rules themselves."""

from __future__ import annotations

from typing import Final

from dashboards import links
from dashboards.board import Board, Section
from dashboards.boards.pipeline_collector import COLLECTOR, FILL, lost_by_collector
from dashboards.boards.pipeline_stores import SERVERS, STORES, USED
from dashboards.foreign import of_stack
from dashboards.kit import BAD, GOOD, PER_MINUTE, WARN, bars, plot, stat_panel, states, words
from dashboards.names import BAD_LEVELS, EVENT, LEVEL, SERVICE, THRESHOLD
from dashboards.queries import WHOLE, counted, counted_in, grouped, is_, latest, or_zero, per_minute, prom, threshold
from dashboards.variables import BOTS, ENVIRONMENTS
from otel_trading.semconv import metrics
from otel_trading.semconv.attributes import TRADING_TELEMETRY_DROP_REASON, TRADING_TELEMETRY_SIGNAL

_ERROR: Final = "error.type"
_TO_BOTS: Final = links.board("otel-trading-bots", "Bots and hosts")
_TO_PIPELINE: Final = links.board("otel-trading-pipeline", "This board, for the whole desk")
_SERVERS: Final = 'job=~"collector|loki|tempo|prometheus|grafana|keeper"'
_NO_GRAFANA: Final = "Grafana is scraped where it runs, which it does not in the proof"
_OURS: Final = f"{is_('scope_name', 'otel_trading')} | {EVENT}=`` | {is_(LEVEL, 'warn', *BAD_LEVELS)}"
"""What the distribution itself has to say in a bot's log."""

_NOW: Final = (
    stat_panel(
        "Servers up",
        "The share of the stack's servers that answer the Collector.",
        "below 100 %: see which, below, and its log: docker compose logs --since 15m NAME.",
        prom(f"avg({of_stack('up')})"),
        unit="percentunit",
        defaults={"decimals": 0},
        steps=((None, BAD), (1, GOOD)),
        links=(_TO_BOTS,),
    ),
    stat_panel(
        "Fullest queue",
        "The used share of the Collector's queue that is fullest.",
        "what waits is safe on disk until it is full; then bots have to wait. Get that store back.",
        prom(f"max({FILL})"),
        unit="percentunit",
        defaults={"decimals": 0},
        steps=((None, GOOD), (0.3, WARN), (0.9, BAD)),
        graph=True,
        links=(_TO_BOTS,),
    ),
    stat_panel(
        "Lost in bots",
        "Records that bots lost before they were sent, in this time range.",
        "any: the other numbers are too low. See the reason below.",
        prom(or_zero(counted(metrics.TRADING_TELEMETRY_DROPPED))).now(),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, GOOD), (1, BAD)),
        lines=_OURS,
    ),
    stat_panel(
        "Gone for good",
        "Records that a destination refused for good, or that no queue took, in this time range.",
        "any: the reason is in the Collector's log. What bots keep on their machines can be sent again.",
        prom(or_zero(f"sum({lost_by_collector(WHOLE)})")).now(),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, GOOD), (1, BAD)),
        links=(_TO_BOTS,),
    ),
    stat_panel(
        "Waiting on bots' disks",
        "Telemetry that bots keep because nobody takes it.",
        "rising: the Collector is away, or refuses; see its queues.",
        prom(or_zero(grouped(latest(metrics.TRADING_TELEMETRY_SPOOLED, by=(SERVICE,), function="max"), ()))),
        unit="bytes",
        steps=((None, GOOD), (10_485_760, WARN)),
        lines=_OURS,
    ),
    stat_panel(
        "Fullest store",
        "The used share of the store that is nearest to its size.",
        "at 1 the oldest data goes before its time: raise the limit, or send less.",
        prom(f"max({USED})"),
        unit="percentunit",
        defaults={"decimals": 0},
        steps=((None, GOOD), (0.8, WARN), (0.95, BAD)),
        links=(_TO_BOTS,),
    ),
)

_UP: Final = (
    states(
        "Servers",
        "Each server of the stack while it answers the Collector, which asks every 30 s.",
        "silent: docker compose ps --all, then docker compose logs --since 15m NAME. All at once: the Collector, or "
        "Prometheus, is gone.",
        prom(f"max by (job) ({of_stack('up', _SERVERS)})", "{{job}}"),
        unit="none",
        mappings=words({"1": ("answers", GOOD), "0": ("silent", BAD)}),
        links=(_TO_BOTS,),
    ),
    plot(
        "Alert rules",
        "Thresholds that rules can read, evaluations of rules that failed, and messages that did not get out, within 5 "
        "minutes each.",
        "fewer thresholds than before: thresholds.yml is broken, and rules cannot fire. Evaluations or messages that "
        "failed: docker compose logs --since 15m grafana.",
        prom(f"count({THRESHOLD})", "thresholds"),
        prom(
            f"sum({counted_in(of_stack('prometheus_rule_evaluation_failures_total'), '5m')})",
            "thresholds that cannot be evaluated",
        ),
        prom(
            f"sum({counted_in(of_stack('grafana_alerting_rule_evaluation_failures_total'), '5m')})",
            "evaluations that failed",
            empty=_NO_GRAFANA,
        ),
        prom(
            f"sum by (integration) ({counted_in(of_stack('grafana_alerting_notifications_failed_total'), '5m')})",
            "messages not sent by {{integration}}",
            empty=_NO_GRAFANA,
        ),
        unit="none",
        defaults={"decimals": 0},
        links=(_TO_PIPELINE,),
    ),
)

_OF_BOTS: Final = (
    bars(
        "Telemetry lost in bots",
        "Records that a bot lost, in a minute, by bot, signal and reason.",
        "queue_full: it writes faster than it can be passed on, see its levels. spool_full: the Collector was away for "
        "longer than the spool lasts. shutdown: the bot was ended too fast.",
        prom(
            per_minute(
                metrics.TRADING_TELEMETRY_DROPPED,
                by=(SERVICE, TRADING_TELEMETRY_SIGNAL, TRADING_TELEMETRY_DROP_REASON),
            ),
            "{{service_name}} · {{trading_telemetry_signal}} · {{trading_telemetry_drop_reason}}",
            (SERVICE,),
            empty="A bot that loses nothing has no such series",
        ),
        unit=PER_MINUTE,
        width=8,
        lines=_OURS,
        no_data="Nothing lost in this time range",
    ),
    plot(
        "Spooled telemetry",
        "What bots keep on their disks for a receiver that is away. Dashed where the alert begins.",
        "nothing is lost yet. Get the Collector back; the bots send it by themselves.",
        prom(
            latest(metrics.TRADING_TELEMETRY_SPOOLED, by=(SERVICE, TRADING_TELEMETRY_SIGNAL), function="max"),
            "{{service_name}} · {{trading_telemetry_signal}}",
            (SERVICE,),
            empty="A bot whose receiver was never away has no spool",
        ),
        threshold("spool_bytes", "alert"),
        unit="bytes",
        width=8,
        lines=_OURS,
        no_data="Nothing waits",
    ),
    bars(
        "Errors of the distribution",
        "Errors inside otel-trading, swallowed so that bots do not feel them, in this time range, by bot and class.",
        "each is in the bot's log once, with its traceback. Report it as a bug.",
        prom(per_minute(metrics.TRADING_TELEMETRY_ERRORS, by=(SERVICE, _ERROR)), "{{service_name}} · {{error_type}}"),
        unit=PER_MINUTE,
        width=8,
        lines=_OURS,
        no_data="None in this time range",
    ),
)

BOARD: Final = Board(
    name="pipeline",
    title="Pipeline",
    says="Whether telemetry arrives and is kept, and whether alerts can fire: the stack that watches, watched.",
    order=8,
    shared=(ENVIRONMENTS, BOTS),
    sections=(
        Section("", (*_NOW, *_UP)),
        Section("Collector", COLLECTOR),
        Section("Bots", _OF_BOTS),
        Section("Stores", STORES),
        Section("Servers", SERVERS),
    ),
)
