from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.telemetry.store.errors import StoreError
from otel_trading.telemetry.store.housekeeper import housekeeper
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter
from tests.telemetry.store.samples import SERVICE, SMALL_FILES, folder_of, packed_files, raw_files, stored_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINE = b'{"resourceLogs":[]}\n'


@pytest.fixture(name="writer")
def _writer(tmp_path: Path) -> Iterator[SignalWriter]:
    writer = SignalWriter(tmp_path, SERVICE, "logs", SMALL_FILES)
    yield writer
    writer.close()
    assert housekeeper.wait(20)


def test_a_line_is_on_disk_when_write_returns(writer: SignalWriter, tmp_path: Path) -> None:
    writer.write(LINE)
    assert [path.read_bytes() for path in raw_files(tmp_path)] == [LINE]


def test_a_missing_newline_is_added_and_a_second_line_refused(writer: SignalWriter, tmp_path: Path) -> None:
    writer.write(b"{}")
    with pytest.raises(ValueError, match="more than one line"):
        writer.write(b"{}\n{}\n")
    assert stored_lines(tmp_path) == [b"{}"]


def test_nobody_else_may_read_what_is_stored(tmp_path: Path) -> None:
    writer = SignalWriter(tmp_path / "store", SERVICE, "logs", SMALL_FILES)
    writer.write(LINE)
    writer.close()
    assert housekeeper.wait(20)
    folder = folder_of(tmp_path / "store")
    assert {(tmp_path / "store").stat().st_mode & 0o777, folder.stat().st_mode & 0o777} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("service", ["../../etc", "a/b", "..", ".hidden", "", "ä b", "x" * 500, "nul\0"])
def test_no_name_of_a_service_leads_out_of_the_store(tmp_path: Path, service: str) -> None:
    writer = SignalWriter(tmp_path / "store", service, "logs", SMALL_FILES)
    writer.write(LINE)
    writer.close()
    assert housekeeper.wait(20)
    assert writer.folder.resolve().parent == (tmp_path / "store").resolve()
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_file_is_turned_before_it_exceeds_its_size(writer: SignalWriter, tmp_path: Path) -> None:
    lines = [b'{"n":"%0490d"}' % number for number in range(100)]
    for line in lines:
        writer.write(line)
        assert writer.path is not None
        assert writer.path.stat().st_size <= SMALL_FILES.file_bytes
    assert housekeeper.wait(20)
    assert len(packed_files(tmp_path)) == 2
    assert stored_lines(tmp_path) == lines


def test_a_file_is_turned_when_it_is_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    writer = SignalWriter(tmp_path, SERVICE, "logs", StoreLimits(file_seconds=60))
    paths = []
    for _ in range(3):
        writer.write(LINE)
        paths.append(writer.path)
        now[0] += 40
    writer.close()
    assert paths[0] == paths[1] != paths[2]
    monkeypatch.undo()
    assert housekeeper.wait(20)


def test_a_line_larger_than_a_file_is_stored_whole(writer: SignalWriter, tmp_path: Path) -> None:
    large = b'{"n":"%0*d"}' % (3 * SMALL_FILES.file_bytes, 0)
    for line in (LINE, large, LINE):
        writer.write(line)
    assert housekeeper.wait(20)
    assert stored_lines(tmp_path) == [LINE.strip(), large, LINE.strip()]


def test_threads_share_a_writer_without_mixing_lines(writer: SignalWriter, tmp_path: Path) -> None:
    def write(worker: int) -> None:
        for number in range(200):
            writer.write(b'{"worker":%d,"n":%d}' % (worker, number))

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert housekeeper.wait(20)
    expected = {b'{"worker":%d,"n":%d}' % (worker, number) for worker in range(4) for number in range(200)}
    assert sorted(stored_lines(tmp_path)) == sorted(expected)


def test_a_removed_file_is_replaced_by_a_new_one(writer: SignalWriter, tmp_path: Path) -> None:
    writer.write(LINE)
    assert writer.path is not None
    writer.path.unlink()
    writer.write(b'{"n":2}')
    assert stored_lines(tmp_path) == [b'{"n":2}']


def test_a_removed_store_is_made_again(writer: SignalWriter, tmp_path: Path) -> None:
    writer.write(LINE)
    assert housekeeper.wait(20)
    assert writer.path is not None
    writer.path.unlink()
    writer.folder.rmdir()
    writer.write(b'{"n":2}')
    assert stored_lines(tmp_path) == [b'{"n":2}']


def test_after_close_nothing_is_written(writer: SignalWriter) -> None:
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(LINE)


def test_a_file_in_place_of_the_folder_is_told_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    writer = SignalWriter(tmp_path / "store", SERVICE, "logs")
    with pytest.raises(StoreError, match="set OTEL_TRADING_STORE") as caught:
        writer.write(LINE)
    assert str(tmp_path / "store" / SERVICE) in str(caught.value)
    assert caught.value.errno in {errno.ENOTDIR, errno.EEXIST}


def test_writing_goes_on_when_the_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("in the way")
    writer = SignalWriter(tmp_path / "store", SERVICE, "logs")
    with pytest.raises(StoreError):
        writer.write(LINE)
    (tmp_path / "store").unlink()
    writer.write(LINE)
    writer.close()
    assert stored_lines(tmp_path / "store") == [LINE.strip()]


class Disk:
    """Stands for ``os.write``: takes so many bytes more, then is full."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int = errno.ENOSPC) -> None:
        self.room = 10**9
        self._number = number
        self._write = os.write
        monkeypatch.setattr(os, "write", self.write)

    def write(self, descriptor: int, data: memoryview) -> int:
        if not self.room:
            raise OSError(self._number, os.strerror(self._number))
        written = self._write(descriptor, data[: self.room])
        self.room -= written
        return written


@pytest.mark.parametrize("room", [0, 1, len(LINE) - 1])
def test_a_full_disk_leaves_no_half_line_and_heals(
    writer: SignalWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, room: int
) -> None:
    disk = Disk(monkeypatch)
    writer.write(LINE)
    disk.room = room
    with pytest.raises(StoreError, match=r"No space left.*OTEL_TRADING_STORE_MAX_BYTES") as caught:
        writer.write(LINE)
    assert caught.value.errno == errno.ENOSPC
    assert str(writer.folder) in str(caught.value)
    disk.room = 10**9
    writer.write(b'{"n":2}')
    assert stored_lines(tmp_path) == [LINE.strip(), b'{"n":2}']


def test_half_a_line_that_cannot_be_taken_back_ends_its_file(
    writer: SignalWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, "no")

    disk = Disk(monkeypatch, errno.EIO)
    writer.write(LINE)
    disk.room = 5
    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", refuse)
        with pytest.raises(StoreError, match="Check the disk"):
            writer.write(LINE)
    disk.room = 10**9
    writer.write(b'{"n":2}')
    assert sorted(path.read_bytes() for path in raw_files(tmp_path)) == [b'{"n":2}\n', LINE + LINE[:5]]


LIMITED = """
import pathlib, resource, sys
from otel_trading.telemetry.store import SignalWriter, StoreError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
writer = SignalWriter(pathlib.Path(sys.argv[1]), "grid-btc", "logs")
for number in range(30):
    writer.write(b'{"n":"%090d"}' % number)
try:
    writer.write(b'{"n":"%02000d"}' % 0)
except StoreError as error:
    print(error)
writer.write(b'{"n":"last"}')
"""


def test_the_limit_of_the_process_for_files_turns_them_and_is_told_only_when_a_line_is_larger(tmp_path: Path) -> None:
    done = subprocess.run(  # our own script
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "ulimit -f" in done.stdout
    assert "OTEL_TRADING_STORE_FILE_BYTES" in done.stdout
    lines = [b'{"n":"%090d"}' % number for number in range(30)]
    assert sorted(stored_lines(tmp_path)) == sorted([*lines, b'{"n":"last"}'])


def test_a_forked_child_writes_to_a_file_of_its_own(writer: SignalWriter, tmp_path: Path) -> None:
    writer.write(b'{"who":"parent"}')
    child = os.fork()
    if not child:
        writer.write(b'{"who":"child"}')
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    writer.write(b'{"who":"parent again"}')
    assert sorted(path.read_bytes().count(b"\n") for path in raw_files(tmp_path)) == [1, 2]
    assert str(child) in {path.name.split("-")[2] for path in raw_files(tmp_path)}


def test_writing_loads_no_reader() -> None:
    script = (
        "import sys; from otel_trading.telemetry.store import LineEncoder, SignalWriter;"
        "print([name for name in sys.modules if 'store.reader' in name or 'store.decode' in name])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)  # our own
    assert done.stdout.strip() == "[]"
