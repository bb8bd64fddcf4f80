"""Retention: what is older than the limit, or beyond the size, goes by the servers' own doing; the newer stays."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import eventually
from tests.stack.harness.built import built
from tests.stack.harness.prometheus import Prometheus
from tests.stack.harness.stack import Stack
from tests.stack.loki_lines import DAY, flush, found, line, push

if TYPE_CHECKING:
    from pathlib import Path

QUICK = {"LOKI_COMPACTION_INTERVAL": "2s", "LOKI_DELETE_DELAY": "1s", "LOKI_RUNTIME_PERIOD": "1s"}
MB = 2**20

# A mark of a chunk that is to go is looked at once a minute, and new blocks as often.
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def loki(tmp_path: Path) -> Stack:
    """A stack whose Loki has written chunks and index of lines that are 20 and 3 days, 5 hours and 0 seconds old."""
    stack = Stack(tmp_path, environment=QUICK)
    limits = stack.volumes / "keeper-limits" / "loki.yaml"
    limits.parent.mkdir(parents=True, exist_ok=True)
    limits.touch()
    stack.loki.start()
    for age in (20 * DAY, 3 * DAY, 5 * 3600, 0):
        assert push(stack.loki_url, "bot", line(f"{age} s old " + os.urandom(MB // 8).hex(), age=age)).ok
    flush(stack.loki_url)
    eventually(lambda: len(chunks(stack)) == 4, 30)
    stack.loki.stop()
    # Until its next checkpoint the write-ahead log brings back to memory what lies in chunks already.
    shutil.rmtree(stack.volumes / "loki-data" / "wal")
    return stack


def test_logs_beyond_a_limit_of_hours_that_comes_while_loki_runs_are_deleted(loki: Stack) -> None:
    loki.loki.start()
    try:
        assert ages(loki) == ["1728000 s old", "259200 s old", "18000 s old", "0 s old"]

        told = loki.volumes / "keeper-limits" / "loki.yaml"
        told.write_text("overrides: {fake: {retention_period: 7h}}\n")
        eventually(lambda: len(chunks(loki)) == 2, 120)

        # A running Loki may show what it has in its cache for a while longer.
        loki.loki.stop()
        loki.loki.start()
        assert ages(loki) == ["18000 s old", "0 s old"]
    finally:
        loki.loki.stop()


def test_logs_older_than_the_setting_are_deleted_after_a_restart(loki: Stack) -> None:
    shorter = Stack(loki.folder, {"LOKI_RETENTION": "168h"}, QUICK)
    shorter.loki.start()
    try:
        eventually(lambda: len(chunks(shorter)) == 3, 120)
        assert ages(shorter) == ["259200 s old", "18000 s old", "0 s old"]
    finally:
        shorter.loki.stop()


def test_metrics_older_than_the_setting_are_deleted_and_newer_stay(tmp_path: Path) -> None:
    stack = Stack(tmp_path, {"PROMETHEUS_RETENTION": "60d"})
    for days in (45, 20, 1):
        backfill(stack, days, series=1)
    stack.prometheus.start()
    try:
        assert days_known(stack) == [45, 20, 1]
    finally:
        stack.prometheus.stop()

    shorter = Stack(tmp_path, {"PROMETHEUS_RETENTION": "30d"})
    shorter.prometheus.start()
    try:
        eventually(lambda: days_known(shorter) == [20, 1], 90)
        assert len(blocks(shorter)) == 2
    finally:
        shorter.prometheus.stop()


def test_metrics_stay_within_their_size_while_they_come_and_the_oldest_go(tmp_path: Path) -> None:
    """Filled with more than twice the limit, as blocks that land in the folder of the running server."""
    limit = 2 * MB
    stack = Stack(tmp_path, {"PROMETHEUS_MAX_SIZE": f"{limit // MB}MB"})
    folder(stack).mkdir(parents=True, exist_ok=True)
    stack.prometheus.start()
    try:
        for days in range(18, 0, -1):
            backfill(stack, days, series=160)
        assert size(folder(stack)) > 2 * limit

        eventually(lambda: size(folder(stack)) <= limit, 150)

        left = days_known(stack)
        assert left
        assert left == list(range(len(left), 0, -1)), "the oldest go, without a hole"
        assert left[0] < 18
    finally:
        stack.prometheus.stop()


def chunks(stack: Stack) -> list[Path]:
    """The files of log lines, without the index."""
    return [file for file in (stack.volumes / "loki-data" / "chunks" / "fake").rglob("*") if file.is_file()]


def ages(stack: Stack) -> list[str]:
    return [shown.line.partition(" old ")[0] + " old" for shown in found(stack.loki_url, "bot")]


def folder(stack: Stack) -> Path:
    return stack.volumes / "prometheus-data"


def blocks(stack: Stack) -> list[Path]:
    return [meta.parent for meta in folder(stack).glob("*/meta.json")]


def size(place: Path) -> int:
    """Return the bytes of all files; one that goes meanwhile counts as gone."""
    total = 0
    for parent, _, names in os.walk(place):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.stat(os.path.join(parent, name)).st_size  # noqa: PTH116, PTH118 - as os.walk gives them
    return total


def backfill(stack: Stack, days: int, series: int) -> None:
    """Have promtool write a block of an hour of samples that are ``days`` old, and give it to the server."""
    then = int(time.time()) - days * DAY
    start = then - then % 7200 + 60  # within one block
    chance = random.Random(days)  # noqa: S311 - numbers that do not compress, not secrets
    lines = ["# TYPE backfilled gauge"]
    for number in range(series):
        labels = f'{{days="{days}",number="{number}"}}'
        lines += [
            f"backfilled{labels} {chance.random()} {start + 15 * step}" for step in range(240 if series > 1 else 4)
        ]
    text = stack.folder / "backfill.om"
    text.write_text("\n".join([*lines, "# EOF"]) + "\n")
    target = folder(stack)
    target.mkdir(parents=True, exist_ok=True)
    command = [built("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--quiet", str(text), str(target)]
    subprocess.run(command, check=True, capture_output=True)


def days_known(stack: Stack) -> list[int]:
    found_days = Prometheus(stack.prometheus_url).query("count by (days) (last_over_time(backfilled[90d]))")
    return sorted((int(sample.labels["days"]) for sample in found_days), reverse=True)
