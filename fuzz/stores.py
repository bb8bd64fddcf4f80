"""A store that something has written into: its reader and a replay go on, tell, and miss nothing that is whole."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz.choices import Choices
from otel_trading.replay import replay
from otel_trading.replay.document import NoDocumentError, piece_of, request, singles
from otel_trading.replay.ledger import path_of
from otel_trading.replay.target import Target
from otel_trading.settings import load, replace_current
from otel_trading.telemetry.spool.lines import framed, waiting
from otel_trading.telemetry.store.layout import INDEX, PACKED, RAW, new_stem
from otel_trading.telemetry.store.reader import StoreReader
from tests.replay.stores import log_line, metric_line, plan, span_line
from tests.telemetry.store.samples import compress, folder_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.telemetry.store.layout import Signal

_LINES: dict[Signal, Callable[[int], bytes]] = {"traces": span_line, "logs": log_line, "metrics": metric_line}
_SIGNALS: tuple[Signal, ...] = ("traces", "logs", "metrics")
_NAMES = {"traces": b"resourceSpans", "logs": b"resourceLogs", "metrics": b"resourceMetrics"}
_PARTS = [
    b"null",
    b"{}",
    b"[]",
    b"[" * 3000,
    b'{"resourceLogs":[{}]}',
    b"\xff",
    b"\x00",
    b"1e999",
    b"-",
    b'""',
    b"true",
]
_PARTS += [
    b'{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}',
    b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[7]}]}]}',
]
_NOTES = [
    b'{"replay":1}\n',
    b'{"note":"settled","file":"x","from":0,"to":5,"records":1,"crc":7}\n',
    b"{}\n",
    b"[]\n",
    b"\n",
]
_URL = "http://127.0.0.1:4318"


def setup() -> None:
    """Put settings in force of which no machine's environment is a part."""
    replace_current(load({})[0])


def read(data: bytes) -> None:
    """Read a store that was tampered with. Raises AssertionError where a whole line is missed."""
    choices = Choices(data)
    with tempfile.TemporaryDirectory(dir=_ram()) as folder:
        whole = _make(Path(folder), choices)
        reader = StoreReader(Path(folder))
        logs = [str(each.record.body) for each in reader.logs()]
        spans = [each.record.name for each in reader.spans()]
        exports = len(list(reader.metrics()))
        assert logs == [str(each.record.body) for each in reader.logs()]
        if whole is not None:
            assert {f"log {number}" for number in whole["logs"]} <= set(logs), logs
            assert {f"span {number}" for number in whole["traces"]} <= set(spans), spans
            assert exports >= len(whole["metrics"])
        found = reader.find([choices.text_or("1", 40), f"{1:032x}"])
        assert all(each.record.trace_id for each in found.logs)
        assert all(warning and "\n" not in warning for warning in reader.warnings), reader.warnings


def send(data: bytes) -> None:
    """Replay a store that was tampered with, and a ledger. Raises AssertionError where a whole line is left out."""
    choices = Choices(data)
    with tempfile.TemporaryDirectory(dir=_ram()) as folder:
        root = Path(folder)
        whole = _make(root, choices)
        targets = [Target(signal, f"{_URL}/v1/{signal}", {}, "", 1.0, "none") for signal in _SIGNALS]
        noted = choices.below(2)
        if noted:
            for target in targets:
                ledger = path_of(folder_of(root), target.signal, target.url)
                ledger.parent.mkdir(exist_ok=True)
                ledger.write_bytes(b"".join(choices.pick(_NOTES) for _ in range(choices.below(4))) + choices.take(30))
        summary = replay(plan(root, *targets, dry_run=True))
        if whole is not None and not noted:
            for signal, numbers in whole.items():
                assert summary.signals[signal].sent >= len(numbers), (signal, summary)
    _pieces(choices)
    _spool(choices)


def _make(root: Path, choices: Choices) -> dict[Signal, list[int]] | None:
    """Write files of lines, some whole; return the numbers of those, or None where bytes of them were changed."""
    whole: dict[Signal, list[int]] = {signal: [] for signal in _SIGNALS}
    home = folder_of(root)
    home.mkdir(parents=True)
    for number in range(choices.below(3) + 1):
        signal = choices.pick(_SIGNALS)
        lines = []
        for each in range(choices.below(4) + 1):
            line = _LINES[signal](10 * number + each + 1)
            if choices.below(2):
                lines.append(line)
                whole[signal].append(10 * number + each + 1)
            else:
                lines.append(_harmed(line, choices).replace(b"\n", b"") + b"\n")
        (home / (new_stem(signal, 1_795_435_200.0) + RAW)).write_bytes(b"".join(lines))
    if choices.below(2):
        return whole
    with contextlib.suppress(AssertionError):  # what cannot be compressed stays as it is
        compress(root)
    for path in sorted((*home.glob(f"*{PACKED}"), *home.glob(f"*{INDEX}"))):
        if choices.below(2):
            path.write_bytes(_harmed(path.read_bytes(), choices))
    return None


def _harmed(content: bytes, choices: Choices) -> bytes:
    kind = choices.below(5)
    at = choices.below(1 << 16) % (len(content) + 1)
    if kind == 0:
        return content[:at]
    if kind == 1:
        return content[:at] + choices.take(4) + content[at:]
    if kind == 2:  # noqa: PLR2004 - one of five
        part = choices.take(4)
        return content[:at] + part + content[at + len(part) :]
    return choices.pick(_PARTS) if kind == 3 else choices.take(60)  # noqa: PLR2004 - the same


def _pieces(choices: Choices) -> None:
    signal = choices.pick(_SIGNALS)
    line = _harmed(_LINES[signal](1), choices)
    try:
        piece = piece_of(line, signal)
    except NoDocumentError:
        return
    assert request([piece], signal).startswith(b'{"' + _NAMES[signal])
    assert sum(each.records for each in singles(piece, signal)) == piece.records


def _spool(choices: Choices) -> None:
    lines = [framed(1, log_line(number)) for number in range(3)]
    found = list(waiting(_harmed(b"".join(lines), choices)))
    assert all(each.records >= 0 for each in found)


def _ram() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - each input makes a folder of its own there
