"""What the store holds arrives at a real HTTP receiver, once, whatever form its files have."""

from __future__ import annotations

import json
import threading
import time
import tracemalloc
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest

from otel_trading.replay import Window, replay, target_of
from otel_trading.telemetry.store.housekeeper import sweep
from otel_trading.telemetry.store.limits import StoreLimits
from otel_trading.telemetry.store.writer import SignalWriter
from tests.replay.receiver import receiver
from tests.replay.stores import log_line, metric_line, names, plan, span_line, write
from tests.telemetry.store.samples import (
    NOON,
    SECOND,
    SERVICE,
    SMALL_FILES,
    compress,
    folder_of,
    packed_files,
    raw_files,
    stored_lines,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_every_record_of_compressed_and_uncompressed_files_arrives_once(tmp_path: Path) -> None:
    write(tmp_path, "logs", (log_line(*range(at, at + 5)) for at in range(0, 500, 5)))
    assert packed_files(tmp_path)
    assert raw_files(tmp_path)
    with receiver() as server:
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(500))
    tally = summary.signals["logs"]
    assert (tally.sent, tally.refused, tally.before) == (500, 0, 0)
    assert tally.files == tally.files_sent == len(packed_files(tmp_path)) + len(raw_files(tmp_path))
    assert summary.complete
    assert len(server.requests) > 5


def test_what_arrives_is_what_was_stored_to_the_letter(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1, 2), log_line(3)])
    with receiver() as server:
        replay(plan(tmp_path, server.target()))
    [document] = server.documents
    stored = [json.loads(line)["resourceLogs"] for line in stored_lines(tmp_path)]
    assert document == {"resourceLogs": [group for groups in stored for group in groups]}


def test_all_three_signals_arrive_with_their_counts(tmp_path: Path) -> None:
    write(tmp_path, "traces", [span_line(1, 2), span_line(3)])
    write(tmp_path, "logs", [log_line(1)])
    write(tmp_path, "metrics", [metric_line(1, points=4), metric_line(2)])
    with receiver() as server:
        targets = [server.target("traces"), server.target("logs"), server.target("metrics")]
        summary = replay(plan(tmp_path, *targets))
    expected = names("span", [1, 2, 3]) | names("log", [1]) | names("metric", [1, 2])
    assert server.taken == expected
    assert {signal: tally.sent for signal, tally in summary.signals.items()} == {"traces": 3, "logs": 1, "metrics": 5}


def test_a_second_replay_sends_nothing_and_says_what_was_sent_before(tmp_path: Path) -> None:
    write(tmp_path, "logs", (log_line(number) for number in range(200)))
    with receiver() as server:
        replay(plan(tmp_path, server.target()))
        asked = len(server.requests)
        summary = replay(plan(tmp_path, server.target()))
        assert len(server.requests) == asked
    assert (summary.signals["logs"].sent, summary.signals["logs"].before) == (0, 200)
    assert summary.complete


def test_nothing_is_sent_twice_when_a_file_is_compressed_in_between(tmp_path: Path) -> None:
    write(tmp_path, "logs", (log_line(number) for number in range(20)), StoreLimits())
    with receiver() as server:
        replay(plan(tmp_path, server.target()))
        compress(tmp_path)
        assert raw_files(tmp_path) == []
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(20))
    assert summary.signals["logs"].before == 20


def test_a_growing_file_is_gone_on_with_where_the_last_replay_ended(tmp_path: Path) -> None:
    writer = SignalWriter(tmp_path, SERVICE, "logs")
    with receiver() as server:
        for number in range(5):
            writer.write(log_line(number))
            replay(plan(tmp_path, server.target()))
            assert server.taken == names("log", range(number + 1))
        writer.write(log_line(5))
        writer.close()
        compress(tmp_path)
        replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(6))


def test_a_bot_that_writes_and_turns_its_files_meanwhile_is_replayed_once(tmp_path: Path) -> None:
    done = threading.Event()

    def trade() -> None:
        writer = SignalWriter(tmp_path, SERVICE, "logs", SMALL_FILES)
        for number in range(600):
            writer.write(log_line(number))
            sweep(folder_of(tmp_path), SMALL_FILES) if number % 50 == 0 else None
        writer.close()
        done.set()

    bot = threading.Thread(target=trade)
    with receiver() as server:
        bot.start()
        while not done.is_set():
            replay(plan(tmp_path, server.target()))
        bot.join()
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(600))
    assert summary.complete


def test_the_files_of_several_processes_are_sent_in_the_order_of_time(tmp_path: Path) -> None:
    # Three bots side by side, each with one file over the same ten hours, which began when the file did.
    began = time.time_ns()
    for bot in range(3):
        times = [began + hour * 3600 * SECOND for hour in range(10)]
        write(tmp_path, "logs", [log_line(bot, time_ns=time) for time in times], service=f"bot-{bot}")
    with receiver() as server:
        replay(plan(tmp_path, server.target()))
    times = [
        int(record["timeUnixNano"])
        for document in server.documents
        for group in document["resourceLogs"]
        for scope in group["scopeLogs"]
        for record in scope["logRecords"]
    ]
    assert len(times) == 30
    highest = 0
    for time_ns in times:
        assert time_ns > highest - 120 * SECOND
        highest = max(highest, time_ns)


def test_only_the_services_that_were_asked_for_are_sent(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)], service="grid")
    write(tmp_path, "logs", [log_line(2)], service="hedge")
    with receiver() as server:
        replay(plan(tmp_path, server.target(), services=["hedge"]))
        assert server.taken == names("log", [2])
        replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", [1, 2])


@pytest.mark.parametrize("packed", [True, False])
def test_what_an_earlier_replay_of_a_time_left_out_is_sent_by_a_later_one(tmp_path: Path, packed: bool) -> None:
    write(tmp_path, "logs", (log_line(number) for number in range(100)), StoreLimits())
    if packed:
        compress(tmp_path)
    with receiver() as server:
        replay(plan(tmp_path, server.target(), window=Window(NOON + 40 * SECOND, NOON + 60 * SECOND)))
        assert server.taken == names("log", range(40, 60))
        replay(plan(tmp_path, server.target(), window=Window(NOON + 50 * SECOND)))
        assert server.taken == names("log", range(40, 100))
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(100))
    assert (summary.signals["logs"].sent, summary.signals["logs"].before) == (40, 60)


def test_a_counters_line_counts_as_recorded_when_it_was_exported_not_when_its_process_began(tmp_path: Path) -> None:
    write(tmp_path, "metrics", (metric_line(number) for number in range(1, 11)))
    with receiver() as server:
        replay(plan(tmp_path, server.target("metrics"), window=Window(until_ns=NOON + 5 * SECOND)))
    assert server.taken == names("metric", range(1, 5))


def test_another_receiver_gets_everything_again(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver() as first, receiver() as second:
        replay(plan(tmp_path, first.target()))
        replay(plan(tmp_path, second.target()))
    assert first.taken == second.taken == names("log", [1])


def test_a_dry_run_counts_what_would_be_sent_and_writes_nothing(tmp_path: Path) -> None:
    write(tmp_path, "logs", (log_line(number, number + 1000) for number in range(100)))
    before = sorted(tmp_path.rglob("*"))
    with receiver() as server:
        summary = replay(plan(tmp_path, server.target(), dry_run=True))
        assert server.requests == []
    assert summary.signals["logs"].sent == 200
    assert sorted(tmp_path.rglob("*")) == before


def test_a_rate_is_kept(tmp_path: Path) -> None:
    write(tmp_path, "logs", (log_line(number) for number in range(60)))
    with receiver() as server:
        began = time.monotonic()
        replay(plan(tmp_path, server.target(), rate=40.0))
        took = time.monotonic() - began
        assert max(len(asked.names) for asked in server.requests) <= 40
    assert server.taken == names("log", range(60))
    assert 0.9 < took < 10


def test_a_store_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    with receiver() as server:
        summary = replay(plan(tmp_path / "nothing", server.target()))
    assert summary.signals["logs"].files == 0
    assert summary.stopped == ""


def _peak_of(root: Path, files: int) -> int:
    """Return how many bytes at once a count of so many files takes, each of the hour after the one before."""
    folder = folder_of(root)
    folder.mkdir(parents=True)
    for hour in range(files):
        begun = NOON + hour * 3600 * SECOND
        lines = (log_line(*range(at, at + 20), time_ns=begun) for at in range(0, 3000, 20))
        moment = datetime.fromtimestamp(begun // SECOND, timezone.utc)
        (folder / f"logs-{moment:%Y%m%dT%H%M%S}.000000Z-1-{hour:08x}.jsonl").write_bytes(b"".join(lines))
    tracemalloc.start()
    try:
        summary = replay(plan(root, target_of({}, "logs"), dry_run=True))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert summary.signals["logs"].sent == files * 3000


def test_memory_does_not_grow_with_the_store(tmp_path: Path) -> None:
    _peak_of(tmp_path / "warm", 1)
    few, many = _peak_of(tmp_path / "few", 2), _peak_of(tmp_path / "many", 12)
    assert many < 1.3 * few
