"""What the checks look at: an environment, the settings in it, a store, and what was measured once for several."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from otel_trading.doctor.declared import exporter_names, file_targets, secrets
from otel_trading.doctor.measured import newest_points
from otel_trading.doctor.receiver.send import send_all
from otel_trading.doctor.receiver.target import targets
from otel_trading.telemetry.store.reader import StoreReader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from opentelemetry.configuration import OpenTelemetryConfiguration

    from otel_trading.config_file import ConfigFile
    from otel_trading.doctor.measured import Point
    from otel_trading.doctor.receiver.outcome import Outcome
    from otel_trading.doctor.receiver.target import Target
    from otel_trading.settings import Problem, Settings
    from otel_trading.telemetry.store.layout import Signal

DAY_NS = 86_400 * 1_000_000_000


@dataclass(frozen=True)
class Situation:
    """All that a check may ask for.

    ``environ`` is the environment a bot would be started in, ``effective`` the same with the defaults of the
    distribution. ``services`` limits what is read of the store (none: all), ``timeout`` is in seconds, ``now_ns``
    in nanoseconds since the epoch. With ``offline`` nothing is sent. ``file`` is the configuration file, if any.
    """

    environ: Mapping[str, str]
    effective: Mapping[str, str]
    settings: Settings
    problems: list[Problem]
    store: Path
    now_ns: int
    services: tuple[str, ...] = ()
    timeout: float = 5.0
    offline: bool = False
    file: ConfigFile | None = None
    python: tuple[int, int] = field(default_factory=lambda: sys.version_info[:2])

    @cached_property
    def reader(self) -> StoreReader:
        """The store; what could not be read is in its warnings."""
        return StoreReader(self.store, services=self.services or None)

    @cached_property
    def points(self) -> list[Point]:
        """The newest points of our own metrics of each process that wrote some within a day."""
        return newest_points(self.reader, self.now_ns - DAY_NS)

    @cached_property
    def targets(self) -> list[Target]:
        """Where each signal goes that goes to an OTLP receiver."""
        if self.file is None:
            return targets(self.effective)
        return [] if self.model is None else list(file_targets(self.model, self.environ))

    @cached_property
    def outcomes(self) -> list[Outcome]:
        """What became of a test record of each of these signals; sent at the first question, once."""
        return [] if self.offline else send_all(self.targets, self.effective, self.timeout)

    @property
    def keeps_store(self) -> bool:
        """Whether some signal goes to the local store."""
        return any("otel_trading" in self.exporters(signal) for signal in SIGNALS)

    @property
    def model(self) -> OpenTelemetryConfiguration | None:
        """What the configuration file says, where there is one that can be used."""
        return self.file.model if self.file is not None else None

    @property
    def secrets(self) -> Mapping[str, str]:
        """What must not be shown, by names that say so: of the environment, and of the file."""
        return {**self.environ, **secrets(self.model, self.settings)}

    def exporters(self, signal: str) -> list[str]:
        """Return the names of the exporters of a signal, as the file has them, else the variables."""
        if self.file is None:
            return exporters(self.effective, signal)
        return ["otel_trading"] if self.file.model is None else exporter_names(self.file.model, signal)


SIGNALS: tuple[Signal, ...] = ("traces", "logs", "metrics")


def exporters(environ: Mapping[str, str], signal: str) -> list[str]:
    """Return the names of the exporters of a signal, as ``OTEL_TRACES_EXPORTER`` and its like give them."""
    names = environ.get(f"OTEL_{signal.upper()}_EXPORTER", "")
    return [name.strip() for name in names.split(",") if name.strip() and name.strip().lower() != "none"]
