from __future__ import annotations

import os
from typing import TYPE_CHECKING

from otel_trading.telemetry.store.housekeeper import housekeeper, sweep
from otel_trading.telemetry.store.layout import INDEX, PACKED, RAW
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.retention import retain
from otel_trading.telemetry.store.writer import SignalWriter
from tests.telemetry.store.samples import SERVICE, SMALL_FILES, folder_of, log, write_logs

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400
NOW = 1_800_000_000.0
KEEP_ALL = StoreLimits(max_bytes=0, max_days=0)


def closed(folder: Path, name: str, *, size: int = 1000, days: float = 0) -> None:
    """Make a closed file as a writer leaves it, of that age."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, length in ((PACKED, size - 100), (INDEX, 100)):
        path = folder / (name + suffix)
        path.write_bytes(bytes(length))
        os.utime(path, (NOW - days * DAY, NOW - days * DAY))


def stem(signal: str, hour: int) -> str:
    return f"{signal}-20261123T{hour:02d}0000.000000Z-7-00000000"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_older_than_the_days_go_with_their_indexes(tmp_path: Path) -> None:
    closed(tmp_path, stem("logs", 1), days=31)
    closed(tmp_path, stem("logs", 2), days=29)
    assert retain(tmp_path, StoreLimits(max_days=30), now=NOW) == [stem("logs", 1)]
    assert left(tmp_path) == [stem("logs", 2) + INDEX, stem("logs", 2) + PACKED]


def test_the_oldest_go_first_whatever_their_signal_until_the_rest_fits(tmp_path: Path) -> None:
    for hour, signal in enumerate(("logs", "traces", "metrics", "logs")):
        closed(tmp_path, stem(signal, hour))
    assert retain(tmp_path, StoreLimits(max_bytes=2000, max_days=0), now=NOW) == [stem("logs", 0), stem("traces", 1)]


def test_zero_means_no_bound(tmp_path: Path) -> None:
    closed(tmp_path, stem("logs", 1), days=10_000)
    assert retain(tmp_path, KEEP_ALL, now=NOW) == []


def test_an_open_file_counts_but_stays(tmp_path: Path) -> None:
    writer = SignalWriter(tmp_path, SERVICE, "logs", KEEP_ALL)
    writer.write(b"x" * 5000)
    assert housekeeper.wait(20)
    closed(folder_of(tmp_path), stem("traces", 1))
    assert retain(folder_of(tmp_path), StoreLimits(max_bytes=2000), now=NOW) == [stem("traces", 1)]
    assert [path.stat().st_size for path in folder_of(tmp_path).iterdir()] == [5001]
    writer.close()


def test_an_abandoned_file_goes_like_any_other(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    assert len(retain(folder_of(tmp_path), StoreLimits(max_bytes=10, max_days=0))) == 1
    assert left(folder_of(tmp_path)) == []


def test_a_file_of_another_program_is_never_touched(tmp_path: Path) -> None:
    foreign = ["logs-mine.jsonl.gz", "traces.jsonl", "notes.txt", "orphan.idx", "half.tmp"]
    for name in foreign:
        (tmp_path / name).write_bytes(bytes(1000))
        os.utime(tmp_path / name, (1, 1))
    assert sweep(tmp_path, StoreLimits(max_bytes=1, max_days=1)) == []
    assert left(tmp_path) == sorted(foreign)


def test_what_a_crash_left_half_written_goes_after_an_hour(tmp_path: Path) -> None:
    for hour, age in ((1, 7200), (2, 10)):
        for suffix in (PACKED + ".tmp", INDEX + ".4711.tmp", INDEX):
            path = tmp_path / (stem("logs", hour) + suffix)
            path.write_bytes(b"half")
            os.utime(path, (NOW - age, NOW - age))
    retain(tmp_path, KEEP_ALL, now=NOW)
    assert {name.split("T")[1][:2] for name in left(tmp_path)} == {"02"}
    assert len(left(tmp_path)) == 3


def test_a_small_store_has_files_small_enough_to_be_removed(tmp_path: Path) -> None:
    limits = StoreLimits(max_bytes=80_000, max_days=0)
    writer = SignalWriter(tmp_path, SERVICE, "logs", limits)
    for _ in range(400):
        writer.write(os.urandom(500).hex().encode())
    assert housekeeper.wait(20)
    writer.close()
    assert sweep(folder_of(tmp_path), limits) == []
    sizes = [path.stat().st_size for path in folder_of(tmp_path).iterdir()]
    assert 20_000 < sum(sizes) <= 80_000


def test_compressing_keeps_the_time_of_the_last_line(tmp_path: Path) -> None:
    write_logs(tmp_path, [log(1)])
    [raw] = folder_of(tmp_path).glob(f"*{RAW}")
    os.utime(raw, (NOW - 5 * DAY, NOW - 5 * DAY))
    sweep(folder_of(tmp_path), SMALL_FILES)
    [packed] = folder_of(tmp_path).glob(f"*{PACKED}")
    assert packed.stat().st_mtime == NOW - 5 * DAY
