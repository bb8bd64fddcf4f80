"""Checks of the local store's folder: that it can be written, and that the disk and the limits leave room."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from typing import TYPE_CHECKING

from otel_trading.doctor.finding import error, fine, note, warning
from otel_trading.doctor.wording import size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation

_NEARLY = 0.9


def check_store(situation: Situation) -> Iterator[Finding]:
    """Find a store that cannot be written, a disk that is too small for it, and services that reached their limit."""
    folder = situation.store
    if not (situation.keeps_store or folder.exists()):
        yield fine("store", "Nothing is kept on this machine: all goes to the receiver")
        return
    there = _existing(folder)
    problem = _unwritable(there)
    if problem:
        remedy = "Give this user the right to write there, or set OTEL_TRADING_STORE to a folder that can be written."
        yield error("store.unwritable", f"The store {folder} cannot be written", problem, remedy=remedy)
        return
    used = {path.name: _bytes_in(path) for path in folder.iterdir() if path.is_dir()} if folder.is_dir() else {}
    room = list(_room(situation, there, used))
    full = [name for name, held in used.items() if held >= _NEARLY * situation.settings.store_max_bytes]
    if full:
        limit = size(situation.settings.store_max_bytes)
        yield note(
            "store.full",
            f"At its limit of {limit}: {', '.join(sorted(full))}",
            "the oldest files go first",
            remedy="Raise OTEL_TRADING_STORE_MAX_BYTES where older records are wanted.",
        )
    yield from room or [fine("store", f"The store {folder} can be written; it holds {size(sum(used.values()))}")]


def _room(situation: Situation, there: Path, used: dict[str, int]) -> Iterator[Finding]:
    free, limit = shutil.disk_usage(there).free, situation.settings.store_max_bytes
    held = f"free {size(free)}, held {size(sum(used.values()))}, limit of each service {size(limit)}"
    remedy = "Free some space, lower OTEL_TRADING_STORE_MAX_BYTES, or set OTEL_TRADING_STORE to a larger disk."
    if free < situation.settings.store_file_bytes:
        title = "The disk of the store is nearly full: records are about to be lost"
        yield error("store.no_space", title, held, remedy=remedy)
    elif free < sum(max(limit - each, 0) for each in used.values() or [0]):
        title = "The store may grow beyond the free space of its disk"
        yield warning("store.space", title, held, remedy=remedy)


def _existing(folder: Path) -> Path:
    """Return the folder, or what of the way to it exists: a bot makes the rest."""
    while not folder.exists() and folder.parent != folder:
        folder = folder.parent
    return folder


def _unwritable(folder: Path) -> str:
    """Write and remove a file; return why that is not possible, empty where it is."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-") as file:
            file.write(b"otel-trading doctor")
            file.flush()
    except OSError as problem:
        return f"{folder}: {problem.strerror}"
    return ""


def _bytes_in(folder: Path) -> int:
    total = 0
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):  # turned or removed meanwhile
            total += path.stat().st_size
    return total
