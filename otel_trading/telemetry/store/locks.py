"""Who owns a file: the process that holds an ``flock`` on it.

The kernel gives the lock back when its owner dies, however it dies; a process id would not tell, as it is used
again by others.
``flock`` and not ``lockf``: the latter is lost when the same process opens and closes the file for reading.
It belongs to the open file, which a forked child shares: so a child closes, at once, what it inherited.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_held: set[int] = set()


def create(path: Path) -> int:
    """Create a file for appending, owned by this process, with the mode 0600; return its descriptor.

    Raises OSError; FileExistsError or BlockingIOError where another process was faster.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_RDWR | os.O_CLOEXEC, 0o600)
    return _own(descriptor)


def take(path: Path) -> int | None:
    """Take over a file whose owner is gone; None where it has an owner, or is no more."""
    try:
        return _own(os.open(path, os.O_RDWR | os.O_CLOEXEC))
    except (FileNotFoundError, BlockingIOError):
        return None


def _own(descriptor: int) -> int:
    """Lock an open file, and make sure that it was not removed before the lock was ours."""
    _held.add(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(descriptor).st_nlink == 0:
            raise BlockingIOError
    except OSError:
        release(descriptor)
        raise
    return descriptor


def release(descriptor: int) -> None:
    """Give a file back, and close it."""
    # Forgotten first: the number of a closed file may belong to another one by the time of a fork.
    _held.discard(descriptor)
    with contextlib.suppress(OSError):  # an error reported late; what was written is with the kernel
        os.close(descriptor)


def is_owned(descriptor: int) -> bool:
    """Tell whether some process owns this open file."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False


def _forget_in_child() -> None:
    for descriptor in tuple(_held):
        release(descriptor)


os.register_at_fork(after_in_child=_forget_in_child)
