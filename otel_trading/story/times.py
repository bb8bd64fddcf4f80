"""Points in time and durations, written for people. All are integer nanoseconds."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_US, _MS, _S = 10**3, 10**6, 10**9
_MINUTE, _HOUR, _DAY = 60 * _S, 3600 * _S, 86400 * _S


def moment(time_ns: int, *, local: bool = False) -> datetime:
    """Return a point in time, to the microsecond, in UTC or in the machine's time zone."""
    utc = _EPOCH + timedelta(microseconds=time_ns // _US)
    return utc.astimezone() if local else utc


def iso(time_ns: int) -> str:
    """Write a point in time as ISO 8601 in UTC, to the nanosecond."""
    return f"{moment(time_ns):%Y-%m-%dT%H:%M:%S}.{time_ns % _S:09d}Z"


def clock(time_ns: int, *, local: bool = False) -> str:
    """Write the time of day to the microsecond."""
    return f"{moment(time_ns, local=local):%H:%M:%S.%f}"


def zone(time_ns: int, *, local: bool = False) -> str:
    """Write the zone that times are shown in: Z for UTC, else the offset from it."""
    if not local:
        return "Z"
    offset = f"{moment(time_ns, local=True):%z}"
    return f"{offset[:3]}:{offset[3:5]}"


def duration(nanoseconds: int) -> str:
    """Write a duration with the digits that matter: 850 us, 46.1 ms, 1.284 s, 2 min 13 s, 1 d 03 h."""
    if nanoseconds < 0:
        return f"-{duration(-nanoseconds)}"
    if nanoseconds < _MS:
        return f"{nanoseconds / _US:.0f} us"
    if nanoseconds < _S:
        return f"{nanoseconds / _MS:.1f} ms"
    if nanoseconds < _MINUTE:
        return f"{nanoseconds / _S:.3f} s"
    for unit, name, part, part_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", _S, "s"),
    ):
        if nanoseconds >= unit:
            return f"{nanoseconds // unit} {name} {nanoseconds % unit // part:02d} {part_name}"
    raise AssertionError


def offset(nanoseconds: int) -> str:
    """Write the time since the start of a story, in a form that lines up: milliseconds, seconds, a clock."""
    sign, span = ("-", -nanoseconds) if nanoseconds < 0 else ("+", nanoseconds)
    if span < _S:
        return f"{sign}{span / _MS:.1f} ms"
    if span < _MINUTE:
        return f"{sign}{span / _S:.3f} s"
    hours, rest = divmod(span // _MS, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    clock_part = f"{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{sign}{hours}:{clock_part}" if hours else f"{sign}{clock_part}"
