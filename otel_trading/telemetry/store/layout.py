"""Names on disk: one folder a service, one file a signal and process, in the order of time.

``<root>/<service>/<signal>-<UTC time>-<pid>-<random>`` is a *stem*. Its data is in ``<stem>.jsonl`` while it
is written, then in ``<stem>.jsonl.gz`` with ``<stem>.idx`` beside it. It never goes back.
"""

from __future__ import annotations

import hashlib
import os
import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from pathlib import Path

Signal = Literal["traces", "logs", "metrics"]
"""What a file holds: never two of them in one, as OpenTelemetry's file exporter specification wants."""

RAW = ".jsonl"
PACKED = ".jsonl.gz"
INDEX = ".idx"
TEMPORARY = ".tmp"

_OURS = re.compile(r"(?:traces|logs|metrics)-\d{8}T\d{6}\.\d{6}Z-\d+-[0-9a-f]{8}")
_LONGEST_NAME = 150
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)

_last_name = 0


def folder_name(service: str) -> str:
    """Return the name of a service as a folder name that is safe, and from which the service can be read.

    Percent-encoding keeps two services apart that differ only in a forbidden character. A very long name is
    cut, and a hash keeps it apart from others.
    """
    name = quote(service or "unknown_service", safe="", errors="replace")
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) > _LONGEST_NAME:
        digest = hashlib.blake2b(name.encode(), digest_size=8).hexdigest()
        name = f"{name[:_LONGEST_NAME]}~{digest}"
    return name


def service_name(folder: Path) -> str:
    """Return the service whose folder this is."""
    return unquote(folder.name)


def private_folder(root: Path, service: str) -> Path:
    """Return the folder of a service, made if need be with the mode 0700.

    Raises OSError where it cannot be made.
    """
    folder = root / folder_name(service)
    for path in (root, folder):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def new_stem(signal: Signal, seconds: float) -> str:
    """Return a name that sorts by time and that no other process, child or restart will choose.

    The names of one process sort in the order in which they were made, whatever its clock does.
    """
    global _last_name  # noqa: PLW0603  # one sequence a process
    _last_name = max(round(seconds * 1e6), _last_name + 1)
    moment = _EPOCH + timedelta(microseconds=_last_name)
    return f"{signal}-{moment:%Y%m%dT%H%M%S.%f}Z-{os.getpid()}-{os.urandom(4).hex()}"


def is_ours(stem: str) -> bool:
    """Tell whether a writer of this module chose the name: only such files are ever changed or removed."""
    return _OURS.fullmatch(stem) is not None


def opened_at(stem: str) -> str:
    """Return the part of a stem that sorts by time, whatever the signal."""
    return stem.partition("-")[2]


def stem_of(name: str) -> str | None:
    """Return the stem of a data file's name, or None where it is no data file."""
    for suffix in (PACKED, RAW):
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return None


def stems(folder: Path, signal: Signal) -> list[str]:
    """Return the stems of a signal in a folder, oldest first; none where there is no such folder.

    A folder is read twice, because a file that is compressed during a listing may be missed by it under both
    of its names; it cannot be missed by the second one too.
    """
    found: set[str] = set()
    for _ in range(2):
        found.update(stem for name in names(folder) if (stem := stem_of(name)) and name.startswith(f"{signal}-"))
    return sorted(found, key=opened_at)


def names(folder: Path) -> list[str]:
    """Return the names in a folder; none where there is no such folder."""
    try:
        return [path.name for path in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
