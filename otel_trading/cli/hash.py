"""``otel-trading hash``: what stands for an account's or a user's id in telemetry."""

from __future__ import annotations

import click


@click.command("hash", short_help="Show what stands for an account id in telemetry.")
@click.argument("value", metavar="ID")
def hash_command(value: str) -> None:
    """Show the hash that stands for ID, the id of an account or of a user, in telemetry, to search for it.

    The key is the bot's: OTEL_TRADING_HASH_KEY, else the one in the store's folder (OTEL_TRADING_STORE).
    """
    from otel_trading.telemetry.masking.hashing import hashed  # noqa: PLC0415 - not needed for help

    click.echo(hashed(value))
