"""A store with the records of a tape, and the command line on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.testing import CliRunner, Result

from otel_trading.cli import main
from otel_trading.telemetry.store.encode import LineEncoder
from otel_trading.telemetry.store.housekeeper import housekeeper
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter

if TYPE_CHECKING:
    from pathlib import Path

    from tests.story.tape import Tape

KEEP = StoreLimits(max_bytes=0, max_days=0)


def keep(folder: Path, *tapes: Tape) -> Path:
    """Write tapes to a store, each as its service would, and return the store's folder."""
    for tape in tapes:
        encoder = LineEncoder({"service.name": tape.service})
        traces = SignalWriter(folder, tape.service, "traces", KEEP)
        logs = SignalWriter(folder, tape.service, "logs", KEEP)
        if tape.spans_kept:
            traces.write(encoder.spans([each.record for each in tape.spans_kept]))
        if tape.logs_kept:
            logs.write(encoder.logs([each.record for each in tape.logs_kept]))
        assert housekeeper.wait(20)  # its first sweep is over: it must not find the files closed and compress them
        traces.close()
        logs.close()
    return folder


def run(*arguments: str | Path, env: dict[str, str | None] | None = None) -> Result:
    """Run the command line in this process, with an environment that sets nothing of ours."""
    clean: dict[str, str | None] = {"OTEL_TRADING_STORE": None, "XDG_STATE_HOME": None, "COLUMNS": None}
    return CliRunner().invoke(main, list(map(str, arguments)), env=clean | (env or {}))
