"""Fresh processes in which each side is measured, so that none finds what another has imported or set up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeVar

    T = TypeVar("T")

ROOT = Path(__file__).resolve().parents[1]
INSTRUMENT = str(Path(sys.executable).with_name("opentelemetry-instrument"))
_TIMEOUT = 300.0


def plain_environment() -> dict[str, str]:
    """Return this process's environment without settings of telemetry, and with bytecode written, as for a bot."""
    dropped = ("OTEL_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(dropped)}


def run(command: Sequence[str], **environment: str) -> str:
    """Run a command to its end; returns the last line that it printed. Raises RuntimeError where it failed."""
    done = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=ROOT,
        env=plain_environment() | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout.rstrip().rpartition("\n")[2]


def run_json(command: Sequence[str], **environment: str) -> Any:
    """Run a command whose last line is JSON."""
    return json.loads(run(command, **environment))


def interleaved(sides: Mapping[str, T], rounds: int) -> Iterator[tuple[str, T]]:
    """Yield all sides so many times, forwards and backwards in turn, since the machine's speed drifts."""
    for number in range(rounds):
        ordered = list(sides.items())
        yield from reversed(ordered) if number % 2 else ordered
