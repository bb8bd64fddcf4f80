"""Run a bot with the probe for some seconds, and end it as Ctrl-C would."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sysconfig
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from otel_trading.doctor.bot.probe import FOLDER, LOADED
from otel_trading.doctor.bot.processes import Processes
from otel_trading.doctor.bot.seen import Seen, read_reports
from otel_trading.doctor.loading import LAUNCHER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_POLL_SECONDS = 0.2
_PATIENCE_SECONDS = 5.0
_KEPT_LINES = 400
_METADATA = "Metadata-Version: 2.1\nName: otel-trading-doctor-probe\nVersion: 1\n"
_ENTRY_POINTS = """\
[opentelemetry_pre_instrument]
otel_trading_doctor = otel_trading.doctor.bot.probe:begin
[opentelemetry_post_instrument]
otel_trading_doctor = otel_trading.doctor.bot.probe:loaded
"""


def run_bot(
    command: Sequence[str],
    environ: Mapping[str, str],
    seconds: float,
    echo: Callable[[str], None],
    *,
    as_is: bool = False,
) -> Seen:
    """Run ``command`` for at most ``seconds``, once telemetry is loaded, and return what was seen.

    Its output goes line by line to ``echo``.

    It is started with ``opentelemetry-instrument`` unless it names that itself, or with ``as_is``. Raises OSError
    where it cannot be started.
    """
    wrapped = not as_is and not any(Path(word).name == LAUNCHER for word in command)
    words = [str(Path(sysconfig.get_path("scripts")) / LAUNCHER), *command] if wrapped else list(command)
    with tempfile.TemporaryDirectory(prefix="otel-trading-doctor-") as folder:
        begun = time.monotonic()
        process = subprocess.Popen(  # noqa: S603 - the user's own command
            words,
            env=_prepared(Path(folder), environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # so that all its processes can be ended, and none of ours
        )
        lines: deque[str] = deque(maxlen=_KEPT_LINES)
        reader = threading.Thread(target=_forward, args=(process, lines, echo), daemon=True)
        reader.start()
        processes = Processes(process.pid)
        try:
            ended = _watch(process, processes, Path(folder), seconds)
        finally:
            code = _end(process)
            reader.join(_PATIENCE_SECONDS)
        reports = read_reports(Path(folder))
        strays = processes.without({report["pid"] for report in reports})
        return Seen(time.monotonic() - begun, wrapped, ended, code, list(lines), reports, strays)


def _prepared(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Put the probe's entry point into ``folder``, and return the environment in which it is found."""
    info = folder / "otel_trading_doctor_probe-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(_METADATA, encoding="utf-8")
    (info / "entry_points.txt").write_text(_ENTRY_POINTS, encoding="utf-8")
    path = os.pathsep.join(filter(None, (environ.get("PYTHONPATH"), str(folder))))
    return {**environ, "PYTHONPATH": path, FOLDER: str(folder), "PYTHONUNBUFFERED": "1"}


def _forward(process: subprocess.Popen[str], lines: deque[str], echo: Callable[[str], None]) -> None:
    output = process.stdout
    if output is None:
        return
    with output:
        for line in output:
            lines.append(line.rstrip("\n"))
            echo(line.rstrip("\n"))


def _watch(process: subprocess.Popen[str], processes: Processes, folder: Path, seconds: float) -> bool:
    """Wait for ``seconds``, Ctrl-C or the end of the bot; tell whether it ended by itself.

    The time counts from the bot's own first line on: a slow start leaves as much to see as a fast one.
    """
    deadline, loaded = time.monotonic() + seconds, False
    with contextlib.suppress(KeyboardInterrupt):
        while time.monotonic() < deadline:
            if not loaded and (folder / LOADED).exists():
                deadline, loaded = time.monotonic() + seconds, True
            processes.look()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_SECONDS)
                return True
    return False


def _end(process: subprocess.Popen[str]) -> int | None:
    """End all processes of the bot, gently first; return its exit code, None where it had to be killed."""
    code: int | None = None
    for number in (signal.SIGINT, signal.SIGTERM):
        if process.poll() is None:
            _signal(process, number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE_SECONDS)
    code = process.poll()
    _signal(process, signal.SIGKILL)  # what it left behind, too
    process.wait()
    return code


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
