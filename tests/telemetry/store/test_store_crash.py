from __future__ import annotations

import fcntl
import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from otel_trading.telemetry.store import seal
from otel_trading.telemetry.store.housekeeper import sweep
from otel_trading.telemetry.store.layout import RAW
from otel_trading.telemetry.store.reader import StoreReader
from tests.telemetry.store.samples import (
    ENCODER,
    NOON,
    SERVICE,
    SMALL_FILES,
    folder_of,
    log,
    packed_files,
    raw_files,
    started,
    stored_lines,
    write_logs,
)

if TYPE_CHECKING:
    from pathlib import Path

# Writes a line, says so, and so on, until it is killed.
ENDLESS = """
import pathlib, sys
from otel_trading.telemetry.store import SignalWriter
sys.path.insert(0, ".")
from otel_trading.telemetry.store import StoreLimits
from tests.telemetry.store.samples import ENCODER, log
writer = SignalWriter(pathlib.Path(sys.argv[1]), "grid-btc", "logs", StoreLimits(file_bytes=int(sys.argv[2])))
number = 0
while True:
    number += 1
    writer.write(ENCODER.logs([log(number, client_id=f"cl-{number}", body="x" * 300)]))
    print(number, flush=True)
"""

HALF_A_LINE = """
import os, pathlib, signal, sys
from otel_trading.telemetry.store import SignalWriter, writer as module
writer = SignalWriter(pathlib.Path(sys.argv[1]), "grid-btc", "logs")
writer.write(sys.stdin.buffer.readline())
real = os.write
def torn(descriptor, data):
    real(descriptor, data[:100])
    os.kill(os.getpid(), signal.SIGKILL)
module.os.write = torn
writer.write(sys.stdin.buffer.readline())
"""


def kill_in_the_middle_of_a_line(root: Path) -> None:
    lines = ENCODER.logs([log(1, id="kept")]) + ENCODER.logs([log(2, id="torn")])
    with started(HALF_A_LINE, root) as process:
        process.communicate(lines.decode(), timeout=20)
    assert process.returncode == -signal.SIGKILL


def test_a_kill_loses_no_line_for_which_write_returned(tmp_path: Path) -> None:
    with started(ENDLESS, tmp_path, SMALL_FILES.file_bytes) as process:
        assert process.stdout is not None
        said = [int(process.stdout.readline()) for _ in range(150)]
        process.kill()
        said += map(int, process.stdout.read().split())
    numbers = {int(stored.record.span_id, 16) for stored in StoreReader(tmp_path).logs()}
    assert numbers >= set(said)
    assert len(numbers) <= len(said) + 1


def test_a_torn_line_is_left_out_and_told(tmp_path: Path) -> None:
    kill_in_the_middle_of_a_line(tmp_path)
    reader = StoreReader(tmp_path)
    assert [stored.record.attributes for stored in reader.logs()] == [{"trading.order.id": "kept"}]
    [path] = raw_files(tmp_path)
    assert reader.warnings == [
        f"torn line at the end of {path} (100 bytes ignored): its writer was stopped while it wrote"
    ]


def test_the_next_start_compresses_what_was_left_and_the_torn_line_is_still_told(tmp_path: Path) -> None:
    kill_in_the_middle_of_a_line(tmp_path)
    write_logs(tmp_path, [log(3, id="later")])
    reader = StoreReader(tmp_path)
    assert len(packed_files(tmp_path)) == 1
    assert [stored.record.attributes["trading.order.id"] for stored in reader.logs()] == ["kept", "later"]
    assert len(reader.warnings) == 1
    assert "100 bytes ignored" in reader.warnings[0]


def test_a_last_line_that_lacks_nothing_but_its_newline_is_kept(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1), log(2)])
    [path] = raw_files(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    assert sweep(folder_of(tmp_path), SMALL_FILES) == []
    assert len(stored_lines(tmp_path)) == 2


def test_a_file_that_holds_nothing_whole_is_removed(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    [path] = raw_files(tmp_path)
    path.write_bytes(b'{"resour')
    assert sweep(folder_of(tmp_path), SMALL_FILES) == []
    assert list(folder_of(tmp_path).iterdir()) == []


def test_the_file_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    with started(ENDLESS, tmp_path, 64 * 1024**2) as process:
        assert process.stdout is not None
        process.stdout.readline()
        os.kill(process.pid, signal.SIGSTOP)
        [path] = raw_files(tmp_path)
        assert not seal.seal(path.parent, path.name.removesuffix(RAW), lambda: None)
        assert path.exists()
    assert seal.seal(path.parent, path.name.removesuffix(RAW), lambda: None)


FORKS_AND_DIES = """
import os, pathlib, sys, time
from otel_trading.telemetry.store import SignalWriter
writer = SignalWriter(pathlib.Path(sys.argv[1]), "grid-btc", "logs")
writer.write(b'{"resourceLogs":[]}')
if not os.fork():
    print("up", flush=True)
    sys.stdin.read()
    os._exit(0)
os._exit(0)
"""


def test_a_child_that_outlives_its_parent_does_not_keep_the_parents_file(tmp_path: Path) -> None:
    # The child lives until the block ends, when it reads the end of its input.
    with started(FORKS_AND_DIES, tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert process.wait(20) == 0
        assert sweep(folder_of(tmp_path), SMALL_FILES) == []
        assert raw_files(tmp_path) == []


STEPS = ["_created", "_write_all", "_sync_folder", "pack", "scan"]


@pytest.mark.parametrize("step", STEPS)
def test_a_failure_at_any_step_of_compressing_loses_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    records = [log(number, time_ns=NOON + number) for number in range(1, 30)]
    write_logs(tmp_path, records)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(seal, step, fail)
        [problem] = sweep(folder_of(tmp_path), SMALL_FILES)
    assert "OTEL_TRADING_STORE_MAX_BYTES" in str(problem)
    assert [stored.record for stored in StoreReader(tmp_path).logs()] == records
    assert sweep(folder_of(tmp_path), SMALL_FILES) == []
    assert [stored.record for stored in StoreReader(tmp_path).logs()] == records
    assert raw_files(tmp_path) == []


def test_a_kill_before_the_uncompressed_file_goes_doubles_nothing(tmp_path: Path) -> None:
    records = [log(number, time_ns=NOON + number, client_id="cl-1") for number in range(1, 30)]
    write_logs(tmp_path, records)
    [raw] = raw_files(tmp_path)
    before = raw.read_bytes()
    sweep(folder_of(tmp_path), SMALL_FILES)
    raw.write_bytes(before)
    assert [stored.record for stored in StoreReader(tmp_path).find(["cl-1"]).logs] == records
    assert sweep(folder_of(tmp_path), SMALL_FILES) == []
    assert not raw.exists()
    assert len(stored_lines(tmp_path)) == len(records)
    assert json.loads(stored_lines(tmp_path)[0])


def test_a_file_taken_over_between_its_creation_and_its_lock_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fcntl.flock
    swept: list[Path] = []

    def too_late(descriptor: int, operation: int) -> None:
        if not swept:
            [path] = raw_files(tmp_path)
            swept.append(path)
            path.unlink()  # what another process's sweep does to an empty file
        real(descriptor, operation)

    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", too_late)
        write_logs(tmp_path, [log(1)])
    assert len(stored_lines(tmp_path)) == 1
    assert raw_files(tmp_path) != swept
    assert folder_of(tmp_path).name == SERVICE
