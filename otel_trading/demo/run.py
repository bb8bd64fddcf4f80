"""Runs the example bot against the simulated venue, as a user would: under ``opentelemetry-instrument``."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from otel_trading.demo.venue.accounts import DEMO_KEY, DEMO_SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVICE = "demo-bot"
_READY = "venue ready on "
_GRACE_SECONDS = 5.0
_START_SECONDS = 60.0


class DemoError(Exception):
    """The demo could not be run; the message says what is missing and the remedy."""


def example_bot() -> Path:
    """Return the example bot: part of an installed package, or of the source tree.

    Raises DemoError where it is in neither.
    """
    here = Path(__file__).resolve().parent
    for path in (here / "ccxt_bot.py", here.parents[1] / "examples" / "ccxt_bot.py"):
        if path.is_file():
            return path
    raise DemoError(f"the example bot is missing beside {here}: install otel-trading[demo] again")


@contextmanager
def running_venue(seed: int) -> Iterator[str]:
    """Run the simulated venue in a process of its own; yields its URL. Raises DemoError where it won't start."""
    command = [sys.executable, "-m", "otel_trading.demo.venue", "--port", "0", "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=_plain_environment()) as venue:  # noqa: S603 - our own module
        try:
            line = venue.stdout.readline() if venue.stdout else ""
            if not line.startswith(_READY):
                raise DemoError("the simulated venue did not start: pip install 'otel-trading[demo]'")
            yield line.removeprefix(_READY).strip()
        finally:
            _end(venue)


def run_bot(venue_url: str, store: Path, seconds: float) -> int:
    """Run the example bot for ``seconds``, its telemetry going to ``store``; returns its exit code.

    Raises DemoError where ``opentelemetry-instrument`` is not installed.
    """
    beside = Path(sys.executable).with_name("opentelemetry-instrument")
    instrument = str(beside) if beside.exists() else shutil.which("opentelemetry-instrument")
    if instrument is None:
        raise DemoError("opentelemetry-instrument is not installed: pip install opentelemetry-instrumentation")
    environment = _plain_environment() | {
        "OTEL_SERVICE_NAME": SERVICE,
        "OTEL_TRADING_STRATEGY": "grid-btc",
        "OTEL_TRADING_EXPORT": "store",
        "OTEL_TRADING_STORE": str(store),
        "VENUE_URL": venue_url,
        "VENUE_KEY": DEMO_KEY,
        "VENUE_SECRET": DEMO_SECRET,
        "BOT_SECONDS": str(seconds),
    }
    command = [instrument, sys.executable, str(example_bot())]
    with subprocess.Popen(command, env=environment) as bot:  # noqa: S603 - our own example
        try:
            return bot.wait(seconds + _START_SECONDS)
        except subprocess.TimeoutExpired:
            raise DemoError(f"the bot did not end within {_START_SECONDS:g} s after its time") from None
        finally:
            _end(bot)


def _plain_environment() -> dict[str, str]:
    """Return this process's environment without what would send the demo's telemetry elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}


def _end(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
