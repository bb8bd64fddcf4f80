"""TraceQL by Grafana's own grammar, which is a module of Node: ``python -m tests.stack.harness.traceql`` installs it.

Its versions are pinned in ``tests/stack/traceql``; it lies in the user's cache folder, by the digest of those files.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from servers.cache import cache_folder
from tests.stack.harness.built import REQUIRED

_FILES = Path(__file__).resolve().parents[1] / "traceql"
_SECONDS = 300.0


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is missing: install Node 20 or newer")
    return found


def folder() -> Path:
    """Return where the grammar lies once it is installed."""
    content = b"\0".join(path.read_bytes() for path in sorted(_FILES.iterdir()))
    return cache_folder().parent / f"traceql-{hashlib.sha256(content).hexdigest()[:16]}"


def install() -> Path:
    """Install the grammar where it is missing; raises CalledProcessError, or FileNotFoundError where npm is missing."""
    place = folder()
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        made = place.with_suffix(f".{os.getpid()}")
        shutil.copytree(_FILES, made)
        command = [_program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, cwd=made, check=True, timeout=_SECONDS)
        made.rename(place)
    return place


def troubles(queries: list[str]) -> list[list[str]]:
    """Return for each query the places that are no TraceQL; skips the test where the grammar is not installed."""
    place = folder()
    if not place.is_dir() or shutil.which("node") is None:
        reason = "TraceQL's grammar is not installed: make servers (it needs Node)"
        assert not os.environ.get(REQUIRED), f"{reason} ({REQUIRED} is set)"
        pytest.skip(reason)
    done = subprocess.run(
        [_program("node"), "check.js"],
        cwd=place,
        input=json.dumps(queries),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[list[str]] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    if shutil.which("npm") is None:
        sys.stdout.write("traceql    not installed: there is no npm (Node 20 or newer)\n")
    else:
        sys.stdout.write(f"traceql    {install()}\n")
