"""Moments as alpaca-py has them: ``datetime`` in its models, RFC 3339 in raw data, msgpack's own on its streams."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from otel_trading.instrumentation.toolkit.values import from_datetime

_NS_PER_S = 1_000_000_000
_RFC_3339 = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)")


def nanoseconds(moment: Any) -> int | None:
    """Return a moment in nanoseconds since the epoch; None for what is none."""
    if isinstance(moment, str):
        return _parsed(moment)
    seconds, rest = getattr(moment, "seconds", None), getattr(moment, "nanoseconds", None)
    if isinstance(seconds, int) and isinstance(rest, int):  # msgpack.Timestamp
        return seconds * _NS_PER_S + rest
    return from_datetime(moment)


def seconds(moment: Any) -> float | None:
    """Return a moment in seconds since the epoch; None for what is none."""
    found = nanoseconds(moment)
    return None if found is None else found / _NS_PER_S


def _parsed(moment: str) -> int | None:
    match = _RFC_3339.fullmatch(moment)
    if match is None:
        return None
    whole, fraction, zone = match.groups()
    found = datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone))
    return int(found.timestamp()) * _NS_PER_S + int((fraction or "").ljust(9, "0"))
