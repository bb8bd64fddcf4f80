"""Run a pitfall's program under the real ``opentelemetry-instrument``: with the plain SDK, or with us."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from tests.endtoend.bots import INSTRUMENT
from tests.reliability.pitfall import Run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.reliability.pitfall import Pitfall, Seen

# What the package opentelemetry-distro consists of; installed beside us it would be a second distribution, and which
# of two is loaded is a matter of luck.
STOCK = """
import os
from opentelemetry.instrumentation.distro import BaseDistro
from opentelemetry.sdk._configuration import _OTelSDKConfigurator

class Configurator(_OTelSDKConfigurator):
    pass

class Distro(BaseDistro):
    def _configure(self, **kwargs):
        for signal in ("TRACES", "METRICS", "LOGS"):
            os.environ.setdefault(f"OTEL_{signal}_EXPORTER", "otlp")
"""
ENTRY_POINTS = """\
[opentelemetry_distro]
stock = stock_sdk:Distro

[opentelemetry_configurator]
stock = stock_sdk:Configurator
"""
UNNEEDED = "aiohttp-client,sqlalchemy"
"""Instrumentations that no pitfall is about: a third of a program's start."""
PLAIN = {
    "OTEL_PYTHON_DISTRO": "stock",
    "OTEL_PYTHON_CONFIGURATOR": "stock",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": f"{UNNEEDED},ccxt",  # ours; those of OpenTelemetry are the same for both
}
BOTH = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
    "OTEL_SERVICE_NAME": "desk",
    "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": UNNEEDED,
}


def make_stock(folder: Path) -> Path:
    """Write the stock distribution into ``folder``, and return what to put on PYTHONPATH for it."""
    found = folder / "stock"
    metadata = found / "stock_sdk-1.dist-info"
    metadata.mkdir(parents=True)
    (found / "stock_sdk.py").write_text(STOCK)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: stock-sdk\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS)
    return found


class Program:
    """A program that runs, in a process group of its own."""

    def __init__(self, script: Path, environ: Mapping[str, str]) -> None:
        self._errors = script.with_suffix(".stderr")
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [INSTRUMENT, sys.executable, str(script)],
                cwd=script.parent,
                env=environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        self._said = ""
        self._since = time.monotonic()

    def read_line(self) -> str:
        """Wait for the next line that the program prints; its end is timed from here."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self._said += line
        self._since = time.monotonic()
        return line.rstrip("\n")

    def write_line(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def errors(self) -> str:
        return self._errors.read_text()

    def wait(self, seconds: float) -> tuple[int | None, float]:
        """Wait for the end; give the exit code (None: it did not end in time) and how long it took."""
        try:
            code: int | None = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        return code, time.monotonic() - self._since

    def end(self) -> str:
        """End what is left of it, its children too, and give what it printed."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        return self._said + self._process.communicate()[0]


def run(pitfall: Pitfall, folder: Path, *, ours: bool) -> Run:
    """Run the program of ``pitfall`` once, in a new ``folder``."""
    folder.mkdir(parents=True)
    script = folder / "bot.py"
    script.write_text(pitfall.program)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")} | BOTH
    environ["PYTHONWARNINGS"] = "ignore::DeprecationWarning"  # from 3.12 on, of a fork beside threads
    if ours:
        environ["OTEL_TRADING_STORE"] = str(folder / "store")
    else:
        environ |= PLAIN | {"PYTHONPATH": str(make_stock(folder))}
    with pitfall.receiver() as receiver:
        environ |= {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url} | dict(pitfall.environ)
        program = Program(script, environ)
        try:
            pitfall.drive(program, receiver)
            code, seconds = program.wait(pitfall.patience)
        finally:
            said = program.end()
        return Run(ours, code, seconds, said, program.errors(), receiver)


class Pair(NamedTuple):
    """What was seen of a pitfall under the plain SDK, and with us."""

    plain: Seen
    ours: Seen


def run_both(pitfall: Pitfall, folder: Path) -> Pair:
    """Run the program of ``pitfall`` side by side under the plain SDK and with us, and measure both."""
    with ThreadPoolExecutor(2) as pool:
        plain = pool.submit(run, pitfall, folder / "plain", ours=False)
        ours = pool.submit(run, pitfall, folder / "ours", ours=True)
        return Pair(pitfall.measure(plain.result()), pitfall.measure(ours.result()))
