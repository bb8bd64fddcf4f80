"""Options that every reading command shares, before or after the command's name."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.telemetry.store.reader import StoreReader

Decorated = TypeVar("Decorated", bound="Callable[..., Any]")


@dataclass
class Where:
    """The store to read, and the services in it to look at (none: all)."""

    store: Path | None = None
    services: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The store's folder: the option, else the setting, else the default."""
        if self.store is not None:
            return self.store
        from otel_trading.settings import load  # noqa: PLC0415 - not needed to print help

        folder: Path = load()[0].store
        return folder


def _remember_store(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Where).store = value


def _remember_services(ctx: click.Context, _: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        ctx.ensure_object(Where).services = value


def store_options(command: Decorated) -> Decorated:
    """Give a command ``--store`` and ``--service``; one given nearer to the end of the line wins."""
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
    return store(service(command))


def output_options(command: Decorated) -> Decorated:
    """Give a command ``--json`` and ``--local``."""
    as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON with stable field names.")
    local = click.option("--local", is_flag=True, help="Show times in this machine's zone instead of UTC.")
    return as_json(local(command))


@contextmanager
def reading(ctx: click.Context) -> Iterator[StoreReader]:
    """Open the store, and tell afterwards on stderr what could not be read."""
    from otel_trading.telemetry.store.reader import StoreReader  # noqa: PLC0415 - not needed to print help

    where = ctx.ensure_object(Where)
    reader = StoreReader(where.folder, services=where.services or None)
    try:
        yield reader
    finally:
        for warning in reader.warnings:
            click.echo(f"warning: {warning}", err=True)
