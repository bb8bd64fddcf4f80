"""What a receiver refused, kept beside the ledger with the reason: one JSON object a line."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

from otel_trading.replay.document import request
from otel_trading.replay.journal import write_all

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.replay.document import Piece
    from otel_trading.replay.sender import Answer
    from otel_trading.telemetry.store.layout import Signal


class Aside:
    """The file of what was refused, made when there is something to write."""

    def __init__(self, path: Path, signal: Signal) -> None:
        self.path = path
        self._signal = signal
        self.used = False

    def refused(self, file: str, position: int, piece: Piece, answer: Answer) -> None:
        """Keep a record that was refused: as OTLP/JSON that can be sent again. Raises OSError."""
        document = json.loads(request([piece], self._signal))
        self._write(file, position, answer, {"records": piece.records, "request": document})

    def rejected(self, file: str, start: int, end: int, answer: Answer) -> None:
        """Note that a receiver took a batch but for some records; which, it does not tell. Raises OSError."""
        self._write(file, start, answer, {"records": answer.rejected, "to": end})

    def _write(self, file: str, position: int, answer: Answer, more: dict[str, Any]) -> None:
        entry = {
            "time_ns": time.time_ns(),
            "reason": answer.words,
            "status": answer.status,
            "file": file,
            "from": position,
            **more,
        }
        self.used = True
        descriptor = os.open(self.path, os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
            write_all(descriptor, line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
