"""Sizes and durations as a reader takes them in at a glance."""

from __future__ import annotations

_KILO = 1024
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def size(count: float) -> str:
    """Return a number of bytes, as ``5.0 GiB``."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < _KILO:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= _KILO
    return f"{count:.1f} TiB"


def duration(seconds: float) -> str:
    """Return seconds, as ``12 min``."""
    for unit, length in (("d", _DAY), ("h", _HOUR), ("min", _MINUTE)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s"


def offset(seconds: float) -> str:
    """Return an offset of two clocks, with its sign: ``+1.250 s``."""
    return f"{seconds:+.3f} s"
