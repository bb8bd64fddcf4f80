"""Retention: what is too old or too much goes, the oldest first; a file that has an owner never."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from otel_trading.telemetry.store import locks
from otel_trading.telemetry.store.layout import (
    INDEX,
    PACKED,
    RAW,
    TEMPORARY,
    is_ours,
    names,
    opened_at,
    stem_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.telemetry.store.limits import StoreLimits

_DAY = 86_400.0
_STALE_SECONDS = 3600.0


def retain(folder: Path, limits: StoreLimits, *, now: float | None = None) -> list[str]:
    """Remove closed files beyond the limits; return the stems of those removed. Raises OSError.

    Only files that a writer of this module named are touched, but all count against ``max_bytes``. ``now`` is
    seconds since the epoch.
    """
    moment = time.time() if now is None else now
    sizes, ages = _measured(folder, moment)
    _sweep_leftovers(folder, sizes, ages)
    total = sum(sizes.values())
    removed = []
    present = {stem for name in sizes if (stem := stem_of(name)) and is_ours(stem)}
    for stem in sorted(present, key=opened_at):
        age = min(ages.get(stem + suffix, moment) for suffix in (RAW, PACKED))
        too_old = limits.max_days > 0 and age > limits.max_days * _DAY
        too_much = 0 < limits.max_bytes < total
        if (too_old or too_much) and _remove(folder, stem):
            removed.append(stem)
            total -= sum(sizes.get(stem + suffix, 0) for suffix in (RAW, PACKED, INDEX))
    return removed


def _measured(folder: Path, moment: float) -> tuple[dict[str, int], dict[str, float]]:
    """Return the size in bytes and the age in seconds of each file, but of none that vanishes meanwhile."""
    sizes: dict[str, int] = {}
    ages: dict[str, float] = {}
    for name in names(folder):
        with contextlib.suppress(FileNotFoundError):
            status = (folder / name).stat()
            sizes[name] = status.st_size
            ages[name] = moment - status.st_mtime
    return sizes, ages


def _remove(folder: Path, stem: str) -> bool:
    """Remove a file in each of its forms; False where it has an owner."""
    raw = folder / (stem + RAW)
    descriptor = locks.take(raw)
    if descriptor is None and raw.exists():
        return False
    try:
        for suffix in (RAW, PACKED, INDEX):
            (folder / (stem + suffix)).unlink(missing_ok=True)
    finally:
        if descriptor is not None:
            locks.release(descriptor)
    return True


def _sweep_leftovers(folder: Path, sizes: dict[str, int], ages: dict[str, float]) -> None:
    """Remove what a crash left: half-written files, and indexes whose file is gone."""
    for name in tuple(sizes):
        stem = name.partition(".jsonl")[0].partition(INDEX)[0]
        alone = stem + RAW not in sizes and (name.endswith(TEMPORARY) or stem + PACKED not in sizes)
        leftover = name.endswith((TEMPORARY, INDEX)) and alone
        if leftover and ages[name] > _STALE_SECONDS and is_ours(stem):
            (folder / name).unlink(missing_ok=True)
            del sizes[name]
