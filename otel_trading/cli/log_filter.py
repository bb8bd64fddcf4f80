"""Which log records a user asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import click

from otel_trading.semconv.attributes import TRADING_ORDER_RELATED_IDS
from otel_trading.story.fields import texts
from otel_trading.story.keys import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.story.pool import Gathered
    from otel_trading.telemetry.records import LogRecord, Value

LEVELS = {"trace": 1, "debug": 5, "info": 9, "warning": 13, "warn": 13, "error": 17, "critical": 21, "fatal": 21}
"""OTLP's lowest severity number of each level."""


class LogFilter(NamedTuple):
    """What a record must be: match ``matches``, be at least ``least`` severe, belong to one of ``orders``."""

    matches: Callable[[str], object] | None = None
    least: int = 0
    ids: frozenset[str] = frozenset()

    def takes(self, record: LogRecord) -> bool:
        """Tell whether a record is asked for."""
        return (
            record.severity_number >= self.least
            and (not self.ids or self._names(record))
            and (self.matches is None or any(self.matches(text) for text in searched(record)))
        )

    def _names(self, record: LogRecord) -> bool:
        keys = keys_of(record.attributes)
        named = {*keys.ids, *texts(record.attributes, TRADING_ORDER_RELATED_IDS)}
        return bool(self.ids & (named or {record.trace_id}))


def matcher(pattern: str, *, regex: bool) -> Callable[[str], object] | None:
    """Return what tells whether a text fits: it contains ``pattern`` in any case, or the expression is in it."""
    if not pattern:
        return None
    if not regex:
        lowered = pattern.lower()
        return lambda text: lowered in text.lower()
    try:
        return re.compile(pattern).search
    except re.error as error:
        raise click.BadParameter(f"{pattern!r} is no regular expression: {error}", param_hint="PATTERN") from error


def searched(record: LogRecord) -> Iterator[str]:
    """Yield the texts of a record that a search looks at: body, logger, event name, attribute values, trace."""
    yield from _texts(record.body)
    yield record.scope
    yield record.event_name
    yield record.trace_id
    yield from _texts(record.attributes)


def following(orders: list[Gathered]) -> frozenset[str]:
    """Return the ids and traces by which records to come are recognised as those of ``orders``."""
    return frozenset(key for gathered in orders for key in (*gathered.identity.ids, *gathered.identity.home))


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bytes):
        yield str(value)
