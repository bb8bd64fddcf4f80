"""Small bots with one fault each, run by the doctor."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from otel_trading.doctor.bot.explain import explain
from otel_trading.doctor.bot.run import run_bot

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from otel_trading.doctor import Finding

HEALTHY = """
import logging
from otel_trading import order
with order(venue="desk-1", symbol="BTC/USDT", side="buy", quantity=0.5, client_id="cl-1") as this:
    this.submitted()
    logging.getLogger("bot").info("sent")
    this.acknowledged(id="7")
"""


def examine_bot(
    folder: Path,
    script: str,
    more: Mapping[str, str] | None = None,
    *,
    seconds: float = 20.0,
    as_is: bool = False,
    options: tuple[str, ...] = (),
    **environ: str,
) -> dict[str, Finding]:
    """Run a script as a bot and return by code what was found inside it."""
    bot = folder / "bot.py"
    bot.write_text(script)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    environment = {**clean, "OTEL_TRADING_STORE": str(folder / "store"), **environ, **(more or {})}
    seen = run_bot([sys.executable, *options, str(bot)], environment, seconds, lambda _: None, as_is=as_is)
    return {found.code: found for found in explain(seen)}
