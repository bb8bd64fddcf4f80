"""Every command of every runbook, run as it stands there on the machine that it is for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from otel_trading.stack.environment import NAME, read_environment, write_environment
from tests.stack.harness.grafana import Grafana
from tests.stack.harness.night import demo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.stack.harness.night.demo import Night
    from tests.stack.harness.stack import Stack

PAGES: Final = Path(__file__).resolve().parents[3] / "docs" / "runbooks"

EXCUSED: Final = {
    "docker": "needs a Docker daemon, which tests do without; tests/alerts/test_contract.py asks Compose's own help",
    "timedatectl": "needs systemd, which containers do not have",
}
"""Programs of runbooks that are not run."""

AWAY: Final = "basis-bot"
"""The bot of the night whose traces found no receiver: what is run in a bot's environment is run in its."""

BOT: Final = "trend-bot"
"""The bot that a command about one is run for."""

_AT_ONCE = 4
_SECONDS = 90.0
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WITHIN = re.compile(r"`(otel-trading [^`]+)`")
_REPLAY = "otel-trading replay"
_OF_BOTS = ("otel-trading doctor", _REPLAY)
_RECEIVER_OF_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"


class Ran(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    stdout: str
    stderr: str
    folder: Path
    """Where it was run."""

    @property
    def rows(self) -> list[str]:
        """The lines that begin with a time: an order or a log record each."""
        return [line for line in self.stdout.splitlines() if re.match(r"\d{4}-\d\d-\d\d[T ]", line)]


def named(pages: Path = PAGES) -> list[str]:
    """Return each command that runbooks name, in a block or within a sentence."""
    found: dict[str, None] = {}
    for page in sorted(pages.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        lines = [line for block in _BLOCK.findall(text) for line in block.splitlines()]
        assert all(line.startswith("$ ") for line in lines), f"{page.name}: a line of a block is no command"
        found |= dict.fromkeys([*(line.removeprefix("$ ") for line in lines), *_WITHIN.findall(text)])
    return list(found)


def runnable() -> list[str]:
    """Return the commands that are run."""
    return [command for command in named() if command.partition(" ")[0] not in EXCUSED]


def run_all(stack: Stack, night: Night, folder: Path) -> dict[str, Ran]:
    """Run each command in a folder of its own: a replay notes in the store what it has sent."""
    with Grafana(stack) as grafana, ThreadPoolExecutor(_AT_ONCE) as pool:
        desk = Desk(stack, night, grafana, folder)
        commands = runnable()
        return dict(zip(commands, pool.map(desk.run, commands, range(len(commands))), strict=True))


class Desk:
    """Where the commands are run: the stack's folder with its ``.env``, or a bot's environment."""

    def __init__(self, stack: Stack, night: Night, grafana: Grafana, folder: Path) -> None:
        self._stack, self._night, self._folder = stack, night, folder
        write_environment(folder / NAME)
        with (folder / NAME).open("a", encoding="utf-8") as file:
            file.write(f"GRAFANA_PORT={grafana.url.rpartition(':')[2]}\n")
        password = read_environment(folder / NAME)["GRAFANA_PASSWORD"]
        grafana.authorization = "Basic " + b64encode(f"admin:{password}".encode()).decode()

    def run(self, command: str, number: int) -> Ran:
        """Run a command as it stands in a page, by a shell."""
        place = self._folder / f"{number:02d}"
        place.mkdir()
        if "--from stack" in command:
            shutil.copy(self._folder / NAME, place)
        filled = re.sub(r"\bID\b", self._night.order, re.sub(r"\bBOT\b", BOT, command))
        done = subprocess.run(
            ["/bin/sh", "-c", filled],
            cwd=place,
            env=self._environment(command, place),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr, place)

    def _environment(self, command: str, place: Path) -> Mapping[str, str]:
        path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
        shell = {"PATH": path, "HOME": str(place), "LANG": "C.UTF-8"}
        if not command.startswith(_OF_BOTS):
            return shell
        (program,) = (each for each in demo.PROGRAMS if each.service == AWAY)
        store = place / "store"
        shutil.copytree(self._night.store / AWAY, store / AWAY)
        bot = demo.telemetry(self._stack, program, store)
        if command.startswith(_REPLAY):
            del bot[_RECEIVER_OF_TRACES]  # one replays when the receiver is back
        return shell | bot
