"""Where built servers lie."""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from servers.table import SERVERS

if TYPE_CHECKING:
    from servers.table import Server

# Static, without the paths of this machine, without debugging tables: small, quick to link, the same everywhere.
BUILD_FLAGS = ("-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags=-s -w")


def cache_folder() -> Path:
    """Return the folder of built servers: in ``$XDG_CACHE_HOME``, else in ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "otel-trading" / "servers"


def place(server: Server) -> Path:
    """Return where ``server`` lies once it is built; the name holds a digest of all that decides its content."""
    digest = hashlib.sha256("\0".join((platform.system(), platform.machine(), *BUILD_FLAGS)).encode())
    for path in server.manifests:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return cache_folder() / f"{server.name}-{digest.hexdigest()[:16]}"


def binary(name: str) -> Path | None:
    """Return the built server of that name, None where it is not built.

    Raises KeyError for a name that ``SERVERS`` lacks.
    """
    path = place({server.name: server for server in SERVERS}[name])
    return path if path.is_file() else None
