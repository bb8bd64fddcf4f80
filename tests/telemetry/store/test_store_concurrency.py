from __future__ import annotations

import contextlib
import errno
import threading
import time
from typing import TYPE_CHECKING

from otel_trading.telemetry.store.housekeeper import housekeeper, sweep
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.reader import StoreReader
from otel_trading.telemetry.store.writer import SignalWriter
from tests.telemetry.store.samples import (
    ENCODER,
    NOON,
    SECOND,
    SERVICE,
    SMALL_FILES,
    folder_of,
    log,
    packed_files,
    raw_files,
    started,
    write_logs,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pytest

    from otel_trading.telemetry.store.reader import StoredLog

TINY_FILES = StoreLimits(max_bytes=0, max_days=0, file_bytes=4000)
LINES = 800

WRITES = f"""
import pathlib, sys
sys.path.insert(0, ".")
from otel_trading.telemetry.store import SignalWriter
from otel_trading.telemetry.store.housekeeper import housekeeper
from tests.telemetry.store.samples import ENCODER, NOON, log
from tests.telemetry.store.test_store_concurrency import TINY_FILES
root, first = pathlib.Path(sys.argv[1]), int(sys.argv[2])
writer = SignalWriter(root, "grid-btc", "logs", TINY_FILES)
for number in range(first, first + {LINES}):
    writer.write(ENCODER.logs([log(number, time_ns=NOON + number, client_id="all")]))
writer.close()
housekeeper.wait(30)
"""


def numbers(records: list[StoredLog]) -> list[int]:
    return sorted(int(stored.record.span_id, 16) for stored in records)


class Writing(threading.Thread):
    """Writes numbered logs into files that are turned every few lines."""

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.written = 0
        self.go_on = threading.Event()
        self.go_on.set()
        self._root = root

    def run(self) -> None:
        writer = SignalWriter(self._root, SERVICE, "logs", TINY_FILES)
        for number in range(1, LINES + 1):
            writer.write(ENCODER.logs([log(number, time_ns=NOON + number, client_id="all")]))
            self.written = number
            if number == LINES // 2:
                self.go_on.wait(60)
        writer.close()


def test_a_reader_beside_a_writer_misses_and_doubles_nothing(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    writing.go_on.clear()  # half-way, until it was looked at often enough
    writing.start()
    looks = 0
    reader = StoreReader(tmp_path)
    while writing.is_alive():
        before = writing.written
        for read in (reader.find(["all"]).logs, list(reader.logs()), list(StoreReader(tmp_path).logs())):
            seen = numbers(read)
            assert seen == list(range(1, len(seen) + 1))
            assert len(seen) >= before
        looks += 1
        if looks == 3:
            writing.go_on.set()
    writing.join()
    assert housekeeper.wait(20)
    assert looks > 2
    assert len(packed_files(tmp_path)) > 50
    assert numbers(list(reader.logs())) == list(range(1, LINES + 1))
    assert reader.warnings == []


def test_several_processes_that_write_and_sweep_lose_and_double_nothing(tmp_path: Path) -> None:
    reader = StoreReader(tmp_path)
    with contextlib.ExitStack() as running:
        processes = [running.enter_context(started(WRITES, tmp_path, 1 + worker * LINES)) for worker in range(3)]
        while any(process.poll() is None for process in processes):
            seen = numbers(list(reader.logs()))
            assert len(seen) == len(set(seen))
            sweep(folder_of(tmp_path), TINY_FILES)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert numbers(list(reader.logs())) == list(range(1, 3 * LINES + 1))
    assert reader.warnings == []


def collect(following: Iterator[StoredLog], count: int) -> list[int]:
    return [int(next(following).record.span_id, 16) for _ in range(count)]


def test_following_yields_each_record_once_across_turned_and_compressed_files(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(999_999)])
    following = StoreReader(tmp_path).follow(poll_seconds=0.001)
    writing = Writing(tmp_path)
    writing.start()
    assert collect(following, LINES) == list(range(1, LINES + 1))
    writing.join()
    assert housekeeper.wait(20)
    write_logs(tmp_path, [log(5)])
    assert collect(following, 1) == [5]
    following.close()


def test_following_sees_a_process_that_starts_later(tmp_path: Path) -> None:
    following = StoreReader(tmp_path).follow(poll_seconds=0.001)
    with started(WRITES, tmp_path, 1):
        assert collect(following, LINES) == list(range(1, LINES + 1))
    following.close()


def test_following_begins_where_it_is_asked_for_not_where_it_is_first_read(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    following = StoreReader(tmp_path).follow(poll_seconds=0.001)
    write_logs(tmp_path, [log(2)])
    assert collect(following, 1) == [2]
    following.close()


def test_following_sees_a_file_begun_and_compressed_between_two_looks(tmp_path: Path) -> None:
    following = StoreReader(tmp_path).follow(poll_seconds=0.001)
    write_logs(tmp_path, [log(number) for number in (3, 1, 2)])
    assert sweep(folder_of(tmp_path), SMALL_FILES) == []
    assert raw_files(tmp_path) == []
    assert collect(following, 3) == [3, 1, 2]
    following.close()


def test_following_since_a_time_begins_with_what_is_stored(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(number, time_ns=NOON + number * SECOND) for number in (3, 1, 2)])
    following = StoreReader(tmp_path).follow(poll_seconds=0.001, since_ns=NOON + 2 * SECOND)
    write_logs(tmp_path, [log(4, time_ns=NOON)])
    assert collect(following, 3) == [2, 3, 4]
    following.close()


def test_following_yields_a_line_only_when_it_is_whole(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    [path] = raw_files(tmp_path)
    following = StoreReader(tmp_path).follow(poll_seconds=0.001)
    line = ENCODER.logs([log(2)])

    def append() -> None:
        for at in range(0, len(line), 60):
            with path.open("ab") as file:
                file.write(line[at : at + 60])
            time.sleep(0.003)

    writing = threading.Thread(target=append)
    writing.start()
    assert collect(following, 1) == [2]
    writing.join()
    following.close()


def test_a_sweep_in_the_background_holds_up_no_write(tmp_path: Path) -> None:
    writer = SignalWriter(tmp_path, SERVICE, "logs", StoreLimits(max_bytes=0, file_bytes=8 * 1024**2))
    line = ENCODER.logs([log(1, body="x" * 3000)])
    for _ in range(9 * 1024**2 // len(line)):
        writer.write(line)
    slowest = 0.0
    while not housekeeper.wait(0):
        begun = time.perf_counter()
        writer.write(line)
        slowest = max(slowest, time.perf_counter() - begun)
        time.sleep(0.001)
    writer.close()
    assert len(packed_files(tmp_path)) == 1
    assert slowest < 0.1


def test_a_sweep_of_one_folder_is_made_once_for_all_its_writers(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)], SMALL_FILES)
    writers = [SignalWriter(tmp_path, SERVICE, signal, SMALL_FILES) for signal in ("traces", "logs", "metrics")]
    for writer in writers:
        writer.write(b"{}")
    assert housekeeper.wait(20)
    assert len(packed_files(tmp_path)) == 1
    for writer in writers:
        writer.close()


def test_what_fails_in_the_background_is_told_and_does_not_end_the_background(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_logs(tmp_path, [log(1)])
    told: list[str] = []

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("otel_trading.telemetry.store.seal.pack", full)
        housekeeper.request(folder_of(tmp_path), SMALL_FILES, lambda error: told.append(str(error)))
        assert housekeeper.wait(20)
    assert len(told) == 1
    assert "No space left" in told[0]
    housekeeper.request(folder_of(tmp_path), SMALL_FILES, lambda error: told.append(str(error)))
    assert housekeeper.wait(20)
    assert (len(told), len(packed_files(tmp_path))) == (1, 1)
