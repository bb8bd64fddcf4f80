"""Where the spool is: ``<store>/<service>/spool/<signal>``, one file a process at a time, named as the store's are."""

from __future__ import annotations

import contextlib
import time
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

from otel_trading.telemetry.store.layout import folder_name, is_ours, names, opened_at, private_folder

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".spool"
_ROOM = "spool"
_LARGEST_FILE = 1 << 20
_LONGEST_OPEN = 600.0
_SHARES = 8
"""A file is never more than this part of what may be kept: else nothing could ever be removed."""


class SpoolLimits(NamedTuple):
    """What one signal of a service may keep waiting.

    ``max_bytes`` is OTEL_TRADING_SPOOL_MAX_BYTES, ``max_seconds`` OTEL_TRADING_SPOOL_MAX_SECONDS.
    """

    max_bytes: int
    max_seconds: float

    @property
    def file_bytes(self) -> int:
        """The size at which a file is closed: small, as it is read whole, and removed whole."""
        return min(_LARGEST_FILE, self.max_bytes // _SHARES)

    @property
    def file_seconds(self) -> float:
        """The age at which a file is closed, so that its name tells the age of all that is in it."""
        return min(_LONGEST_OPEN, self.max_seconds / _SHARES)


class Held(NamedTuple):
    """What a folder holds: bytes, and when the oldest file was begun (seconds since the epoch, 0 for none)."""

    size: int
    since: float


def spool_folder(root: Path, service: str, name: str) -> Path:
    """Return the folder of a signal of a service; there may be none yet."""
    return root / folder_name(service) / _ROOM / name


def private_spool_folder(root: Path, service: str, name: str) -> Path:
    """Return that folder, made if need be with the mode 0700. Raises OSError."""
    room = private_folder(root, service) / _ROOM
    for path in (room, room / name):
        path.mkdir(mode=0o700, exist_ok=True)
    return room / name


def spools(service_folder: Path) -> list[Path]:
    """Return the folders of all signals in the folder of a service."""
    room = service_folder / _ROOM
    return [room / name for name in sorted(names(room))]


def files(folder: Path) -> list[Path]:
    """Return the files in a folder, the oldest first. Raises OSError where it cannot be listed."""
    found = [name for name in names(folder) if name.endswith(SUFFIX) and is_ours(name.removesuffix(SUFFIX))]
    return [folder / name for name in sorted(found, key=opened_at)]


def begun(path: Path) -> float:
    """Return when a file was begun, in seconds since the epoch."""
    moment = path.name.split("-")[1]
    return datetime.strptime(moment, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=timezone.utc).timestamp()


def age(path: Path) -> float:
    """Return the seconds since a file was begun."""
    return time.time() - begun(path)


def size_of(path: Path) -> int:
    """Return the size of a file in bytes, 0 where it is gone."""
    with contextlib.suppress(OSError):
        return path.stat().st_size
    return 0


def held(folder: Path) -> Held:
    """Return what a folder holds; nothing where it cannot be read."""
    with contextlib.suppress(OSError):
        found = files(folder)
        return Held(sum(map(size_of, found)), begun(found[0]) if found else 0)
    return Held(0, 0)
