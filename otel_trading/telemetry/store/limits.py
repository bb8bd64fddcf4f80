"""How much the local store may keep, and when it turns to a new file."""

from __future__ import annotations

from typing import NamedTuple

_SHARES = 8
"""A file is never more than this part of what may be kept: else nothing could ever be removed."""


class StoreLimits(NamedTuple):
    """The limits of one service's folder.

    ``max_bytes`` (OTEL_TRADING_STORE_MAX_BYTES) and ``max_days`` (OTEL_TRADING_STORE_MAX_DAYS) bound what is
    kept, compressed files, indexes and open files together; 0 means no bound. ``file_bytes``
    (OTEL_TRADING_STORE_FILE_BYTES) and ``file_seconds`` (OTEL_TRADING_STORE_FILE_SECONDS) say when a file is
    closed and the next one begun.
    """

    max_bytes: int = 5 * 1024**3
    max_days: float = 30.0
    file_bytes: int = 64 * 1024**2
    file_seconds: float = 3600.0

    @property
    def turn_bytes(self) -> int:
        """The size at which a file is closed, made smaller where the whole store may be small."""
        return min(self.file_bytes, self.max_bytes // _SHARES) if self.max_bytes else self.file_bytes
