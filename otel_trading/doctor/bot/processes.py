"""The Python processes below a bot, as ``/proc`` tells; where there is none (outside Linux), none are seen."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from otel_trading.doctor.bot.seen import Stray

_PROC = Path("/proc")
_LONG_ENOUGH = 4
"""Looks after which a process is no passing one: between fork and exec, or still starting its interpreter."""


class _Process(NamedTuple):
    parent: int
    command: bytes


class Processes:
    """Remembers the Python processes below ``root`` over several looks."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._known: dict[int, _Process] = {}
        self._looks: dict[int, int] = {}

    def look(self) -> None:
        """Look once."""
        now = _all_processes()
        for pid, process in now.items():
            if self._is_below(pid, now) and _is_python(pid):
                self._known[pid] = process
                self._looks[pid] = self._looks.get(pid, 0) + 1

    def without(self, reporting: set[int]) -> list[Stray]:
        """Return the processes that stayed for a while and are not among the reporting ones."""
        strays = []
        for pid, process in self._known.items():
            if pid not in reporting and self._looks[pid] >= _LONG_ENOUGH:
                parent = self._known.get(process.parent)
                forked = parent is not None and parent.command == process.command
                # Of the arguments only the first: bots pass secrets there.
                strays.append(Stray(pid, process.command.split(b"\0")[0].decode(errors="replace"), forked))
        return strays

    def _is_below(self, pid: int, now: dict[int, _Process]) -> bool:
        while pid in now and pid != self._root:
            pid = now[pid].parent
        return pid == self._root


def _all_processes() -> dict[int, _Process]:
    found = {}
    for folder in _PROC.glob("[0-9]*"):
        try:
            # The name in parentheses may hold blanks and parentheses itself.
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it is gone
            continue
        if command:  # a process that has ended, and was not waited for, has none
            found[int(folder.name)] = _Process(int(fields[1]), command)
    return found


def _is_python(pid: int) -> bool:
    try:
        return (_PROC / str(pid) / "exe").readlink().name.startswith("python")
    except OSError:
        return False
