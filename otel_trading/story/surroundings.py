"""What happened to the whole process while an order lived: broken streams, the kill switch, a crash."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opentelemetry.semconv.attributes.exception_attributes import EXCEPTION_MESSAGE, EXCEPTION_TYPE
from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME

from otel_trading.semconv import attributes as names
from otel_trading.semconv import events
from otel_trading.story.fields import text
from otel_trading.story.keys import agree
from otel_trading.story.model import Notice, StepKind
from otel_trading.story.notices import DIED, OUTCOME_UNKNOWN
from otel_trading.story.source import events_of
from otel_trading.story.status import TERMINAL
from otel_trading.story.steps import steps_of

if TYPE_CHECKING:
    from otel_trading.story.model import Step, Story
    from otel_trading.story.source import Source

LONGEST_NS = 3600 * 10**9
"""Orders that lived longer are told without their surroundings: a day of records would be read for them."""

AFTERMATH_NS = 600 * 10**9
"""How long after the last record of an unfinished order its surroundings still matter."""

_AROUND = frozenset(
    {
        events.TRADING_STREAM_CONNECTED,
        events.TRADING_STREAM_DISCONNECTED,
        events.TRADING_KILL_SWITCH_CHANGED,
        events.TRADING_BOT_UNHANDLED_EXCEPTION,
    }
)


def with_surroundings(source: Source, story: Story) -> Story:
    """Add to ``story`` what happened meanwhile to its service and venue, and whether the process died."""
    began, ended = story.numbers.started_ns, story.numbers.ended_ns
    if not story.order.service or ended - began > LONGEST_NS:
        return story
    until = ended if story.order.status in TERMINAL else ended + AFTERMATH_NS
    around = [
        stored.record
        for stored in events_of(source, _AROUND, since_ns=began, until_ns=until)
        if text(stored.resource, SERVICE_NAME) == story.order.service
        and agree(text(stored.record.attributes, names.TRADING_VENUE), story.order.venue)
    ]
    known = {(step.time_ns, step.name) for step in story.steps}
    added = [step for step in steps_of((), around) if (step.time_ns, step.name) not in known]
    steps = tuple(sorted((*story.steps, *added), key=lambda step: step.time_ns))
    crashes = sum(step.kind is StepKind.CRASH for step in added)
    numbers = replace(story.numbers, errors=story.numbers.errors + crashes)
    return replace(story, steps=steps, numbers=numbers, notices=_died(story, steps))


def _died(story: Story, steps: tuple[Step, ...]) -> tuple[Notice, ...]:
    crash = next((step for step in steps if step.kind is StepKind.CRASH), None)
    unknown = any(notice.code in OUTCOME_UNKNOWN for notice in story.notices)
    if crash is None or not unknown:
        return story.notices
    error = text(crash.attributes, EXCEPTION_TYPE) or "an unhandled exception"
    message = text(crash.attributes, EXCEPTION_MESSAGE)
    said = f"{error}: {message}" if message else error
    return (*story.notices, Notice(DIED, f"meanwhile the bot failed with {said}"))
