"""``otel-trading init``: the stack's files and its ``.env``, and what the bot needs to know of it."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from otel_trading.stack import Laid

_CERTIFICATE = "OTEL_EXPORTER_OTLP_CERTIFICATE"


class InitError(click.ClickException):
    """Nothing, or not all, could be done; the message says why and what to do."""

    exit_code = 2


@click.command(short_help="Lay out the stack and make its secrets.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--show", is_flag=True, help="Write nothing; print the bot's variables for the .env that is there.")
def init(directory: Path, *, show: bool) -> None:
    """Prepare DIRECTORY (default: here) for `docker compose up`.

    Copies the stack's files where they are not there yet (one that is there and differs is kept), writes .env with
    fresh secrets, and prints the variables that a bot needs, in a form that a shell can source. Grafana's password is
    in .env and is not printed.

    Exit codes: 0 done, 2 there is a .env already, or a file cannot be written or read.
    """
    from otel_trading.stack import (  # noqa: PLC0415 - not needed for help
        EnvironmentFileError,
        StackError,
        read_environment,
    )
    from otel_trading.stack.environment import NAME  # noqa: PLC0415 - the same

    path = directory.resolve() / NAME
    try:
        if not show:
            _make(path)
        _print_variables(read_environment(path), path)
    except (EnvironmentFileError, StackError) as problem:
        raise InitError(str(problem)) from None
    except OSError as problem:
        raise InitError(f"{problem.filename or directory} cannot be written: {problem.strerror}") from None


def _make(path: Path) -> None:
    from otel_trading.stack import EnvironmentFileError, lay_out, write_environment  # noqa: PLC0415 - not needed for help
    from otel_trading.stack.environment import already_there  # noqa: PLC0415 - the same

    if path.is_symlink() or path.exists():  # asked first, so that nothing is written beside it
        raise EnvironmentFileError(already_there(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    _tell(lay_out(path.parent), path.parent)
    write_environment(path)
    _say(f"wrote {path} with fresh secrets, for your eyes only")


def _tell(laid: Laid, directory: Path) -> None:
    if laid.written:
        _say(f"wrote {len(laid.written)} files of the stack to {directory}")
    else:
        _say(f"the files of the stack are in {directory} already")
    for name in laid.kept:
        _say(f"kept {name}: it is not the one of this version")
    if laid.unreadable:
        folders = " ".join(sorted({name.parts[0] for name in laid.unreadable}))
        _say(f"{laid.unreadable[0]} and maybe more cannot be read by the containers' users: chmod -R go+rX {folders}")


def _print_variables(settings: Mapping[str, str], path: Path) -> None:
    from otel_trading.stack.bot import bot_environment, grafana_url, uses_tls  # noqa: PLC0415 - not needed for help

    variables = bot_environment(settings)
    click.echo(f"# Start the stack:  cd {shlex.quote(str(path.parent))} && docker compose up -d --wait")
    click.echo(f"# Grafana:          {grafana_url(settings)}, user admin, password GRAFANA_PASSWORD in {path}")
    click.echo("# The bot's shell, and only that one:")
    for name, value in variables.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    if uses_tls(settings):
        certificate = path.parent / (settings.get("TLS_CA_FILE") or "tls/cert.pem")
        click.echo(f"export {_CERTIFICATE}={shlex.quote(str(certificate))}")


def _say(line: str) -> None:
    click.echo(line, err=True)
