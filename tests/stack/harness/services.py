"""What ``docker-compose.yml`` says of a service, translated from its container to this machine."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.stack.rendered import REPOSITORY, rendered

if TYPE_CHECKING:
    from pathlib import Path


class Service(NamedTuple):
    """The command line (without the program) and the environment, with paths of this machine; its memory's bound."""

    command: list[str]
    environment: dict[str, str]
    memory_bytes: int


def service(name: str, settings: dict[str, str], volumes: Path) -> Service:
    """Return a service as Docker Compose reads it under ``settings`` (the variables of ``.env``).

    Files and folders that Compose mounts are taken from where they lie; its named volumes become folders in
    ``volumes``.
    """
    spec = _rendered(tuple(sorted(settings.items())))["services"][name]
    places = {mount["target"]: _place(mount, volumes) for mount in spec.get("volumes", [])}
    places |= {path: str(_made(volumes / f"{name}-tmp")) for path in _temporary(spec)}

    def here(text: str) -> str:
        for target, place in places.items():
            # A path stands alone or behind = or : in an option; what goes on after it is another path.
            text = re.sub(rf"(?<![\w/.-]){re.escape(target)}(?=/|$)", place, text)
        return text

    command = [here(word) for word in spec.get("command") or []]
    environment = {key: here(str(value)) for key, value in (spec.get("environment") or {}).items() if value is not None}
    return Service(command, environment, int(spec["mem_limit"]))


def _place(mount: dict[str, Any], volumes: Path) -> str:
    if mount["type"] == "volume":
        return str(_made(volumes / mount["source"]))
    return str(mount["source"])


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _temporary(spec: dict[str, Any]) -> list[str]:
    return [str(entry).partition(":")[0] for entry in spec.get("tmpfs") or []]


@functools.cache
def _rendered(settings: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return rendered(REPOSITORY, dict(settings))
