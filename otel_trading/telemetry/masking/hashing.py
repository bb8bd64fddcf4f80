"""Keyed hashes of ids: equal ids have equal hashes, and nobody without the key finds the id by trying all of them."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import logging
import os
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING

from otel_trading import settings

if TYPE_CHECKING:
    from pathlib import Path

_logger = logging.getLogger("otel_trading")

PREFIX = "h:"
KEY_FILE = "hash.key"
_DIGITS = 16
_KEY_BYTES = 32
_REMEMBERED = 1024


def hashed(value: str | int) -> str:
    """Return what stands for an id: ``h:`` and the first 16 hex digits of its HMAC-SHA256 (RFC 2104).

    A number and its decimal text have the same hash. The key is that of ``OTEL_TRADING_HASH_KEY``, else the one in
    the store's folder.
    """
    found = settings.current()
    return _hashed(found.hash_key, found.store, str(value))


@lru_cache(_REMEMBERED)
def _hashed(given: str, store: Path, value: str) -> str:
    key = given.encode() if given else _kept(store)
    digest = hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return f"{PREFIX}{digest[:_DIGITS]}"


@lru_cache(maxsize=8)
def _kept(store: Path) -> bytes:
    """Return the key in the store's folder, made if need be; one of this process only where nothing can be kept."""
    try:
        return _read_or_make(store / KEY_FILE)
    except OSError as error:
        _logger.warning(
            "account ids are hashed by a key of this process only, and do not join with other processes' (%s): "
            "set OTEL_TRADING_HASH_KEY, or OTEL_TRADING_STORE to a folder that can be written",
            error,
        )
        return secrets.token_bytes(_KEY_BYTES)


def _read_or_make(path: Path) -> bytes:
    """Read the key, or put one there whole: of several processes one wins, and all use its key."""
    with contextlib.suppress(FileNotFoundError):
        return _read(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_hex(_KEY_BYTES).encode())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was faster
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    return _read(path)


def _read(path: Path) -> bytes:
    key = path.read_bytes().strip()
    if len(key) < _KEY_BYTES:
        message = f"{path} holds no key"
        raise OSError(message)
    return key
