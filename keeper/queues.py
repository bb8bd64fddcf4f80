"""Puts damaged files of the Collector's queue aside, so that it starts again without them."""

from __future__ import annotations

import fcntl
import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from keeper.bbolt import Damaged, check
from keeper.log import log

if TYPE_CHECKING:
    from pathlib import Path

# What the Collector itself leaves beside its queues: those it put aside, and what it is compacting into.
_ASIDE, _TEMPORARY = ".backup", "tempdb"

_State = tuple[int, int, int]


class Queues:
    """The folder of the Collector's queues. A file that the Collector has open is locked by it, and is left alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sound: dict[Path, _State] = {}
        self._trouble = ""
        self.put_aside = 0
        """How many files, since the start."""

    def round(self, now: float) -> list[Path]:
        """Look at each file that nobody has open; returns where those lie that were put aside.

        ``now`` (seconds since 1970) goes into their names. What goes wrong is told once, and tried again next time.
        """
        aside = []
        try:
            for path in sorted(self._folder.iterdir()):
                if path.is_file() and not path.name.endswith(_ASIDE) and not path.name.startswith(_TEMPORARY):
                    aside += self._look(path, now)
        except OSError as error:
            trouble = f"{error.strerror}: {error.filename}"
            if trouble != self._trouble:
                log("error", "the Collector's queue cannot be checked", error=trouble)
            self._trouble = trouble
        else:
            self._trouble = ""
        return aside

    def _look(self, path: Path, now: float) -> list[Path]:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            state = (found.st_ino, found.st_size, found.st_mtime_ns)
            if self._sound.get(path) == state:
                return []
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # bbolt's own way; let go of when the file is closed
            except BlockingIOError:
                return []
            try:
                check(file)
            except Damaged as damage:
                self.put_aside += 1
                return [_put_aside(path, now, damage)]
            self._sound[path] = state
            return []


def _put_aside(path: Path, now: float, damage: Damaged) -> Path:
    stamp = f"{datetime.fromtimestamp(now, timezone.utc):%Y%m%dT%H%M%S}"
    aside = path.with_name(f"{path.name}.{stamp}{_ASIDE}")
    path.rename(aside)
    log(
        "error",
        "a queue of the Collector was damaged and is put aside: what waited in it is lost; delete the file",
        file=aside,
        damage=damage,
    )
    return aside
