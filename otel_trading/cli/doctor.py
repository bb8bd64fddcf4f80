"""``otel-trading doctor``: why telemetry of a bot does not arrive, and what to do."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from otel_trading.cli.options import Where, store_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from otel_trading.doctor import Finding, Situation

_RUN_SECONDS = 10.0


@click.command(short_help="Check that telemetry of a bot arrives.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND ...]")
@click.option("--json", "as_json", is_flag=True, help="Write JSON with stable codes and field names.")
@click.option("--all", "everything", is_flag=True, help="Show the evidence of what is well, too.")
@click.option("--strict", is_flag=True, help="Take notes for warnings.")
@click.option("--offline", is_flag=True, help="Send no test record to the receiver.")
@click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=5.0, show_default=True, help="Seconds given to the receiver."
)
@click.option(
    "--run", "seconds", type=click.FloatRange(min=0.5), help=f"Seconds to run COMMAND for. Default: {_RUN_SECONDS:g}."
)
@click.option("--as-is", is_flag=True, help="Run COMMAND as it is, without adding opentelemetry-instrument.")
@click.option(
    "--bundle",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.zip",
    help="Write findings, versions, settings and our own log, masked, for a report of a fault.",
)
@click.option("--width", type=click.IntRange(min=40), help="Columns to use. Default: the terminal's.")
@store_options
@click.pass_context
def doctor(
    ctx: click.Context,
    command: tuple[str, ...],
    *,
    as_json: bool,
    everything: bool,
    strict: bool,
    offline: bool,
    timeout: float,
    seconds: float | None,
    as_is: bool,
    bundle: Path | None,
    width: int | None,
) -> None:
    """Find out why telemetry of a bot does not arrive, and say what to do.

    Looks at this environment, at the local store and at the receiver, to which it sends a test record of each
    signal. With a command after -- it runs that bot, which then really trades, and looks inside it; the bot's
    output goes to stderr.

    Exit codes: 0 nothing wrong (notes at most), 1 a warning, 2 an error or wrong usage. With --strict a note
    is 1, too.
    """
    from otel_trading.doctor import examine  # noqa: PLC0415 - not needed for help
    from otel_trading.doctor.finding import Severity, worst  # noqa: PLC0415 - the same

    if not command and (seconds is not None or as_is):
        raise click.UsageError("--run and --as-is need a command: doctor --run 30 -- python bot.py")
    known = _situation(ctx.ensure_object(Where), offline=offline, timeout=timeout).secrets if command else {}
    inside = list(_inside(command, known, seconds or _RUN_SECONDS, as_is=as_is)) if command else []
    situation = _situation(ctx.ensure_object(Where), offline=offline, timeout=timeout)
    findings = sorted([*inside, *examine(situation)], key=lambda each: -each.severity)
    _write(findings, as_json=as_json, everything=everything, width=width)
    if bundle is not None:
        _bundle(bundle, situation, findings)
    severity = worst(findings)
    ctx.exit(1 if strict and severity is Severity.NOTE else max(severity - Severity.NOTE, 0))


def _situation(where: Where, *, offline: bool, timeout: float) -> Situation:
    from otel_trading import config_file, settings, standard  # noqa: PLC0415 - not needed for help
    from otel_trading.distro import set_defaults  # noqa: PLC0415 - the same
    from otel_trading.doctor import Situation  # noqa: PLC0415 - the same

    environ = dict(os.environ)
    effective = dict(environ)
    wrong = standard.repair(effective)
    set_defaults(effective)
    file = config_file.read(environ)
    found, problems = settings.load(environ, file.section if file is not None else None)
    return Situation(
        environ=environ,
        effective=effective,
        settings=found,
        problems=[*wrong, *(file.problems if file is not None else ()), *problems],
        store=where.folder,
        services=where.services,
        now_ns=time.time_ns(),
        timeout=timeout,
        offline=offline,
        file=file,
    )


def _inside(command: tuple[str, ...], secrets: Mapping[str, str], seconds: float, *, as_is: bool) -> Iterable[Finding]:
    """Run the bot, and return what is wrong inside it, masked."""
    from otel_trading.doctor.bot.explain import explain  # noqa: PLC0415 - needed in this case only
    from otel_trading.doctor.bot.run import run_bot  # noqa: PLC0415 - the same
    from otel_trading.doctor.masking import Masker  # noqa: PLC0415 - the same

    try:
        seen = run_bot(command, os.environ, seconds, lambda line: click.echo(line, err=True), as_is=as_is)
    except OSError as problem:
        raise click.BadParameter(f"{command[0]} cannot be started: {problem.strerror}", param_hint="COMMAND") from None
    return map(Masker(secrets).finding, explain(seen))


def _write(findings: list[Finding], *, as_json: bool, everything: bool, width: int | None) -> None:
    if as_json:
        from otel_trading.doctor.as_json import report_object  # noqa: PLC0415 - needed in this case only

        click.echo(json.dumps(report_object(findings), indent=1))
        return
    from otel_trading.cli.doctor_view import doctor_view  # noqa: PLC0415 - loads rich: not needed for help
    from otel_trading.cli.screen import screen, show  # noqa: PLC0415 - the same

    show(screen(width), doctor_view(findings, everything=everything))


def _bundle(path: Path, situation: Situation, findings: list[Finding]) -> None:
    from otel_trading.doctor.bundle import write_bundle  # noqa: PLC0415 - needed in this case only

    try:
        write_bundle(path, situation, findings)
    except OSError as problem:
        raise click.BadParameter(f"{path} cannot be written: {problem.strerror}", param_hint="--bundle") from None
    click.echo(f"wrote {path}", err=True)
