"""One server as a process of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_READY_SECONDS = 90.0
_END_SECONDS = 30.0


class Process:
    """Starts, kills and starts again one command; its output goes to ``log``, one file over all its lives.

    ``ready`` is the URL that answers 200 once the server serves.
    """

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], *, log: Path, ready: str
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self.log = log
        self._ready = ready
        self._folder = log.parent
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> None:
        """Start it and wait until it serves; an end before that is an AssertionError with its last words."""
        assert self._running is None, f"{self.name} runs already"
        with self.log.open("ab") as output:
            self._running = subprocess.Popen(
                self.command,
                env={"PATH": os.environ["PATH"], "HOME": str(self._folder), **self.environment},
                cwd=self._folder,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if wait:
            self.wait_ready()

    def wait_ready(self) -> None:
        until = time.monotonic() + _READY_SECONDS
        while time.monotonic() < until:
            assert self.alive, f"{self.name} ended by itself:\n{self.said()[-3000:]}"
            if self.serves():
                return
            time.sleep(0.05)
        raise AssertionError(f"{self.name} was not ready within {_READY_SECONDS:g} s:\n{self.said()[-3000:]}")

    def serves(self) -> bool:
        """Whether it answers at this moment that it is ready."""
        try:
            return requests.get(self._ready, timeout=2).ok
        except requests.RequestException:
            return False

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    @property
    def pid(self) -> int:
        assert self._running is not None, f"{self.name} does not run"
        return self._running.pid

    @property
    def resident_bytes(self) -> int:
        """Its memory, as the kernel counts it now."""
        with open(f"/proc/{self.pid}/status", encoding="ascii") as status:  # noqa: PTH123 - one line of a pseudo file
            line = next(line for line in status if line.startswith("VmRSS:"))
        return int(line.split()[1]) * 1024

    @property
    def cpu_seconds(self) -> float:
        """The processor time that it has taken so far, its own and the kernel's for it."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - one line of a pseudo file
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def said(self) -> str:
        """All that it wrote to its output so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def wait(self, seconds: float) -> int:
        """Wait for an end of its own; returns the exit code."""
        assert self._running is not None, f"{self.name} does not run"
        code = self._running.wait(seconds)
        self._running = None
        return code

    def stop(self) -> None:
        """End it as ``docker compose stop`` does: a SIGTERM, time to finish, then a SIGKILL."""
        if self._running is not None:
            self._running.send_signal(signal.SIGTERM)
            try:
                self._running.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._running = None

    def kill(self) -> None:
        """End it without a warning (SIGKILL)."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
        self._running = None
