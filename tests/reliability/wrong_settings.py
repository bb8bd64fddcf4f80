"""A typing error in a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reliability.pitfall import Pitfall, Run, Seen

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = """
import logging
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
log.info("hello")
"""


def told_and_arrived(variable: str) -> Callable[[Run], Seen]:
    """Measure whether telemetry arrives for all that, and whether the variable is named in one line."""

    def measure(run: Run) -> Seen:
        there = run.names() == ["hello"]
        named = any(line.startswith(f"{variable}: ") for line in run.stderr.splitlines())
        told = "the variable is named with what it takes" if named else "not a word of the variable"
        if "Traceback" in run.stderr:
            told = "a traceback"
        words = f"{'telemetry arrives' if there else 'no telemetry at all'}, {told}"
        return Seen(words, not there or not named)

    return measure


def wrong(variable: str, value: str) -> Pitfall:
    return Pitfall(
        f"wrong-{variable.removeprefix('OTEL_').lower().replace('_', '-')}",
        f"`{variable}={value}`",
        PROGRAM,
        told_and_arrived(variable),
        environ={variable: value},
    )


PITFALLS = (
    wrong("OTEL_TRACES_EXPORTER", "jaeger"),
    wrong("OTEL_EXPORTER_OTLP_PROTOCOL", "http"),
    wrong("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"),
    wrong("OTEL_METRIC_EXPORT_INTERVAL", "0"),
    wrong("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "many"),
)
