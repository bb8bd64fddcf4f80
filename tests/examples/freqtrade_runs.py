"""Run the real freqtrade command, with the example's strategy or another, at a venue of the test's own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread, ccxt_urls
from tests.endtoend.bots import INSTRUMENT, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLE = Path(__file__).parents[2] / "examples" / "freqtrade"
FREQTRADE = str(Path(sys.executable).with_name("freqtrade"))
_SECONDS = 90.0
_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - (?P<logger>\S+) - (?P<level>[A-Z]+) - (?P<text>.*)$", re.MULTILINE
)


class Line(NamedTuple):
    """A line of freqtrade's log on its console, as far as it fits into one there."""

    logger: str
    level: str
    text: str


class Run:
    """A freqtrade that runs, or has run, in a folder."""

    def __init__(self, folder: Path, process: subprocess.Popen[bytes], venue: VenueThread) -> None:
        self._process = process
        self._console = folder / "console"
        self.venue = venue
        self.store = Store(folder / "store")

    @property
    def console(self) -> str:
        """What it has printed so far."""
        return self._console.read_text()

    def lines(self) -> list[Line]:
        """Return the lines of its log on the console."""
        return [Line(**found.groupdict()) for found in _LINE.finditer(self.console)]

    def wait(self, holds: Callable[[], object]) -> None:
        """Wait until something is true."""
        deadline = time.monotonic() + _SECONDS
        while not holds():
            assert self._process.poll() is None, f"freqtrade ended:\n{self.console}"
            assert time.monotonic() < deadline, f"it did not come about:\n{self.console}"
            time.sleep(0.05)

    def wait_for(self, text: str, times: int = 1) -> None:
        """Wait until freqtrade has printed ``text`` so many times."""
        self.wait(lambda: self.console.count(text) >= times)

    def interrupt(self) -> int:
        """Press Ctrl-C, and return the exit code."""
        self._process.send_signal(signal.SIGINT)
        return self.end()

    def end(self) -> int:
        """Wait for the end; return the exit code."""
        return self._process.wait(_SECONDS)


@contextmanager
def freqtrade(
    folder: Path, strategy: str = "AlwaysIn", path: Path = EXAMPLE, *, watched: bool = True, **changes: Any
) -> Iterator[Run]:
    """Run ``freqtrade trade`` as its users do, with a second file of configuration for what is private."""
    folder.mkdir(parents=True)
    (folder / "user_data").mkdir()
    with VenueThread(seed=7, tick_ms=100) as venue:
        private = {
            "exchange": {"key": DEMO_KEY, "secret": DEMO_SECRET, "ccxt_config": {"urls": ccxt_urls(venue.url)}},
            "internals": {"process_throttle_secs": 1},
        }
        (folder / "private.json").write_text(json.dumps(private | changes))
        command = [
            *([INSTRUMENT] if watched else []),
            *(FREQTRADE, "trade", "-c", str(EXAMPLE / "config.json"), "-c", "private.json"),
            *("--strategy", strategy, "--strategy-path", str(path), "--userdir", "user_data", "--db-url", "sqlite://"),
        ]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
        with (folder / "console").open("wb") as console:
            process = subprocess.Popen(
                command,
                cwd=folder,
                stdout=console,
                stderr=subprocess.STDOUT,
                env=kept | {"OTEL_TRADING_STORE": str(folder / "store"), "COLUMNS": "1000"},
            )
        try:
            yield Run(folder, process, venue)
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()
