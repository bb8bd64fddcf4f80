"""Log records, line by line: on a terminal under their columns, in a pipe each on a line of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME
from rich.table import Table
from rich.text import Text

from otel_trading.cli.screen import styled, visible
from otel_trading.story.failure import exception_words
from otel_trading.story.fields import text
from otel_trading.story.keys import keys_of
from otel_trading.story.times import clock, moment, zone

if TYPE_CHECKING:
    from rich.console import Console

    from otel_trading.story.source import Stored
    from otel_trading.telemetry.records import LogRecord

_STYLES = ((17, "bad"), (13, "warn"), (9, "plain"))
"""The styles of levels, by OTLP's lowest severity number."""

_LEVEL_WIDTH = 8


class LogPrinter:
    """Prints records one after the other; the date gets a line of its own where it changes."""

    def __init__(
        self, console: Console, *, local: bool = False, full: bool = False, with_service: bool = False
    ) -> None:
        self._console = console
        self._local = local
        self._full = full
        self._with_service = with_service
        self._day = ""

    def print(self, stored: Stored[LogRecord]) -> None:
        """Print one record."""
        if self._console.is_terminal:
            self._print_columns(stored)
        else:
            self._print_line(stored)

    def _print_columns(self, stored: Stored[LogRecord]) -> None:
        record = stored.record
        time_ns = record.time_ns or record.observed_ns
        day = f"{moment(time_ns, local=self._local):%Y-%m-%d}{zone(time_ns, local=self._local)}"
        if day != self._day:
            self._day = day
            self._console.print(Text(day, style="quiet"))
        style = next((style for least, style in _STYLES if record.severity_number >= least), "quiet")
        body = Text()
        body.append(visible(self._from(stored)), "quiet")
        body.append(visible(self._said(record)), style if style == "quiet" else "")
        body.append(visible(_order(record)), "quiet")
        row = Table.grid(padding=(0, 1))
        row.add_column(no_wrap=True)
        row.add_column(no_wrap=True, width=_LEVEL_WIDTH)
        row.add_column(overflow="fold")
        row.add_row(Text(clock(time_ns, local=self._local), style="quiet"), styled(_level(record), style), body)
        self._console.print(row)

    def _print_line(self, stored: Stored[LogRecord]) -> None:
        record = stored.record
        time_ns = record.time_ns or record.observed_ns
        when = f"{moment(time_ns):%Y-%m-%dT%H:%M:%S.%fZ}"
        if self._local:
            when = moment(time_ns, local=True).isoformat(timespec="microseconds")
        words = f"{when} {_level(record)} {self._from(stored)}{self._said(record)}{_order(record)}"
        # A record is a line, so that grep, head and wc mean records; further lines of it are set in.
        self._console.file.write(visible(words).replace("\n", "\n    ") + "\n")
        self._console.file.flush()

    def _from(self, stored: Stored[LogRecord]) -> str:
        service = f"{text(stored.resource, SERVICE_NAME)} " if self._with_service else ""
        name = stored.record.event_name or stored.record.scope
        return f"{service}{name}: " if name else service

    def _said(self, record: LogRecord) -> str:
        body = record.body if isinstance(record.body, str) else "" if record.body is None else str(record.body)
        exception = exception_words(record.attributes, full=self._full)
        return "\n".join(filter(None, (body, exception)))


def _level(record: LogRecord) -> str:
    return record.severity_text or ("EVENT" if record.event_name else "LOG")


def _order(record: LogRecord) -> str:
    """Return the id of the record's order, unless its text names it."""
    keys = keys_of(record.attributes)
    ids = keys.ids or keys.related
    body = record.body if isinstance(record.body, str) else ""
    return f" [{ids[0]}]" if ids and not any(name in body for name in ids) else ""
