"""Which servers there are, and what each is built from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Server:
    """One binary.

    ``folder`` holds its ``go.mod`` and ``go.sum``, ``package`` is the Go package of its ``main``; ``generated`` tells
    that the main package is written by the OpenTelemetry Collector Builder from ``builder.yaml`` beside them.
    """

    name: str
    folder: str
    package: str
    generated: bool = False

    @property
    def manifests(self) -> tuple[Path, ...]:
        """The files that decide what is built."""
        folders = [self.folder, "builder"] if self.generated else [self.folder]
        return tuple(path for folder in folders for path in sorted((HERE / folder).iterdir()))


# The quick ones first: who waits sees that it works.
SERVERS = (
    Server("templates", "templates", "."),
    Server("compose", "compose", "github.com/docker/compose/v5/cmd"),
    Server("prometheus", "prometheus", "github.com/prometheus/prometheus/cmd/prometheus"),
    Server("promtool", "prometheus", "github.com/prometheus/prometheus/cmd/promtool"),
    Server("collector", "collector", ".", generated=True),
    Server("loki", "loki", "github.com/grafana/loki/v3/cmd/loki"),
)
