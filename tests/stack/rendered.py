"""``docker-compose.yml`` as the real Docker Compose reads it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from otel_trading.stack.files import PARTS
from tests.stack.harness.built import built

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

REPOSITORY = Path(__file__).resolve().parents[2]

SECRETS = {
    "OTLP_TOKEN": "a-token",
    "REDACTION_KEY": "a-key",
    "GRAFANA_PASSWORD": "a-password",
    "GRAFANA_SECRET_KEY": "another-key",
}
"""What has no default."""

SERVICES = ("folders", "collector", "keeper", "loki", "tempo", "prometheus", "grafana")
ONE_SHOT = "folders"

VARIANTS = {
    "plain": ("docker-compose.yml",),
    "TLS": ("docker-compose.yml", "docker-compose.tls.yml"),
}

Service = dict[str, Any]
"""One service, as ``docker compose config`` writes it."""


def compose(directory: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Docker Compose in a folder, with nothing of the developer's environment; it needs no Docker daemon here."""
    return subprocess.run(
        [built("compose"), *arguments],
        cwd=directory,
        env={"PATH": os.environ["PATH"], "HOME": "/", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def rendered(directory: Path = REPOSITORY, settings: Mapping[str, str] = SECRETS, *files: str) -> dict[str, Any]:
    """Return what ``docker compose config`` makes of the files, under ``settings`` in place of a ``.env``."""
    chosen = [word for file in files or PARTS[:1] for word in ("--file", file)]
    done = compose(directory, *chosen, "--env-file", os.devnull, "config", "--format=json", **settings)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""  # a warning is an unset variable, or a key that Compose ignores
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def each(condition: Callable[[Service], object], services: Mapping[str, Service]) -> list[str]:
    """Return the names of the services that do not meet a condition."""
    return [name for name, service in services.items() if not condition(service)]
