"""Builds a server from its pinned Go modules."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from servers.cache import BUILD_FLAGS, cache_folder, place
from servers.table import HERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from servers.table import Server

_BUILDER = "go.opentelemetry.io/collector/cmd/builder"


class BuildError(Exception):
    """A server could not be built; the message holds the end of what the Go command said."""


def build(server: Server) -> Path:
    """Build ``server`` where it is missing; returns its place. Raises BuildError.

    Several processes may call it at once: one builds, the others wait and find it done.
    """
    if shutil.which("go") is None:
        raise BuildError("the go command is missing: install Go 1.26 or newer, then run make servers again")
    with _alone():
        target = place(server)
        if not target.is_file():
            with tempfile.TemporaryDirectory(prefix=f"{server.name}-") as folder:
                _compile(server, Path(folder))
    return target


@contextmanager
def _alone() -> Iterator[None]:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _compile(server: Server, folder: Path) -> None:
    for manifest in (HERE / server.folder).iterdir():
        shutil.copy(manifest, folder)
    if server.generated:
        _generate(folder)
    _download(server, folder)
    made = place(server).with_suffix(".part")
    _go(folder, "build", *BUILD_FLAGS, "-o", str(made), server.package)
    made.rename(place(server))


def _generate(folder: Path) -> None:
    """Write the Collector's main package; go.mod stays ours, so a component that it lacks fails the build."""
    builder = folder / ".builder"
    _go(HERE / "builder", "build", *BUILD_FLAGS, "-o", str(builder), _BUILDER)
    _run(folder, str(builder), "--config=builder.yaml", "--skip-compilation", "--skip-get-modules")


def _download(server: Server, folder: Path, attempts: int = 3) -> None:
    """Bring the modules; a download may fail once in a while, and go takes up where it stopped."""
    try:
        _go(folder, "list", "-mod=readonly", "-deps", "-f", "{{.ImportPath}}", server.package)
    except BuildError:
        if attempts == 1:
            raise
        _download(server, folder, attempts - 1)


def _go(folder: Path, *arguments: str) -> None:
    _run(folder, "go", *arguments)


def _run(folder: Path, *command: str) -> None:
    environment = os.environ | {"CGO_ENABLED": "0", "GOFLAGS": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        raise BuildError(f"{' '.join(command[:2])} failed:\n{done.stderr[-4000:]}")
