"""What waits on disk for a receiver."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from otel_trading.telemetry.spool.folder import files, spools
from otel_trading.telemetry.spool.lines import waiting as lines
from otel_trading.telemetry.store.decode import logs_of, spans_of

if TYPE_CHECKING:
    from pathlib import Path


def waiting(store: Path) -> dict[str, list[str]]:
    """Return names of spans and bodies of log records that wait, by signal, the oldest first."""
    found: dict[str, list[str]] = {}
    for service in sorted(store.iterdir()) if store.exists() else ():
        for folder in spools(service):
            for path in files(folder):
                for line in lines(path.read_bytes()):
                    assert line.payload is not None
                    found.setdefault(folder.name, []).extend(_names(json.loads(line.payload)))
    return found


def _names(data: Any) -> list[str]:
    logs = sorted((log for log, _ in logs_of(data)), key=lambda log: log.time_ns)  # a line has them by their scope
    return [span.name for span, _ in spans_of(data)] + [str(log.body) for log in logs]
