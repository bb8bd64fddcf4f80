"""What the store says when it cannot write: which folder, which setting, which remedy."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.telemetry.store.limits import StoreLimits

_ELSEWHERE = "set OTEL_TRADING_STORE to a folder that can be written"


class StoreError(Exception):
    """The local store could not be written.

    ``folder`` is the folder of the service, ``errno`` the operating system's error number. The message names
    both, the setting that matters and the remedy.
    """

    def __init__(self, message: str, *, folder: Path, errno: int) -> None:
        super().__init__(message)
        self.folder = folder
        self.errno = errno


def explain(error: OSError, folder: Path, limits: StoreLimits) -> StoreError:
    """Turn what the operating system said into what a user can act upon."""
    number = error.errno or errno.EIO
    reason = os.strerror(number)
    where = f" (at {error.filename})" if error.filename and str(error.filename) != str(folder) else ""
    return StoreError(
        f"Telemetry cannot be stored in {folder}: {reason}{where}. {_remedy(number, limits)}",
        folder=folder,
        errno=number,
    )


def _remedy(number: int, limits: StoreLimits) -> str:
    if number in {errno.ENOSPC, errno.EDQUOT}:
        return (
            f"Free some space, lower OTEL_TRADING_STORE_MAX_BYTES (now {limits.max_bytes}) or "
            f"OTEL_TRADING_STORE_MAX_DAYS (now {limits.max_days:g}), or set OTEL_TRADING_STORE to a folder on "
            "a larger disk. Storing goes on by itself when there is space."
        )
    if number == errno.EFBIG:
        return (
            "The limit for the size of a file (ulimit -f) is smaller than one line of telemetry or than "
            f"OTEL_TRADING_STORE_FILE_BYTES (now {limits.file_bytes}, turned every {limits.file_seconds:g} s as "
            "OTEL_TRADING_STORE_FILE_SECONDS says): raise the first or lower the second."
        )
    return _REMEDIES.get(number, f"Check the disk, or {_ELSEWHERE}.")


_IN_THE_WAY = f"A file stands where a folder is needed: move it away, or {_ELSEWHERE}."
_NO_RIGHT = f"Give this user the right to write there, or {_ELSEWHERE}."
_TOO_MANY = "Too many files are open: raise the limit (ulimit -n). Storing goes on by itself then."
_REMEDIES = {
    errno.EROFS: f"The file system is mounted read-only: {_ELSEWHERE}, or mount it for writing.",
    errno.EACCES: _NO_RIGHT,
    errno.EPERM: _NO_RIGHT,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.EMFILE: _TOO_MANY,
    errno.ENFILE: _TOO_MANY,
}
