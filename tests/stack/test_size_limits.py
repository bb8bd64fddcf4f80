"""The keeper and the real Loki: a load that would fill the folder several times over stays within the limit.

Loki hands the index of new chunks to its compactor each quarter of an hour, or when it stops. So here it is stopped
once after a first load, as a restart would do, and the keeper holds it under a second one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.endtoend.bots import eventually
from tests.stack.harness.ports import free_port
from tests.stack.harness.process import Process
from tests.stack.harness.services import service
from tests.stack.harness.stack import Stack
from tests.stack.loki_lines import flush, found, line, push
from tests.stack.rendered import SECRETS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typing_extensions import Self

MB = 2**20
LIMIT = 256 * MB
SETTINGS = {"LOKI_MAX_BYTES": str(LIMIT)}
QUICK = {"LOKI_COMPACTION_INTERVAL": "4s", "LOKI_DELETE_DELAY": "2s", "LOKI_RUNTIME_PERIOD": "1s"}
QUICK_FLAGS = ("-ingester.checkpoint-duration=3s", "-ingester.flush-check-period=2s")

HOURS = 40
PUSHES, BEFORE = 110, 65  # of two megabytes each
LINES_EACH, LINE_BYTES = 32, MB // 16

pytestmark = [pytest.mark.timeout(420), pytest.mark.alone]


class Load:
    """Numbered lines from 40 hours ago until now, sent again until they are taken, as the Collector does."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.refused = 0

    def send(self, pushes: range, within: float) -> None:
        until = time.monotonic() + within
        for number in pushes:
            age = HOURS * 3600 * (1 - number / (PUSHES - 1))
            lines = [
                line(f"line {number * LINES_EACH + place:05d} " + os.urandom(LINE_BYTES // 2).hex(), age=age)
                for place in range(LINES_EACH)
            ]
            while (status := push(self._url, "bot", *lines).status_code) != 204:
                assert status == 429, "what the Collector would not send again"
                assert time.monotonic() < until, f"push {number} was not taken within {within:g} s"
                self.refused += 1
                time.sleep(0.5)


class Peak:
    """The most bytes that a folder takes while the block runs."""

    def __init__(self, folder: Path) -> None:
        self.bytes = 0
        self._folder = folder
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._end.wait(0.25):
            self.bytes = max(self.bytes, taken(self._folder))


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    """A stack of which only Loki is to run."""
    made = Stack(tmp_path, SETTINGS, QUICK)
    made.loki.command += QUICK_FLAGS
    limits = made.volumes / "keeper-limits" / "loki.yaml"
    limits.parent.mkdir(parents=True, exist_ok=True)
    limits.touch()
    return made


@pytest.fixture
def keeper(stack: Stack) -> Iterator[Process]:
    """The keeper with what Compose gives it, not started."""
    found_service = service("keeper", {**SECRETS, **SETTINGS}, stack.volumes)
    address = f"127.0.0.1:{free_port()}"
    quick = {"KEEPER_HTTP": address, "KEEPER_INTERVAL": "1s", "KEEPER_LOKI_LAG": "30s"}
    process = Process(
        "keeper",
        [sys.executable, *found_service.command[1:]],
        {**found_service.environment, **quick},
        log=stack.folder / "keeper.log",
        ready=f"http://{address}/health",
    )
    yield process
    process.stop()


def test_under_a_filling_load_the_oldest_logs_go_and_the_limit_holds(stack: Stack, keeper: Process) -> None:
    load, folder = Load(stack.loki_url), stack.volumes / "loki-data"
    try:
        stack.loki.start()
        load.send(range(BEFORE), within=120)
        flush(stack.loki_url)
        eventually(lambda: taken(folder / "wal") < 8 * MB, 60)
        stack.loki.stop()
        assert load.refused == 0
        assert 0.5 * LIMIT < taken(folder) < 0.7 * LIMIT

        keeper.start()
        stack.loki.start()
        with Peak(folder) as peak:
            load.send(range(BEFORE, PUSHES), within=240)

        assert load.refused > 0, "the load was no test of the limit"
        assert peak.bytes <= LIMIT
        assert 'msg="retention shorter" was=720h store=loki' in keeper.said()
        assert metric(keeper, "keeper_store_retention_seconds") < HOURS * 3600
        kept = numbers(stack)
        assert kept, "nothing is answered"
        assert kept == list(range(kept[0], PUSHES * LINES_EACH)), "the oldest go, without a hole, and no newer one"
        assert kept[0] > 0
        assert len(kept) * LINE_BYTES > LIMIT / 3, "it keeps far less than it may"
    finally:
        stack.loki.stop()


def taken(folder: Path) -> int:
    """What the folder takes on the disk, by another count than the keeper's."""
    done = subprocess.run(["/usr/bin/du", "-s", "-B1", str(folder)], capture_output=True, text=True, check=False)
    return int(done.stdout.split()[0])


def numbers(stack: Stack) -> list[int]:
    """The lines that Loki still answers with."""
    return sorted(
        int(shown.line.split()[1]) for shown in found(stack.loki_url, "bot", '| line_format "{{ trunc 10 __line__ }}"')
    )


def metric(keeper: Process, name: str) -> float:
    text = requests.get(f"http://{keeper.environment['KEEPER_HTTP']}/metrics", timeout=5).text
    return float(next(entry.split()[1] for entry in text.splitlines() if entry.startswith(f'{name}{{store="loki"}}')))
