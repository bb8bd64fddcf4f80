"""Rules about telemetry on its way from a bot."""

from __future__ import annotations

from typing import Final

from alerts.names import BOT, label, series
from alerts.promql import by, total
from alerts.rule import Owner, Rule, Severity, Unit
from otel_trading.semconv import attributes, metrics

_SIGNAL: Final = label(attributes.TRADING_TELEMETRY_SIGNAL)
_REASON: Final = label(attributes.TRADING_TELEMETRY_DROP_REASON)
_SPOOLED: Final = series(metrics.TRADING_TELEMETRY_SPOOLED)

RULES: Final = (
    Rule(
        uid="telemetry-dropped",
        title="A bot lost telemetry",
        expr=total((*BOT, _SIGNAL, _REASON), series(metrics.TRADING_TELEMETRY_DROPPED), "10m"),
        threshold=0,
        labels=(*BOT, _SIGNAL, _REASON),
        severity=Severity.WARNING,
        owner=Owner.PLATFORM,
        pending="0s",
        summary="{bot} lost {telemetry_signal}: {telemetry_drop_reason}.",
        means="Spans, log records or points of metrics are lost. Every other number is too low by that much.",
        steps=(
            "In the bot's environment:",
            "$ otel-trading doctor",
            (
                "`queue_full`: too much at once. `export_failed`: the receiver refused. `spool_full`: it was"
                " away for too long. `store_unwritable`: a full disk, or rights."
            ),
            "What the bot kept in its local store can be sent again:",
            "$ otel-trading replay --since 1h",
        ),
        board="pipeline",
        panel="Telemetry lost in bots",
    ),
    Rule(
        uid="telemetry-errors",
        title="Our own code failed inside a bot",
        expr=total((*BOT, "error_type"), series(metrics.TRADING_TELEMETRY_ERRORS), "10m"),
        threshold=0,
        labels=(*BOT, "error_type"),
        severity=Severity.INFO,
        owner=Owner.PLATFORM,
        pending="0s",
        summary="otel-trading met {error_type} inside {bot}.",
        means="An error inside this distribution. It was swallowed, so the bot did not feel it; something is missing.",
        steps=(
            "Its traceback is in the bot's log, once:",
            '$ otel-trading logs "telemetry of this kind" --since 1d --full --from stack',
            "Report it as a bug, with what this writes:",
            "$ otel-trading doctor --bundle report.zip",
        ),
        board="pipeline",
        panel="Errors of the distribution",
    ),
    Rule(
        uid="telemetry-spooled",
        title="Telemetry waits on a bot's disk",
        expr=by(BOT, by((*BOT, _SIGNAL), _SPOOLED, "max")),
        threshold="spool_bytes",
        unit=Unit.BYTES,
        labels=BOT,
        severity=Severity.WARNING,
        owner=Owner.PLATFORM,
        pending="2m",
        summary="{bot} cannot hand over its telemetry and keeps it on disk.",
        means=(
            "Spans and log records wait for a receiver that is away or too slow. Nothing is lost yet; when the spool"
            " is full, the oldest goes. That this number arrives means that metrics still get through."
        ),
        steps=(
            "In the bot's environment:",
            "$ otel-trading doctor",
            "The Collector refuses while its own queue is full: see the rules about it.",
            "$ docker compose logs --since 15m collector",
        ),
        board="pipeline",
        panel="Spooled telemetry",
    ),
)
