"""What the keeper is told by its environment, checked once at the start."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# Prometheus reads sizes so (--storage.tsdb.retention.size), hence all three limits in .env are written alike.
_UNITS = {"": 1, "B": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
_SIZE = re.compile(r"(\d+) ?(|B|KB|MB|GB|TB)")
_DURATION = re.compile(r"(?=\d)(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
_LEAST_BYTES = 256 * 2**20
# A server reads its file each ten seconds, and its rate limiter asks for the new rate each ten seconds.
_UNTIL_IT_HOLDS = 20


class SettingError(ValueError):
    """A setting is wrong; the message names the variable and the remedy."""


@dataclass(frozen=True)
class Store:
    """One server's folder and what it may take; times in seconds.

    ``longest`` is the retention by time, ``floor`` the shortest that the keeper asks for, ``lag`` how long after that
    the files are gone; ``fastest`` the bytes a second that the server takes by its own configuration, ``reaction`` how
    long it takes from one decision until the next one holds.
    """

    name: str
    folder: Path
    override: Path
    limit: int
    longest: int
    floor: int
    lag: int
    fastest: int
    reaction: int


@dataclass(frozen=True)
class Settings:
    """All of it; ``interval`` in seconds."""

    stores: tuple[Store, ...]
    queues: Path | None
    interval: int
    host: str
    port: int


def read(environment: Mapping[str, str]) -> Settings:
    """Return the settings; raises SettingError for the first that is wrong."""
    floor = _duration(environment, "KEEPER_FLOOR", "1h")
    interval = _duration(environment, "KEEPER_INTERVAL", "15s")
    loki = _store(environment, "loki", "/loki", floor, interval)
    tempo = _store(environment, "tempo", "/var/tempo", floor, interval)
    host, port = _address(environment, "KEEPER_HTTP", "0.0.0.0:9108")
    queues = environment.get("COLLECTOR_STORAGE")
    return Settings((loki, tempo), Path(queues) if queues else None, interval, host, port)


# How long after its retention ends a file is gone. Loki: retention is applied each 15 min, the delay is 15 min, the
# sweep comes each minute. Tempo: the job that marks comes each 10 min, the delay is 15 min, the next job deletes.
_LAG = {"loki": "35m", "tempo": "40m"}
# As loki/loki.yaml and keeper/tempo_tenant.yaml have it.
_FASTEST = {"loki": 128 * 2**20, "tempo": 64 * 2**20}


def _store(environment: Mapping[str, str], name: str, folder: str, floor: int, interval: int) -> Store:
    prefix = name.upper()
    longest = _duration(environment, f"{prefix}_RETENTION", "720h")
    if longest < floor:
        raise SettingError(
            f"{prefix}_RETENTION is {longest} s, shorter than KEEPER_FLOOR ({floor} s), the least that is kept "
            f"whatever its size: set it to that or longer."
        )
    store = Store(
        name=name,
        folder=Path(environment.get(f"{prefix}_DATA") or folder),
        override=Path(environment.get(f"{prefix}_RUNTIME") or f"/etc/keeper/{name}.yaml"),
        limit=_size(environment, f"{prefix}_MAX_BYTES"),
        longest=longest,
        floor=floor,
        lag=_duration(environment, f"KEEPER_{prefix}_LAG", _LAG[name]),
        fastest=_FASTEST[name],
        reaction=interval + _UNTIL_IT_HOLDS,
    )
    _check(store, prefix)
    return store


def _check(store: Store, prefix: str) -> None:
    try:
        with os.scandir(store.folder):
            pass
    except OSError as error:
        raise SettingError(
            f"{prefix}_DATA={store.folder} cannot be read ({error.strerror}): mount {store.name}'s volume there, and "
            f"run the keeper as the same user as {store.name}."
        ) from error
    if not os.access(store.override.parent, os.W_OK | os.X_OK):
        raise SettingError(
            f"{prefix}_RUNTIME={store.override} cannot be written: mount a volume at {store.override.parent} that the "
            f"keeper's user (id {os.getuid()}) owns."
        )


def _size(environment: Mapping[str, str], name: str) -> int:
    text = environment.get(name, "").strip()
    if not text:
        raise SettingError(f"{name} is not set: say how much disk the store may take, 10GB for example.")
    found = _SIZE.fullmatch(text)
    if found is None:
        raise SettingError(f"{name}={text} is not a size: write bytes, or a number with KB, MB, GB or TB, 10GB say.")
    size = int(found[1]) * _UNITS[found[2]]
    if size < _LEAST_BYTES:
        raise SettingError(f"{name}={text} is less than 256MB: it is in bytes unless a unit follows, 10GB for example.")
    return size


def _duration(environment: Mapping[str, str], name: str, default: str) -> int:
    text = environment.get(name, "").strip() or default
    found = _DURATION.fullmatch(text)
    parts = () if found is None else zip(found.groups(), (3600, 60, 1), strict=True)
    seconds = sum(int(part or 0) * unit for part, unit in parts)
    if seconds == 0:
        # Loki takes days as well, Tempo's own file does not; one way of writing serves both.
        raise SettingError(
            f"{name}={text} is not a duration above zero: write hours, minutes or seconds, {default} say."
        )
    return seconds


def _address(environment: Mapping[str, str], name: str, default: str) -> tuple[str, int]:
    text = environment.get(name, "").strip() or default
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:  # noqa: PLR2004 - the highest port there is
        raise SettingError(f"{name}={text} is not an address: write host:port, {default} say.")
    return host, int(port)
