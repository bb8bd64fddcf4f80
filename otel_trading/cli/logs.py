"""``otel-trading logs``: search log records and events, or follow them."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import click

from otel_trading.cli.options import Where, output_options, reading, store_options
from otel_trading.cli.when import WHEN, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.cli.log_filter import LogFilter
    from otel_trading.story.source import Source, Stored
    from otel_trading.telemetry.records import LogRecord

LIMIT = 100
"""Records shown unless told otherwise."""

FOLLOWED = 10
"""Records shown before those to come."""

_LEVELS = ("trace", "debug", "info", "warning", "warn", "error", "critical", "fatal")


@click.command(short_help="Search log records and events, or follow them.")
@click.argument("pattern", required=False, default="")
@click.option("--regex", is_flag=True, help="PATTERN is a regular expression, and case counts.")
@click.option("--level", type=click.Choice(_LEVELS, case_sensitive=False), help="Only of this level or above.")
@click.option("--order", "order_id", metavar="ID", help="Only of the order with this id.")
@click.option("--since", metavar=WHEN, help="Only since then.")
@click.option("--until", metavar=WHEN, help="Only until then.")
@click.option("--limit", "-n", type=click.IntRange(min=0), help="The newest N; 0 shows all. Default: 100, 10 with -f.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what is recorded from now on.")
@click.option("--full", is_flag=True, help="Show whole stack traces.")
@output_options
@store_options
@click.pass_context
def logs(
    ctx: click.Context,
    *,
    pattern: str,
    regex: bool,
    level: str | None,
    order_id: str | None,
    since: str | None,
    until: str | None,
    limit: int | None,
    follow: bool,
    full: bool,
    as_json: bool,
    local: bool,
) -> None:
    """Search log records and events for PATTERN, in any case; without PATTERN, show the newest.

    Body, logger, event name and attribute values are searched. --json writes one record a line.

    Exit codes: 0 found, 1 nothing found, 2 wrong usage.
    """
    from otel_trading.cli.log_filter import LEVELS, LogFilter, matcher  # noqa: PLC0415 - not needed for help
    from otel_trading.cli.missing import say_nothing  # noqa: PLC0415 - not needed for help

    if follow and until is not None:
        raise click.UsageError("--follow has no end: it goes not with --until")
    now = time.time_ns()
    since_ns = nanoseconds(since, "--since", now_ns=now, local=local)
    until_ns = nanoseconds(until, "--until", now_ns=now, local=local)
    wanted = LogFilter(matcher(pattern, regex=regex), LEVELS[level.lower()] if level else 0)
    most = limit if limit is not None else FOLLOWED if follow else LIMIT
    with reading(ctx, since_ns=since_ns, before_too=since is not None) as source:
        write = _writer(source, as_json=as_json, local=local, full=full)
        coming = source.follow() if follow else iter(())
        stored_too = wanted
        if order_id is None:
            records: Iterator[Stored[LogRecord]] = source.logs(since_ns=since_ns, until_ns=until_ns, newest_first=True)
        else:
            records, wanted = _of_order(source, order_id, wanted)
            records = _between(records, since_ns, until_ns)
        shown = _newest(records, stored_too, most)
        for stored in shown:
            write(stored)
        if follow:
            _follow(coming, wanted, {id_of(stored.record) for stored in shown}, write)
        if not shown:
            say_nothing(ctx.ensure_object(Where), "log record that fits")
            ctx.exit(1)
    if limit is None and len(shown) == most:
        click.echo(f"the newest {most} are shown; -n 0 shows all", err=True)


def id_of(record: LogRecord) -> tuple[object, ...]:
    """Return what tells a record from others, to show none twice."""
    return (record.time_ns, record.observed_ns, record.span_id, record.event_name, str(record.body))


def _of_order(source: Source, order_id: str, wanted: LogFilter) -> tuple[Iterator[Stored[LogRecord]], LogFilter]:
    """Return the records of an order, the newest first, and the filter for those to come."""
    from otel_trading.cli.log_filter import following  # noqa: PLC0415 - needed in this case only
    from otel_trading.story.find import gathered_for  # noqa: PLC0415 - needed in this case only

    orders, _ = gathered_for(source, order_id)
    records = [stored for gathered in orders for stored in gathered.logs]
    records.sort(key=lambda stored: stored.record.time_ns or stored.record.observed_ns, reverse=True)
    return iter(records), wanted._replace(ids=following(orders) or frozenset({order_id}))


def _between(
    records: Iterator[Stored[LogRecord]], since_ns: int | None, until_ns: int | None
) -> Iterator[Stored[LogRecord]]:
    for stored in records:
        time_ns = stored.record.time_ns or stored.record.observed_ns
        if (since_ns is None or time_ns >= since_ns) and (until_ns is None or time_ns < until_ns):
            yield stored


def _newest(records: Iterator[Stored[LogRecord]], wanted: LogFilter, most: int) -> list[Stored[LogRecord]]:
    """Return the newest records that fit, the oldest of them first."""
    fitting = (stored for stored in records if wanted.takes(stored.record))
    return list(itertools.islice(fitting, most or None))[::-1]


def _follow(
    coming: Iterator[Stored[LogRecord]],
    wanted: LogFilter,
    shown: set[tuple[object, ...]],
    write: Callable[[Stored[LogRecord]], None],
) -> None:
    for stored in coming:
        # Written between the beginning of the following and the reading of what was there.
        if wanted.takes(stored.record) and id_of(stored.record) not in shown:
            write(stored)


def _writer(source: Source, *, as_json: bool, local: bool, full: bool) -> Callable[[Stored[LogRecord]], None]:
    if as_json:
        from otel_trading.story.as_json import dumps, log_object  # noqa: PLC0415 - needed in this case only

        return lambda stored: click.echo(dumps(log_object(stored)))
    from otel_trading.cli.logs_view import LogPrinter  # noqa: PLC0415 - loads rich: not needed for help
    from otel_trading.cli.screen import screen  # noqa: PLC0415 - the same

    with_service = len(source.services()) > 1
    return LogPrinter(screen(), local=local, full=full, with_service=with_service).print
