"""Options that every reading command shares, before or after the command's name."""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.story.source import Source

Decorated = TypeVar("Decorated", bound="Callable[..., Any]")


REACH = "7d"
"""How far back an order is searched in the stack unless told otherwise: its stores search a period."""


@dataclass
class Where:
    """The store to read, or the stack, and the services in it to look at (none: all).

    ``source`` is what was read, once it was, and ``place`` where that is, in words.
    """

    store: Path | None = None
    services: tuple[str, ...] = ()
    from_stack: bool = False
    source: Source | None = None
    place: str = ""

    @property
    def folder(self) -> Path:
        """The store's folder: the option, else the setting, else the default."""
        if self.store is not None:
            return self.store
        from otel_trading.settings import load_all  # noqa: PLC0415 - not needed to print help

        folder: Path = load_all()[0].store
        return folder


def _remember_store(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Where).store = value


def _remember_services(ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        ctx.ensure_object(Where).services = value


def _remember_stack(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        ctx.ensure_object(Where).from_stack = value == "stack"


def store_options(command: Decorated) -> Decorated:
    """Give a command ``--from``, ``--store`` and ``--service``; one given nearer to the end of the line wins."""
    stack = click.option(
        "--from",
        type=click.Choice(["store", "stack"]),
        expose_value=False,
        callback=_remember_stack,
        help="Read the local store (default), or Tempo and Loki of the stack that telemetry was sent to.",
    )
    store = click.option(
        "--store",
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        callback=_remember_store,
        help="Folder of the local store. Default: $OTEL_TRADING_STORE, else the user's state folder.",
    )
    service = click.option(
        "--service",
        metavar="NAME",
        multiple=True,
        expose_value=False,
        callback=_remember_services,
        help="Only this service (OTEL_SERVICE_NAME); may be repeated.",
    )
    return stack(store(service(command)))


def output_options(command: Decorated) -> Decorated:
    """Give a command ``--json`` and ``--local``."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON with stable field names.")
    local = click.option("--local", is_flag=True, help="Show times in this machine's zone instead of UTC.")
    return as_json(local(command))


@contextmanager
def reading(ctx: click.Context, *, since_ns: int | None = None, before_too: bool = False) -> Iterator[Source]:
    """Open the store or the stack, and tell afterwards on stderr what could not be read.

    The stack is searched from ``since_ns`` on (nanoseconds since the epoch); None is :data:`REACH` ago. With
    ``before_too`` ids are looked up in the time before as well: what begins in a period may be older than it.
    """
    where = ctx.ensure_object(Where)
    with _of_stack(where, since_ns, before_too=before_too) if where.from_stack else _of_store(where) as source:
        where.source = source
        try:
            yield source
        finally:
            for warning in source.warnings:
                click.echo(f"warning: {warning}", err=True)


@contextmanager
def _of_store(where: Where) -> Iterator[Source]:
    from otel_trading.telemetry.store.reader import StoreReader  # noqa: PLC0415 - not needed to print help

    where.place = str(where.folder)
    yield StoreReader(where.folder, services=where.services or None)


@contextmanager
def _of_stack(where: Where, since_ns: int | None, *, before_too: bool) -> Iterator[Source]:
    from otel_trading.cli.when import nanoseconds  # noqa: PLC0415 - not needed to print help
    from otel_trading.stores.access import find_stack  # noqa: PLC0415 - the same
    from otel_trading.stores.errors import StackError  # noqa: PLC0415 - the same
    from otel_trading.stores.source import StackSource  # noqa: PLC0415 - loads requests
    from otel_trading.story.times import iso  # noqa: PLC0415 - not needed to print help

    if where.store is not None:
        raise click.UsageError("--store is of the local store: it goes not with --from stack")
    since = since_ns
    if since is None or before_too:
        since = nanoseconds(REACH, "--since", now_ns=since or time.time_ns(), local=False) or 0
    try:
        stack = find_stack(Path.cwd())
        where.place = f"the stack at {stack.place}, searched since {iso(since)}"
        with closing(StackSource(stack, since_ns=since, services=where.services)) as source:
            yield source
    except StackError as error:
        raise click.ClickException(str(error)) from error
