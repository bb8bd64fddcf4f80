"""The rows of a story's table: its steps, the long pauses between them, and runs of the same request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from otel_trading.story.model import StepKind
from otel_trading.story.notices import NO_ANSWER
from otel_trading.story.times import clock, duration, moment, offset
from otel_trading.story.wording import Line, Tone, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from otel_trading.story.model import Step, Story

PAUSE_NS = 10 * 10**9
"""A pause of this length gets a row of its own, with the time of day after it."""

RUN = 4
"""This many requests of the same kind in a row are told as one."""

_REPEATABLE = frozenset({StepKind.REQUEST, StepKind.SPAN})


class Row(NamedTuple):
    """One row: when, and the step in words. A pause is a row of its own."""

    when: str
    line: Line


def rows(story: Story, *, local: bool = False, full: bool = False, brief: bool = False) -> Iterator[Row]:
    """Yield the rows of a story: the first with the time of day, the others with the time since then.

    ``full`` tells stack traces whole and each of many equal requests, ``brief`` the time of day without
    microseconds.
    """
    began = story.numbers.started_ns
    digits = len("12:03:14.502") if brief else None
    last: int | None = None
    open_submit = _open_submit(story)
    for run in _runs(story.steps, full=full):
        step = run[0]
        if last is not None and step.time_ns - last >= PAUSE_NS:
            yield _pause(last, step.time_ns, local=local, digits=digits)
        when = clock(step.time_ns, local=local)[:digits] if last is None else offset(step.time_ns - began)
        line = line_of(step, story.order, full=full)
        if step is open_submit:
            line = line._replace(outcome="no answer", tone=Tone.BAD)
        yield Row(when, line if len(run) == 1 else _several(run, line))
        last = run[-1].time_ns


def _open_submit(story: Story) -> Step | None:
    """Return the submission that no answer is recorded to, if the order waits for one."""
    if not any(notice.code == NO_ANSWER for notice in story.notices):
        return None
    return next((step for step in reversed(story.steps) if step.kind is StepKind.SUBMIT), None)


def _runs(steps: Sequence[Step], *, full: bool) -> Iterator[list[Step]]:
    run: list[Step] = []
    for step in steps:
        if run and (full or not _same(run[-1], step)):
            yield from _folded(run)
            run = []
        run.append(step)
    yield from _folded(run)


def _folded(run: list[Step]) -> Iterator[list[Step]]:
    if len(run) >= RUN:
        yield run
    else:
        yield from ([step] for step in run)


def _same(one: Step, other: Step) -> bool:
    repeatable = one.kind is other.kind and one.kind in _REPEATABLE
    return repeatable and one.name == other.name and not one.error and not other.error


def _several(run: list[Step], line: Line) -> Line:
    took = sum(step.duration_ns or 0 for step in run)
    name = line.text.split(",")[0]
    words = f"{name}, {len(run):,} times, {duration(took)} in all"
    return Line(line.label, words, "", Tone.QUIET)


def _pause(last_ns: int, next_ns: int, *, local: bool, digits: int | None) -> Row:
    before, after = moment(last_ns, local=local), moment(next_ns, local=local)
    day = f", {after:%Y-%m-%d}" if after.date() != before.date() else ""
    told = f"{duration(next_ns - last_ns)} later{day}"
    return Row(clock(next_ns, local=local)[:digits], Line("…", told, "", Tone.QUIET))
