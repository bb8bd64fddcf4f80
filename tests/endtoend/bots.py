"""Run whole bots in processes of their own, under the real ``opentelemetry-instrument``, and read what they left."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from click.testing import CliRunner

from otel_trading.cli import main
from otel_trading.telemetry.store import StoreReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from click.testing import Result

    from otel_trading.telemetry.records import LogRecord, SpanRecord

INSTRUMENT = str(Path(sys.executable).with_name("opentelemetry-instrument"))
Environ: TypeAlias = "Mapping[str, str | None] | None"
"""What is set in a bot's environment; None takes a variable out."""

SECONDS = 60.0
"""How long a test waits for a bot that should take one or two."""


class Store:
    """What bots left in a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def spans(self) -> list[SpanRecord]:
        return [found.record for found in StoreReader(self.folder).spans()]

    def all_logs(self) -> list[LogRecord]:
        return [found.record for found in StoreReader(self.folder).logs()]

    def logs(self) -> list[LogRecord]:
        """Return the records that are no events."""
        return [record for record in self.all_logs() if not record.event_name]

    def bodies(self) -> list[Any]:
        return [record.body for record in self.logs()]

    def events(self, name: str | None = None) -> list[LogRecord]:
        return [record for record in self.all_logs() if record.event_name and name in (None, record.event_name)]

    def metric_names(self) -> set[str]:
        return {
            metric["name"]
            for export in StoreReader(self.folder).metrics()
            for resource in export["resourceMetrics"]
            for scope in resource["scopeMetrics"]
            for metric in scope["metrics"]
        }

    def resources(self) -> list[dict[str, Any]]:
        reader = StoreReader(self.folder)
        return [*(found.resource for found in reader.spans()), *(found.resource for found in reader.logs())]

    def services(self) -> list[str]:
        return StoreReader(self.folder).services()

    def command(self, *arguments: str) -> Result:
        """Run the command line on this store."""
        return CliRunner().invoke(main, [*arguments, "--store", str(self.folder)], env={"COLUMNS": "200"})

    def story(self, order_id: str) -> dict[str, Any]:
        """Return an order's story, as ``otel-trading order ID --json`` tells it."""
        result = self.command("order", order_id, "--json")
        assert result.exit_code == 0, result.output
        story: dict[str, Any] = json.loads(result.stdout)
        return story


class Ended(NamedTuple):
    """A bot that has ended."""

    returncode: int
    stdout: str
    stderr: str
    store: Store


class Bot:
    """A bot that runs."""

    def __init__(self, process: subprocess.Popen[str], store: Store) -> None:
        self._process = process
        self.store = store
        self.pid = process.pid

    def read_line(self) -> str:
        """Wait for the next line that the bot prints."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def write_line(self) -> None:
        """Have the bot's ``sys.stdin.readline()`` return."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def end(self) -> Ended:
        """Wait for the end of the bot."""
        stdout, stderr = self._process.communicate(timeout=SECONDS)
        return Ended(self._process.returncode, stdout, stderr, self.store)

    def seconds_to_end(self) -> float:
        """Wait for the end of the bot, and tell how long it took from now."""
        begun = time.monotonic()
        self._process.wait(SECONDS)
        return time.monotonic() - begun

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.communicate()


class Bots:
    """Starts bots, each script in the test's own folder, all with one store there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[Bot] = []
        self.store = Store(folder / "store")

    def start(
        self,
        source: str,
        environ: Environ = None,
        *,
        name: str = "bot",
        watched: bool = True,
        prefix: Sequence[str] = (),
    ) -> Bot:
        """Start a bot: with us, or without where ``watched`` is false; ``prefix`` is a command that starts it."""
        return self.start_script(self._written(source, name), environ, watched=watched, prefix=prefix)

    def start_script(
        self, script: Path, environ: Environ = None, *, watched: bool = True, prefix: Sequence[str] = ()
    ) -> Bot:
        """Start a script that is a file already."""
        given: dict[str, str | None] = {
            name: value for name, value in os.environ.items() if not name.startswith("OTEL_")
        }
        given |= {"OTEL_TRADING_STORE": str(self.store.folder)} | dict(environ or {})
        kept = {name: value for name, value in given.items() if value is not None}
        process = subprocess.Popen(
            [*prefix, *([INSTRUMENT] if watched else []), sys.executable, str(script)],
            cwd=self._folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=kept,
        )
        bot = Bot(process, self.store)
        self._running.append(bot)
        return bot

    def run(self, source: str, environ: Environ = None, *, name: str = "bot", watched: bool = True) -> Ended:
        """Run a bot to its end."""
        return self.start(source, environ, name=name, watched=watched).end()

    def run_both(self, source: str, environ: Environ = None) -> tuple[Ended, Ended]:
        """Run a bot side by side without and with us."""
        script = self._written(source, "bot")  # once: the first must not find it half written for the second
        without = self.start_script(script, environ, watched=False)
        watched = self.start_script(script, environ)
        return without.end(), watched.end()

    def _written(self, source: str, name: str) -> Path:
        script = self._folder / f"{name}.py"
        script.write_text(source)
        return script

    def kill_all(self) -> None:
        """End what a failed test left running."""
        for bot in self._running:
            bot.kill()


def eventually(condition: Any, seconds: float = SECONDS) -> Any:
    """Wait until ``condition()`` is true, and return what it returned."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def bots_in(folder: Path) -> Iterator[Bots]:
    """Give a maker of bots, none of which outlives the block."""
    made = Bots(folder)
    try:
        yield made
    finally:
        made.kill_all()
