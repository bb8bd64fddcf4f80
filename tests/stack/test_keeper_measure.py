"""The keeper measures the folders of Loki and Tempo: bytes on the disk, and the age that the files themselves tell."""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from keeper import measure

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keeper.measure import Usage

NEWEST = 1_800_000_000.5
BLOCK = "blocks/single-tenant/0b8fdb5b-8b1c-4f0c-93a7-6d5a2f1f3a77"


def put(path: Path, content: bytes = b"x" * 10_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def chunk(folder: Path, newest: float = NEWEST) -> Path:
    key = f"{int(newest * 1000) - 90_000:x}:{int(newest * 1000):x}:7fb2aa3c"
    return put(folder / "chunks" / "fake" / "d2f5c1b0a9e8" / b64encode(key.encode()).decode())


def block(folder: Path, end: str, meta: str = "meta.json") -> Path:
    put(folder / BLOCK / "data.parquet", b"x" * 50_000)
    return put(folder / BLOCK / meta, json.dumps({"tenantID": "single-tenant", "endTime": end}).encode())


def disk_usage(folder: Path) -> int:
    done = subprocess.run(["/usr/bin/du", "-s", "-B1", str(folder)], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


@pytest.mark.parametrize("store", [measure.loki, measure.tempo])
def test_all_that_a_folder_holds_is_counted_as_du_counts_it(tmp_path: Path, store: Callable[[Path], Usage]) -> None:
    chunk(tmp_path)
    block(tmp_path, "2026-08-21T17:27:45Z")
    put(tmp_path / "wal" / "00000012", b"x" * 300_000)
    put(tmp_path / "chunks" / "index" / "index_20345" / "fake" / "1787-compactor.tsdb.gz", b"x")

    assert store(tmp_path).total == disk_usage(tmp_path)


def test_an_empty_volume_is_measured_before_its_server_first_started(tmp_path: Path) -> None:
    assert measure.loki(tmp_path).total == measure.tempo(tmp_path).total == disk_usage(tmp_path)


def test_a_chunk_is_as_old_as_its_last_line_whenever_it_was_written(tmp_path: Path) -> None:
    os.utime(chunk(tmp_path), (5.0, 5.0))

    (piece,) = measure.loki(tmp_path).pieces

    assert (piece.newest, piece.landed) == (NEWEST, 5.0)


@pytest.mark.parametrize(
    "name", ["wal/00000012", "chunks/loki_cluster_seed.json", "chunks/fake/d2f5/not base64", "compactor/deletion/x"]
)
def test_other_files_of_loki_are_no_chunks(tmp_path: Path, name: str) -> None:
    put(tmp_path / name)

    usage = measure.loki(tmp_path)

    assert usage.pieces == ()
    assert usage.other >= 10_000


@pytest.mark.parametrize(
    ("end", "newest"),
    [
        ("2026-08-21T17:27:45Z", 1_787_333_265.0),
        ("2026-08-21T17:27:45.123456789Z", 1_787_333_265.0),
        ("2026-08-21T19:27:45.5+02:00", 1_787_333_265.0),
    ],
)
def test_a_block_is_as_old_as_its_last_span(tmp_path: Path, end: str, newest: float) -> None:
    block(tmp_path, end)

    (piece,) = measure.tempo(tmp_path).pieces

    assert piece.newest == newest
    assert piece.size >= 50_000


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"endTime": 5}', b'{"endTime": "soon"}'])
def test_a_block_whose_description_makes_no_sense_is_as_old_as_its_file(tmp_path: Path, content: bytes) -> None:
    meta = block(tmp_path, "")
    meta.write_bytes(content)
    os.utime(meta, (1234.0, 1234.0))

    assert measure.tempo(tmp_path).pieces[0].newest == 1234.0


def test_a_block_that_tempo_marked_is_leaving(tmp_path: Path) -> None:
    block(tmp_path, "2026-08-21T17:27:45Z", meta="meta.compacted.json")

    usage = measure.tempo(tmp_path)

    assert usage.pieces == ()
    assert usage.leaving >= 50_000


def test_a_block_that_is_being_written_is_none_yet(tmp_path: Path) -> None:
    put(tmp_path / BLOCK / "data.parquet")

    assert measure.tempo(tmp_path).pieces == ()


def test_the_live_stores_copies_of_blocks_are_not_governed_by_retention(tmp_path: Path) -> None:
    block(tmp_path / "live-store" / "traces", "2026-08-21T17:27:45Z")

    usage = measure.tempo(tmp_path)

    assert usage.pieces == ()
    assert usage.other >= 50_000


def test_what_is_deleted_during_the_walk_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chunk(tmp_path)
    gone, going = chunk(tmp_path / "gone"), tmp_path / "gone" / "chunks"
    real = os.scandir

    def scandir(path: Path) -> object:
        if path == going:
            gone.unlink()
            gone.parent.rmdir()
            gone.parent.parent.rmdir()
            going.rmdir()
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)

    assert len(measure.loki(tmp_path).pieces) == 1
    assert not going.exists()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        measure.loki(tmp_path / "no")
