"""A replay that is killed: nothing is missing after the next one, and what may be there twice is told."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from otel_trading.replay import replay
from otel_trading.replay.batches import Limits
from otel_trading.replay.journal import read
from otel_trading.replay.ledger import LEDGER, Doubt, Ledger, LockedError, load, path_of, receiver_of
from otel_trading.replay.ranges import Range
from tests.replay.receiver import Asked, Reply, receiver, takes_all
from tests.replay.stores import log_line, names, plan, write
from tests.telemetry.store.samples import folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.replay.receiver import Receiver

RECORDS = 400

REPLAY = """
import sys
from pathlib import Path
from otel_trading.replay import Plan, replay, target_of
from otel_trading.replay.batches import Limits
replay(Plan(Path(sys.argv[1]), [target_of({}, "logs", sys.argv[2])], limits=Limits(20_000, 50)))
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    write(tmp_path, "logs", (log_line(*range(at, at + 5)) for at in range(0, RECORDS, 5)))
    return tmp_path


@contextlib.contextmanager
def other(store: Path, server: Receiver) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", REPLAY, str(store), server.url]) as process:
        try:
            yield process
        finally:
            process.kill()


class _Trap:
    """A receiver that holds back its answer to the request of a number, before or after it takes the records."""

    def __init__(self, number: int, *, takes: bool) -> None:
        self.reached = threading.Event()
        self.release = threading.Event()
        self._left = number
        self._takes = takes

    def __call__(self, _: Asked) -> Reply:
        self._left -= 1
        if self._left == 0:
            self.reached.set()
            self.release.wait(20)
            return Reply(None, takes=self._takes)
        return Reply()


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("takes", [True, False])
def test_after_a_kill_while_a_batch_is_on_its_way_only_that_batch_is_in_doubt(
    store: Path, number: int, takes: bool
) -> None:
    trap = _Trap(number, takes=takes)
    with receiver(trap) as server:
        with other(store, server) as process:
            assert trap.reached.wait(20)
            process.send_signal(signal.SIGKILL)
        trap.release.set()
        acknowledged = sum(len(asked.names) for asked in server.requests[: number - 1])
        doubtful = server.requests[number - 1].names
        server.judge = takes_all
        summary = replay(plan(store, server.target()))
    assert (summary.signals["logs"].before, summary.signals["logs"].doubted) == (acknowledged, len(doubtful))
    assert set(server.taken) == set(names("log", range(RECORDS)))
    assert {name for name, count in server.taken.items() if count == 2} == (set(doubtful) if takes else set())
    assert max(server.taken.values()) <= 2


def test_the_batch_in_doubt_is_sent_in_the_same_words(store: Path) -> None:
    trap = _Trap(2, takes=True)
    with receiver(trap) as server:
        with other(store, server) as process:
            assert trap.reached.wait(20)
            process.kill()
        trap.release.set()
        server.judge = takes_all
        first = server.requests[1].body
        replay(plan(store, server.target()))
    assert server.requests[2].body == first


def test_the_batch_in_doubt_is_not_sent_again_where_that_is_asked_for(store: Path) -> None:
    trap = _Trap(3, takes=True)
    with receiver(trap) as server:
        with other(store, server) as process:
            assert trap.reached.wait(20)
            process.kill()
        trap.release.set()
        server.judge = takes_all
        # With larger batches than before: what follows upon the batch in doubt is not left out with it.
        summary = replay(plan(store, server.target(), in_doubt="skip", limits=Limits()))
        assert summary.signals["logs"].doubted > 0
        assert server.taken == names("log", range(RECORDS))
        later = replay(plan(store, server.target()))
    assert (later.signals["logs"].sent, later.signals["logs"].doubted) == (0, 0)


def test_killed_again_and_again_it_gets_to_the_end(store: Path) -> None:
    kills = 4
    with receiver() as server:
        for number in range(1, kills + 1):
            trap = server.judge = _Trap(1 + number % 2, takes=True)
            with other(store, server) as process:
                assert trap.reached.wait(20)
                process.kill()
            trap.release.set()
        server.judge = takes_all
        replay(plan(store, server.target()))
    assert set(server.taken) == set(names("log", range(RECORDS)))
    # One batch a kill, of fifty records at most.
    assert sum(count - 1 for count in server.taken.values()) <= kills * 50


def test_a_second_replay_at_the_same_time_is_refused_and_sends_nothing(store: Path) -> None:
    trap = _Trap(1, takes=True)
    with receiver(trap) as server, other(store, server) as process:
        assert trap.reached.wait(20)
        summary = replay(plan(store, server.target()))
        assert "Another replay" in summary.stopped
        assert str(process.pid) in summary.stopped
        assert len(server.requests) == 1
        process.kill()
        trap.release.set()


def test_a_lock_dies_with_its_process(store: Path) -> None:
    folder = folder_of(store)
    ledger = Ledger(folder, "logs", "http://localhost:4318/v1/logs", ["a"])
    with pytest.raises(LockedError):
        Ledger(folder, "logs", "http://127.0.0.1:4318/v1/logs", ["a"])
    Ledger(folder, "logs", "http://localhost:4319/v1/logs", ["a"]).close()
    Ledger(folder, "traces", "http://localhost:4318/v1/logs", ["a"]).close()
    ledger.close()
    Ledger(folder, "logs", "http://localhost:4318/v1/logs", ["a"]).close()


def test_a_ledger_cut_short_anywhere_never_knows_more_than_was_answered(tmp_path: Path) -> None:
    url = "http://localhost:4318/v1/logs"
    ledger = Ledger(tmp_path, "logs", url, ["logs-a"])
    for at in range(5):
        ledger.sending("logs-a", 100 * at, 100 * at + 100, 7)
        ledger.settle("logs-a", Range(100 * at, 100 * at + 100, 7, at), sync=True)
    ledger.close()
    path = path_of(tmp_path, "logs", url)
    whole = path.read_bytes()
    notes = len(read(path))
    for length in range(0, len(whole) + 1, 3):
        path.write_bytes(whole[:length])
        states = load(path, receiver_of(url))
        assert len(read(path)) == whole[:length].count(b"\n") + (length and whole[length : length + 1] == b"\n")
        for state in states.values():
            assert state.settled.end <= 100 * (notes // 2)
            assert len(state.doubts) <= 1
            # What is not settled is in doubt or was not begun.
            assert all(doubt == Doubt(state.settled.end, state.settled.end + 100, 7) for doubt in state.doubts)


def test_a_ledger_that_cannot_be_written_stops_before_anything_is_sent(store: Path) -> None:
    (folder_of(store) / "replay").write_text("in the way")
    with receiver() as server:
        summary = replay(plan(store, server.target()))
        assert server.requests == []
    assert "File exists" in summary.stopped
    assert "ledger" in summary.remedy


def test_a_ledger_that_was_changed_is_not_trusted(store: Path) -> None:
    with receiver() as server:
        replay(plan(store, server.target()))
        asked = len(server.requests)
        [path] = (folder_of(store) / "replay").glob(f"*{LEDGER}")
        path.write_bytes(path.read_bytes().replace(b'"settled"', b'"settlef"', 1))
        summary = replay(plan(store, server.target()))
        assert len(server.requests) == asked
    assert str(path) in summary.stopped
    assert "is damaged in line" in summary.stopped


def test_the_ledger_and_its_folder_are_private(store: Path) -> None:
    with receiver() as server:
        replay(plan(store, server.target()))
    folder = folder_of(store) / "replay"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert not [path for path in folder.iterdir() if "tmp" in path.name]
