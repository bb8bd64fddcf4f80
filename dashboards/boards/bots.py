"""Bots as programs, and the hosts they run on."""

from __future__ import annotations

from typing import Final

from dashboards.board import Board, Section
from dashboards.boards.bots_hosts import HOSTS, RUNTIME
from dashboards.foreign import of_bots
from dashboards.kit import (
    BAD,
    GOOD,
    OFF,
    WARN,
    bars,
    column,
    log_panel,
    merged,
    named,
    organized,
    plot,
    stat_panel,
    states,
    table_panel,
    words,
)
from dashboards.names import (
    BAD_LEVELS,
    DISTRIBUTION,
    ENVIRONMENT,
    EVENT,
    INSTANCE,
    LEVEL,
    SERVICE,
    TARGET,
    VERSION,
    label,
)
from dashboards.queries import grouped, in_context, is_, latest, lines, log_series, logs, or_zero, prom, threshold
from otel_trading.semconv import events, metrics

_BOT: Final = (SERVICE, ENVIRONMENT)
_PROCESS: Final = (SERVICE, ENVIRONMENT, INSTANCE, VERSION, "host.name", "process.pid", "process.runtime.version")
_HERE: Final = of_bots(TARGET, is_(DISTRIBUTION, "otel-trading"))
_LAST: Final = f"(timestamp({_HERE}) or max_over_time(timestamp({_HERE})[$__range:1m]))"
"""When a process was last heard of: exact where that is not long ago, else in minutes."""

_BAD: Final = is_(LEVEL, *BAD_LEVELS)
_UNHANDLED: Final = is_(EVENT, events.TRADING_BOT_UNHANDLED_EXCEPTION)
_NO_EVENT: Final = f'{EVENT}=""'
_OTEL: Final = "No bot reported in this time range"
_NO_LINES: Final = "No log lines in this time range"


def _lines_by(by: tuple[str, ...], *filters: str, window: str = "$__auto") -> str:
    return f"sum by ({', '.join(map(label, by))}) (count_over_time({lines(*filters)} [{window}]))"


_NOW: Final = (
    stat_panel(
        "Bots alive",
        "Bots that reported within the last minute.",
        "fewer than you started: see which one went, below, and its last words in the log.",
        # At the end of the time range: the last count that was told would still be there after the last bot is gone.
        prom(or_zero(f"count({grouped(f'last_over_time({_HERE}[1m])', _BOT, 'count')})")).now(),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, BAD), (1, GOOD)),
        lines="",
    ),
    stat_panel(
        "Longest silence",
        "How long ago the bot that was silent longest last reported, of those that did in this time range.",
        "above a minute: it ended, hangs, or cannot reach the Collector.",
        prom(f"max({grouped(f'time() - {_LAST}', _BOT, 'min')})").now(),
        unit="s",
        defaults={"decimals": 0},
        steps=((None, GOOD), (60, WARN), (300, BAD)),
        lines="",
    ),
    stat_panel(
        "Event loops held up",
        "The longest time that an event loop of a bot was held up, lately.",
        "above 0.1 s something in the bot blocks: quotes and fills waited for it.",
        prom(latest(metrics.TRADING_BOT_EVENT_LOOP_DELAY, function="max")),
        unit="s",
        steps=((None, GOOD), (0.1, WARN), (1, BAD)),
        graph=True,
        lines="",
        no_data="none",
    ),
    stat_panel(
        "Unhandled exceptions",
        "Exceptions that nothing in a bot handled, in this time range. Often the last record of a bot.",
        "any: read the traceback below, then see what the bot left open at the venue.",
        log_series(f"sum(count_over_time({lines(_UNHANDLED)} [$__range])) or vector(0)").now(),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, GOOD), (1, BAD)),
        lines=_UNHANDLED,
    ),
    stat_panel(
        "Error lines",
        "Log lines of level error and above, in this time range.",
        "the same line over and over: a loop that retries. Different ones: something below all of them is gone.",
        log_series(f"sum(count_over_time({lines(_BAD)} [$__range])) or vector(0)").now(),
        unit="none",
        defaults={"decimals": 0},
        steps=((None, GOOD), (1, WARN), (100, BAD)),
        lines=_BAD,
    ),
    stat_panel(
        "Memory of all bots",
        "Memory that the chosen bots hold together.",
        "compare with what the host has, below.",
        prom(grouped(f"last_over_time({of_bots('process_memory_usage_bytes')}[$__rate_interval])", ())),
        unit="bytes",
        graph=True,
        lines="",
    ),
)

_BOTS: Final = (
    states(
        "Bots",
        "Each bot while it reports. A gap is a bot that ended, hangs, or cannot reach the Collector.",
        "a gap: see its last words in the log, and its open orders on the order boards; then what the alert's runbook "
        "says.",
        prom(grouped(f"last_over_time({_HERE}[1m]) > 0", _BOT, "max"), by=_BOT),
        unit="none",
        mappings=words({"1": ("reports", GOOD), "0": ("silent", BAD)}),
        width=10,
        lines="",
        no_data=_OTEL,
    ),
    table_panel(
        "Processes",
        "Each process that reported in this time range: its version, its host, and when it was last heard of.",
        "a process that was silent for minutes and has no successor is gone. Two versions at once: a deployment that "
        "was not finished.",
        prom(grouped(f"time() - {_LAST}", _PROCESS, "min"), by=_PROCESS).table(),
        unit="none",
        sort="Last heard",
        descending=False,
        transformations=(merged(), organized(order=(label(SERVICE), "Value", label(VERSION), label(ENVIRONMENT)))),
        overrides=(
            column(label(SERVICE), "Bot", custom__minWidth=110),
            column(label(ENVIRONMENT), "Environment"),
            column(label(VERSION), "Version"),
            column(label(INSTANCE), "Instance", custom__minWidth=150),
            column("host_name", "Host"),
            column("process_pid", "PID"),
            column("process_runtime_version", "Python"),
            column("Value", "Last heard", "s", decimals=0),
        ),
        width=14,
        lines="",
        no_data=_OTEL,
    ),
)

_LEVELS: Final = {"trace": OFF, "debug": OFF, "info": "blue", "warn": WARN, "error": BAD, "fatal": "purple"}

_LOGS: Final = (
    bars(
        "Log lines by level",
        "Log lines that the chosen bots wrote, by level. Events of orders, risk and streams are not among them.",
        "a flood of one level is mostly one line, over and over: see it below. A bot that stops to write hangs.",
        log_series(_lines_by((LEVEL,), _NO_EVENT), by=(LEVEL,)),
        unit="none",
        defaults={"decimals": 0},
        overrides=tuple(named(level, color={"mode": "fixed", "fixedColor": color}) for level, color in _LEVELS.items()),
        interval="15s",
        lines="",
        no_data=_NO_LINES,
    ),
    plot(
        "Error lines within 5 minutes",
        "Log lines of level error and above, by bot. Dashed where the alert begins.",
        "above the line: stop the bot if it trades on what it no longer knows, then read the lines.",
        log_series(_lines_by((SERVICE,), _BAD, window="5m"), by=(SERVICE,)),
        threshold("error_lines", "alert"),
        unit="none",
        defaults={"decimals": 0},
        lines=_BAD,
        no_data="No error in this time range",
    ),
    log_panel(
        "Errors",
        "Log lines of level error and above, exceptions that nothing handled among them, the newest first.",
        "open a line for its traceback and its ids; from there the links lead to the order and to its trace.",
        logs(f"{lines(_BAD)} | {in_context()}", limit=300),
        no_data="No error in this time range",
    ),
)

BOARD: Final = Board(
    name="bots",
    title="Bots and hosts",
    says="Whether bots live, what holds them up, what they write, and what their hosts have left.",
    order=7,
    sections=(
        Section("", _NOW),
        Section("Bots", _BOTS),
        Section("What they do", RUNTIME),
        Section("What they write", _LOGS),
        Section("Hosts", HOSTS),
    ),
)
