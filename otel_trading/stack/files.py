"""The files of the stack: where they are, and laying them out for Docker Compose."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS = (
    "docker-compose.yml",
    "docker-compose.tls.yml",
    "collector",
    "loki",
    "tempo",
    "prometheus",
    "grafana",
    "keeper",
)
"""What belongs to the stack: files and folders that lie side by side."""

FILE_MODE = 0o644
"""The containers run as users of their own: they read what everyone may read. No file here holds a secret."""

FOLDER_MODE = 0o755
"""The same."""


class StackError(Exception):
    """The stack's files cannot be laid out; the message says why and what to do."""


@dataclass(frozen=True)
class Laid:
    """What laying out did: files that were written, that were there just so, and that were there and differ (kept)."""

    written: tuple[PurePosixPath, ...]
    same: tuple[PurePosixPath, ...]
    kept: tuple[PurePosixPath, ...]
    unreadable: tuple[PurePosixPath, ...]
    """Of those that were there: files that the containers' users may not read."""


def bundle() -> Path:
    """Return the folder that holds ``PARTS``: in an installed package, else the source tree.

    Raises StackError where they are in neither.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "files", here.parents[1]):
        if (folder / PARTS[0]).is_file():
            return folder
    raise StackError(f"the files of the stack are missing beside {here}: install otel-trading again")


def bundled() -> Iterator[PurePosixPath]:
    """Yield the stack's files, relative to ``bundle()``. Raises StackError where there are none."""
    root = bundle()
    for part in PARTS:
        path = root / part
        for found in [path] if path.is_file() else sorted(path.rglob("*")):
            if found.is_file() and "__pycache__" not in found.parts:
                yield PurePosixPath(found.relative_to(root).as_posix())


def lay_out(directory: Path) -> Laid:
    """Copy into ``directory`` what is not there yet; a file that is there stays as it is.

    Raises StackError where the files are missing from this installation, OSError where one cannot be written.
    """
    root = bundle()
    written: list[PurePosixPath] = []
    same: list[PurePosixPath] = []
    kept: list[PurePosixPath] = []
    unreadable: list[PurePosixPath] = []
    for name in bundled():
        content = (root / name).read_bytes()
        target = directory / name
        if _write_new(directory, name, content):
            written.append(name)
            continue
        (same if target.read_bytes() == content else kept).append(name)
        if not _readable_by_all(directory, name):
            unreadable.append(name)
    return Laid(tuple(written), tuple(same), tuple(kept), tuple(unreadable))


def _write_new(directory: Path, name: PurePosixPath, content: bytes) -> bool:
    """Write a file that is not there yet; return whether it was not."""
    for folder in reversed(name.parents[:-1]):
        path = directory / folder
        if not path.is_dir():
            path.mkdir()
            path.chmod(FOLDER_MODE)  # whatever the umask
    try:
        descriptor = os.open(directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    except FileExistsError:
        return False
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor, not a path
        os.fchmod(descriptor, FILE_MODE)  # the same
        file.write(content)
    return True


def _readable_by_all(directory: Path, name: PurePosixPath) -> bool:
    """Return whether the containers' users may read a file; Compose itself reads those at the top."""
    if len(name.parts) == 1:
        return True
    folders = (directory / folder for folder in name.parents[:-1])
    return bool((directory / name).stat().st_mode & 0o004) and all(path.stat().st_mode & 0o001 for path in folders)
