"""``otel-trading replay``: send what the local store holds to a receiver."""

from __future__ import annotations

import os
import signal as signals
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal, cast

import click

from otel_trading.cli.options import Where, store_options
from otel_trading.cli.when import WHEN, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.cli.replay_view import Progress
    from otel_trading.replay import Plan, Summary, Target
    from otel_trading.telemetry.store.layout import Signal

_SIGNALS: tuple[Signal, ...] = ("traces", "logs", "metrics")


@click.command(short_help="Send what the local store holds to a Collector.")
@click.option("--endpoint", metavar="URL", help="Base URL of OTLP/HTTP. Default: as OTEL_EXPORTER_OTLP_ENDPOINT says.")
@click.option("--signal", "wanted", type=click.Choice(_SIGNALS), multiple=True, help="Only this one; may be repeated.")
@click.option("--since", metavar=WHEN, help="Only what was recorded since then.")
@click.option("--until", metavar=WHEN, help="Only what was recorded until then.")
@click.option("--dry-run", is_flag=True, help="Count what would be sent, and send nothing.")
@click.option("--rate", type=click.FloatRange(min=1), metavar="N", help="Send at most N records a second.")
@click.option(
    "--patience",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for a receiver that is away or overloaded.",
)
@click.option(
    "--in-doubt",
    type=click.Choice(("send", "skip")),
    default="send",
    show_default=True,
    help="What to do with the batch that was on its way when an earlier replay was killed: the receiver may then"
    " have it twice, or not at all.",
)
@click.option("--local", is_flag=True, help="Take times without a zone as this machine's instead of UTC.")
@click.option("--json", "as_json", is_flag=True, help="Write the summary as JSON with stable field names.")
@store_options
@click.pass_context
def replay(
    ctx: click.Context,
    *,
    endpoint: str | None,
    wanted: tuple[Signal, ...],
    since: str | None,
    until: str | None,
    dry_run: bool,
    rate: float | None,
    patience: float,
    in_doubt: str,
    local: bool,
    as_json: bool,
) -> None:
    """Send the local store's traces, logs and metrics to an OpenTelemetry Collector, each record once.

    What the Collector has acknowledged is noted beside the files, one ledger for each service and address: run it
    again to go on after Ctrl-C or a fault, or to send what has come since. Headers, certificates, time-outs and
    compression are those of the OTEL_EXPORTER_OTLP_ variables. docs/replay.md tells what the stores behind a
    Collector do with old records.

    Exit codes: 0 everything is there, 1 something was refused, could not be read, or was not sent, 2 wrong usage.
    """
    from otel_trading.replay import Plan, Window  # noqa: PLC0415 - not needed for help

    where = ctx.ensure_object(Where)
    if where.from_stack:
        raise click.UsageError("a replay reads the local store: it goes not with --from stack")
    now = time.time_ns()
    since_ns = nanoseconds(since, "--since", now_ns=now, local=local)
    until_ns = nanoseconds(until, "--until", now_ns=now, local=local)
    window = Window()
    window = window._replace(
        since_ns=window.since_ns if since_ns is None else since_ns,
        until_ns=window.until_ns if until_ns is None else until_ns,
    )
    plan = Plan(
        store=where.folder,
        targets=[_target(signal, endpoint) for signal in wanted or _SIGNALS],
        services=where.services or None,
        window=window,
        dry_run=dry_run,
        rate=rate,
        patience=patience,
        in_doubt=cast('Literal["send", "skip"]', in_doubt),
    )
    summary = _run(plan)
    _tell(summary, plan, where, as_json=as_json)
    if summary.interrupted:
        from otel_trading.cli.group import INTERRUPTED  # noqa: PLC0415 - needed in this case only

        ctx.exit(INTERRUPTED)
    files = sum(tally.files for tally in summary.signals.values())
    ctx.exit(0 if summary.complete and files else 1)


def _target(signal: Signal, endpoint: str | None) -> Target:
    from otel_trading.replay import TargetError, target_of  # noqa: PLC0415 - not needed for help

    try:
        return target_of(os.environ, signal, endpoint)
    except TargetError as error:
        raise click.UsageError(str(error)) from None


def _run(plan: Plan) -> Summary:
    from otel_trading.cli.replay_view import Progress  # noqa: PLC0415 - not needed for help
    from otel_trading.replay import replay as run  # noqa: PLC0415 - the same

    progress = Progress(sys.stderr, plan)
    with _stopping(progress) as stop:
        try:
            return run(plan, stop=stop, on_progress=progress.sent, on_wait=progress.waiting)
        finally:
            progress.clear()


@contextmanager
def _stopping(progress: Progress) -> Iterator[threading.Event]:
    """Have the first Ctrl-C, or a SIGTERM, end the replay after the batch on its way; a second one ends it now."""
    stop = threading.Event()

    def asked(_number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        progress.ending()

    kinds = (signals.SIGINT, signals.SIGTERM)
    before = [signals.signal(kind, asked) for kind in kinds]
    try:
        yield stop
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signals.signal(kind, handler)


def _tell(summary: Summary, plan: Plan, where: Where, *, as_json: bool) -> None:
    from otel_trading.cli.replay_view import summary_lines, summary_object  # noqa: PLC0415 - not needed for help

    for warning in summary.troubles.told():
        click.echo(f"warning: {warning}", err=True)
    if not any(tally.files for tally in summary.signals.values()) and not summary.stopped:
        from otel_trading.cli.missing import say_nothing  # noqa: PLC0415 - needed in this case only

        say_nothing(where, "telemetry to send")
        return
    if as_json:
        import json  # noqa: PLC0415 - needed in this case only

        click.echo(json.dumps(summary_object(summary, plan), indent=1))
        return
    for line in summary_lines(summary, plan):
        click.echo(line)
