"""From records to stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.story.facts import facts_of
from otel_trading.story.model import Story
from otel_trading.story.notices import notices_of
from otel_trading.story.numbers import numbers_of
from otel_trading.story.pool import gather
from otel_trading.story.status import last_status
from otel_trading.story.steps import steps_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.story.pool import Gathered
    from otel_trading.story.source import Stored
    from otel_trading.telemetry.records import LogRecord, SpanRecord


def stories(spans: Sequence[Stored[SpanRecord]], logs: Sequence[Stored[LogRecord]]) -> list[Story]:
    """Return the story of every order that the records speak of, the first begun first."""
    found = [tell(gathered) for gathered in gather(spans, logs)]
    return sorted(found, key=lambda story: story.numbers.started_ns)


def tell(gathered: Gathered) -> Story:
    """Make the story of one order from its records."""
    spans = [stored.record for stored in gathered.spans]
    logs = [stored.record for stored in gathered.logs]
    order = facts_of(gathered.identity, spans, logs, last_status(steps_of((), logs)))
    steps = steps_of(spans, logs, order.quantity_places)
    numbers = numbers_of(order, steps, spans, logs)
    return Story(order, steps, numbers, notices_of(order, steps, numbers))
