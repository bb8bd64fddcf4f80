"""Rules about bots as programs."""

from __future__ import annotations

from typing import Final

from alerts.names import BAD_LEVELS, BOT, BOTS, EVENT, LEVEL, series
from alerts.promql import alive, by, said, while_telemetry_flows
from alerts.rule import Owner, Rule, Severity, Unit
from otel_trading.semconv import events, metrics

RULES: Final = (
    Rule(
        uid="bot-silent",
        title="A bot is gone",
        expr=while_telemetry_flows(
            f"{by(BOT, f'last_over_time({BOTS}[1h])', 'count')} unless on({', '.join(BOT)}) {alive()}"
        ),
        threshold=0,
        labels=BOT,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="30s",
        session=True,
        summary="Nothing was heard of {bot} for 5 minutes.",
        means=(
            "The bot reported within the last hour, and has not for 5 minutes: it ended, hangs, or cannot reach the"
            " Collector. An hour after its last report this goes quiet by itself. Silent while the Collector is gone."
        ),
        steps=(
            "See the last words of BOT, the service of the message, and what was open when it went:",
            "$ otel-trading logs --since 1h --service BOT --from stack",
            "$ otel-trading orders --status open --limit 0 --service BOT --from stack",
            "Ended: cancel at the venue what must not stay alone, then find out why, then start it.",
            "Still there: on its machine, in its environment, ask why telemetry does not arrive:",
            "$ otel-trading doctor",
            "Stopped on purpose: silence this, or stop bots within a silence of your deployment.",
        ),
        board="bots",
        panel="Bots",
    ),
    Rule(
        uid="bot-unhandled-exception",
        title="A bot met an exception that nothing handled",
        store="loki",
        expr=said(BOT, f'{EVENT}="{events.TRADING_BOT_UNHANDLED_EXCEPTION}"', "10m"),
        threshold=0,
        labels=BOT,
        severity=Severity.CRITICAL,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} met an exception that nothing handled.",
        means="From the main thread, another thread, or a task of the event loop. Often the last record of a bot.",
        steps=(
            "Read the traceback:",
            f"$ otel-trading logs {events.TRADING_BOT_UNHANDLED_EXCEPTION} --since 1h --full --from stack",
            "Is the bot still there? A dead task in a living bot is the worse case: half of it goes on.",
            "$ otel-trading orders --status open --limit 0 --from stack",
            "Restart it, after you know what stands at the venue.",
        ),
        board="bots",
        panel="Errors",
    ),
    Rule(
        uid="bot-errors",
        title="A bot writes many errors",
        store="loki",
        expr=said(BOT, f'{LEVEL}=~"{"|".join(BAD_LEVELS)}"', "5m"),
        threshold="error_lines",
        labels=BOT,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="0s",
        summary="{bot} writes errors faster than usual.",
        means="More log lines of level error and above within 5 minutes than the threshold.",
        steps=(
            "See what is wrong with BOT, the service of the message:",
            "$ otel-trading logs --level error --since 15m --service BOT --from stack",
            "The same line over and over: a loop that retries. Different ones: something below all of them is gone.",
        ),
        board="bots",
        panel="Log lines by level",
    ),
    Rule(
        uid="bot-held-up",
        title="A bot's event loop is held up",
        expr=by(BOT, series(metrics.TRADING_BOT_EVENT_LOOP_DELAY), "max"),
        threshold="event_loop_delay_seconds",
        unit=Unit.TIME,
        labels=BOT,
        severity=Severity.WARNING,
        owner=Owner.DESK,
        pending="2m",
        summary="The event loop of {bot} is held up, and sees neither fills nor quotes meanwhile.",
        means=(
            "The longest delay of late is above the threshold, again and again or without an end. A bot that hangs so"
            " still reports, from another thread: it looks alive, and neither sees fills nor cancels orders."
        ),
        steps=(
            "Does the delay rise as time goes by? Then the loop hangs; its last lines tell where (BOT is its service):",
            "$ otel-trading logs --since 15m --service BOT --from stack",
            "See what it left open, and cancel at the venue what must not stay alone:",
            "$ otel-trading orders --status open --limit 0 --service BOT --from stack",
            "In steps: a call that waits (requests, time.sleep, a file) or a long computation: give it to a thread.",
            "Garbage collections at the same seconds: fewer objects, or gc.freeze() after the start.",
        ),
        board="bots",
        panel="Event loop, longest delay",
    ),
    Rule(
        uid="dead-man",
        title="Alerting works",
        expr="vector(1)",
        threshold=0,
        severity=Severity.INFO,
        owner=Owner.PLATFORM,
        pending="0s",
        summary="This always fires. When it no longer arrives, alerts do not either.",
        means=(
            "A dead man's switch, seen from outside: this rule fires for ever and goes to the heartbeat contact only"
            " (`ALERT_HEARTBEAT_URL`), every minute. The service behind that address, one that expects a"
            " call, tells you when the calls stop: Grafana, Prometheus, this machine or its network is gone. Nothing"
            " on this machine could tell you that."
        ),
        steps=(
            "The service behind `ALERT_HEARTBEAT_URL` misses the calls: look whether the stack is up.",
            "$ docker compose ps --all",
            "$ docker compose logs --since 15m grafana",
            "Open orders do not know of it. If this machine is gone, so may be the bots on it: look at the venue.",
        ),
        board="pipeline",
        panel="Alert rules",
    ),
)
