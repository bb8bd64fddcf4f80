"""The command line: ``otel-trading``."""

from __future__ import annotations

import click

from otel_trading.cli.group import Commands
from otel_trading.cli.options import store_options
from otel_trading.version import __version__


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="otel-trading", message="%(prog)s %(version)s")
@store_options
def main() -> None:
    """One order, one story: read what the trading bots on this machine recorded.

    Exit codes: 0 found, 1 nothing found, 2 wrong usage.
    """


__all__ = ["main"]
