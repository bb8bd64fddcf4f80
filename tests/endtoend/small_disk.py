"""A disk of a few pages: a tmpfs that a bot has mounted for itself, in a namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import lru_cache
from typing import TYPE_CHECKING

import pytest

from tests.stack.harness.built import REQUIRED

if TYPE_CHECKING:
    from pathlib import Path

_MOUNT = 'mount -t tmpfs -o size=256k none "$0" && exec "$@"'
# As root of this machine where that may mount; else as root of a namespace of users.
_WAYS = (["unshare", "-m"], ["unshare", "-rm"])


def on_a_small_disk(folder: Path) -> list[str]:
    """Return what to put before a command so that it finds a disk of 256 KiB at ``folder``.

    Skips the test where nobody may mount, but not where nothing may be skipped.
    """
    folder.mkdir()
    way = _way(str(folder))
    if way is None:
        if os.environ.get(REQUIRED):
            pytest.fail(f"no small disk can be mounted here, and {REQUIRED} is set: run this as root")
        pytest.skip("no small disk can be mounted here: needs root, or unprivileged namespaces")
    return [*way, "sh", "-c", _MOUNT, str(folder)]


@lru_cache(maxsize=1)
def _way(folder: str) -> list[str] | None:
    if shutil.which("unshare") is None:
        return None
    for way in _WAYS:
        tried = subprocess.run([*way, "sh", "-c", _MOUNT, folder, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return list(way)
    return None
