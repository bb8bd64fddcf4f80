"""Points in time as a user gives them: ``2h`` ago, a date, a date and time."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import click

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)")
_FORMATS = (
    "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d",
)
_ZONE = re.compile(r"(.*T.*?)(Z|[+-]\d\d:?\d\d)", re.IGNORECASE)

WHEN = "2h|2026-11-23T12:00"
"""How to write a point in time, for help texts."""


def nanoseconds(text: str | None, option: str, *, now_ns: int, local: bool) -> int | None:
    """Return a point in time in nanoseconds since the epoch; None for None.

    A number with s, m, h, d or w is that long before now. A date or a date and time without a zone is in
    UTC, or with ``local`` in this machine's zone. Raises :class:`click.BadParameter` naming ``option``.
    """
    if text is None:
        return None
    ago = _AGO.fullmatch(text.strip().lower())
    if ago:
        return now_ns - int(float(ago[1]) * _UNITS[ago[2]] * 1e9)
    found = _moment(text.strip(), local=local)
    if found is None:
        raise click.BadParameter(
            f"{text!r} is neither a time before now, such as 90s, 30m, 2h, 1d or 1w, nor a time such as"
            " 2026-11-23, 2026-11-23T12:00 or 2026-11-23T12:00:30Z",
            param_hint=option,
        )
    return int(found.timestamp()) * 10**9 + found.microsecond * 1000


def _moment(text: str, *, local: bool) -> datetime | None:
    written = text.replace(" ", "T", 1).upper()
    zoned = _ZONE.fullmatch(written)
    for form in _FORMATS:
        try:
            if zoned:
                return datetime.strptime(f"{zoned[1]}{zoned[2].replace('Z', '+0000')}", f"{form}%z")
            naive = datetime.strptime(written, form)  # noqa: DTZ007 - the zone follows from the option
        except ValueError:
            continue
        return naive.astimezone() if local else naive.replace(tzinfo=timezone.utc)
    return None
