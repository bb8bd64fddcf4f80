"""What a replay has done so far, and what went wrong: counted, and told once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.telemetry.store.layout import Signal

_MOST_WARNINGS = 100


@dataclass
class Tally:
    """The records of one signal (spans, log records, data points)."""

    files: int = 0
    """Files looked at."""
    files_sent: int = 0
    """Files from which something was sent."""
    sent: int = 0
    """Records that the receiver acknowledged."""
    before: int = 0
    """Records in these files that needed no sending: an earlier replay had settled them."""
    refused: int = 0
    """Records that the receiver did not take."""
    doubted: int = 0
    """Records of a batch that was on its way when an earlier replay ended; sent again, or skipped on request."""
    repeated: int = 0
    """Records sent more than once because an answer was lost: the receiver may have got them more than once."""
    bytes_sent: int = 0
    """Bytes of the requests that were acknowledged, before compression."""


@dataclass
class Troubles:
    """What could not be read, and what else a user is to know; each is told once."""

    warnings: list[str] = field(default_factory=list)
    damaged: int = 0
    """How often something in the store could not be sent."""
    more: int = 0
    """How many warnings are not kept, because there are so many."""
    _garbage: dict[Path, tuple[int, bytes]] = field(default_factory=dict)

    def warn(self, message: str) -> None:
        """Tell of something, once."""
        if len(self.warnings) >= _MOST_WARNINGS:
            self.more += 1
        elif message not in self.warnings:
            self.warnings.append(message)

    def damage(self, message: str) -> None:
        """Tell of something that kept records from being sent."""
        self.damaged += 1
        self.warn(message)

    def garbage(self, path: Path, line: bytes) -> None:
        """Count a line that is no OTLP/JSON."""
        count, first = self._garbage.get(path, (0, line[:40]))
        self._garbage[path] = (count + 1, first)

    def told(self) -> list[str]:
        """Return a line for each of them."""
        skipped = [
            f"no OTLP/JSON, and left out of {path}: {count} {'line' if count == 1 else 'lines'}, first {first!r}"
            for path, (count, first) in self._garbage.items()
        ]
        return [*self.warnings, *([f"{self.more} warnings more"] if self.more else []), *skipped]


@dataclass
class Summary:
    """The outcome of a replay."""

    signals: dict[Signal, Tally]
    troubles: Troubles
    stopped: str = ""
    """Why it ended before everything was sent; empty where it did not."""
    remedy: str = ""
    interrupted: bool = False
    """Whether it was asked to end."""
    refused_files: list[Path] = field(default_factory=list)
    """Where what was refused is kept, with the reasons."""

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for has been taken by the receiver."""
        refused = sum(tally.refused for tally in self.signals.values())
        return not (self.stopped or self.interrupted or refused or self.troubles.damaged)
