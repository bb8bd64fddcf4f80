"""Half lines, garbage, harmed files: left out and told, and nothing else is lost, repeated or brought down."""

from __future__ import annotations

import contextlib
import itertools
import json
import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_trading.replay import Tally, Window, replay
from otel_trading.replay.document import NoDocumentError, piece_of, request, singles
from otel_trading.replay.ledger import LedgerError, load
from otel_trading.replay.ranges import Range, Ranges
from otel_trading.replay.segment import opened_ns
from otel_trading.telemetry.store.layout import INDEX, PACKED, new_stem
from otel_trading.telemetry.store.limits import StoreLimits
from tests.replay.receiver import receiver
from tests.replay.stores import log_line, metric_line, names, plan, span_line, write
from tests.telemetry.store.samples import NOON, SECOND, compress, folder_of, packed_files, raw_files

if TYPE_CHECKING:
    from pathlib import Path

    from otel_trading.telemetry.store.layout import Signal

GARBAGE = [b"garbage", b"[1]", b"\xff\xfe", b"[" * 100_000, b'{"resourceLogs":', b'{"resourceSpans":[]}', b"7", b"null"]


@pytest.mark.parametrize("garbage", GARBAGE)
def test_a_line_of_garbage_is_left_out_and_told(tmp_path: Path, garbage: bytes) -> None:
    write(tmp_path, "logs", [log_line(1), log_line(2)])
    [raw] = raw_files(tmp_path)
    first, second = raw.read_bytes().splitlines(keepends=True)
    raw.write_bytes(first + garbage + b"\n" + second)
    with receiver() as server:
        summary = replay(plan(tmp_path, server.target()))
        assert server.taken == names("log", [1, 2])
        [warning] = summary.troubles.told()
        assert f"left out of {raw}" in warning
        assert summary.complete
        assert replay(plan(tmp_path, server.target())).troubles.told() == []


def test_half_a_line_at_the_end_of_a_killed_bots_file_is_left_out_and_told(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1), log_line(2)])
    [raw] = raw_files(tmp_path)
    raw.write_bytes(raw.read_bytes()[:-9])
    with receiver() as server:
        for packed in (False, True):
            summary = replay(plan(tmp_path, server.target()))
            assert server.taken == names("log", [1])
            assert [warning for warning in summary.troubles.told() if "torn line" in warning]
            assert summary.complete
            if not packed:
                compress(tmp_path)


def test_a_whole_line_that_lacks_but_its_newline_arrives_once_it_is_compressed(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1), log_line(2)])
    [raw] = raw_files(tmp_path)
    raw.write_bytes(raw.read_bytes()[:-1])
    with receiver() as server:
        replay(plan(tmp_path, server.target()))
        compress(tmp_path)
        replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", [1, 2])


def packed_store(root: Path) -> Path:
    """Make a compressed file of several blocks of records that do not compress."""
    chance = random.Random(5)  # noqa: S311 - data for a test
    lines = []
    for number in range(1500):
        line = log_line(number)
        lines.append(line.replace(b'"bot.orders"', b'"%b"' % chance.randbytes(400).hex().encode()))
    write(root, "logs", lines, StoreLimits())
    compress(root)
    [path] = packed_files(root)
    return path


@pytest.mark.parametrize("harm", ["missing", "cut", "empty"])
def test_a_harmed_index_costs_nothing(tmp_path: Path, harm: str) -> None:
    path = packed_store(tmp_path)
    index = path.with_name(path.name.removesuffix(PACKED) + INDEX)
    data = index.read_bytes()
    with receiver() as server:
        for _ in range(2):
            if harm == "missing":
                index.unlink()
            else:
                index.write_bytes(data[:50] if harm == "cut" else b"")
            summary = replay(plan(tmp_path, server.target()))
            assert any("was rebuilt" in warning for warning in summary.troubles.told())
            assert summary.complete
    assert server.taken == names("log", range(1500))


def test_a_harmed_block_is_told_and_the_others_arrive_once(tmp_path: Path) -> None:
    path = packed_store(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    with receiver() as server:
        first = replay(plan(tmp_path, server.target()))
        taken = len(server.taken)
        assert 700 < taken < 1500
        replay(plan(tmp_path, server.target()))
        assert len(server.taken) == taken
    # No record that was never stored, and none twice: a changed block decompresses to some that look right.
    assert set(server.taken.values()) == {1}
    assert set(server.taken) < set(names("log", range(1500)))
    assert any("corrupt block" in warning for warning in first.troubles.told())
    assert not first.complete


def test_a_file_that_lost_lines_after_a_part_of_it_was_sent_is_not_sent_from_a_wrong_place(tmp_path: Path) -> None:
    path = packed_store(tmp_path)
    with receiver() as server:
        # The first half is sent; then a block of it is harmed and the index is lost: every later position shifts.
        replay(plan(tmp_path, server.target(), window=Window(until_ns=NOON + 900 * SECOND)))
        assert server.taken == names("log", range(900))
        data = bytearray(path.read_bytes())
        data[len(data) // 5] ^= 0xFF
        path.write_bytes(data)
        path.with_name(path.name.removesuffix(PACKED) + INDEX).unlink()
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(900))
    assert any("not what it was" in warning for warning in summary.troubles.told())
    assert not summary.complete


def test_another_text_of_the_same_lengths_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(number) for number in range(1, 9)])
    [raw] = raw_files(tmp_path)
    with receiver() as server:
        replay(plan(tmp_path, server.target(), window=Window(until_ns=NOON + 4 * SECOND)))
        assert server.taken == names("log", [1, 2, 3])
        lines = raw.read_bytes().splitlines(keepends=True)
        assert len(set(map(len, lines))) == 1
        raw.write_bytes(b"".join(lines[1:]))
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", [1, 2, 3])
    assert any("not what it was" in warning for warning in summary.troubles.told())


def test_a_file_that_cannot_be_read_does_not_keep_others_from_being_sent(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    (folder_of(tmp_path) / f"{new_stem('logs', 1)}.jsonl").mkdir()
    (folder_of(tmp_path) / "logs-by-hand.jsonl").write_bytes(log_line(2))
    with receiver() as server:
        summary = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", [1, 2])
    assert not summary.complete


def test_files_removed_by_retention_are_forgotten_by_the_ledger(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver() as server:
        replay(plan(tmp_path, server.target()))
        [raw] = raw_files(tmp_path)
        raw.unlink()
        write(tmp_path, "logs", [log_line(2)])
        summary = replay(plan(tmp_path, server.target()))
    assert summary.signals["logs"] == Tally(1, 1, 1, bytes_sent=summary.signals["logs"].bytes_sent)
    ledgers = [path.read_text() for path in (folder_of(tmp_path) / "replay").glob("*.ledger")]
    assert raw.stem not in "".join(ledgers)


LINES: dict[Signal, bytes] = {
    "logs": log_line(1, 2),
    "traces": span_line(1, 2),
    "metrics": metric_line(1, points=2),
}

FIELDS = [
    *(
        "resourceLogs",
        "scopeLogs",
        "scope_logs",
        "logRecords",
        "resourceSpans",
        "resource_spans",
        "scopeSpans",
        "spans",
    ),
    *("resourceMetrics", "scopeMetrics", "metrics", "sum", "gauge", "dataPoints", "name"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(FIELDS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(st.sampled_from(list(LINES)), JSON, st.booleans())
def test_any_json_is_counted_as_it_is_split(signal: Signal, value: object, spaced: bool) -> None:
    line = json.dumps(value, separators=None if spaced else (",", ":")).encode()
    try:
        piece = piece_of(line, signal)
    except NoDocumentError:
        return
    assert len(singles(piece, signal)) == piece.records
    parts = request(singles(piece, signal), signal)
    assert piece_of(parts, signal).records == piece.records
    [outer] = json.loads(request([piece], signal))
    assert outer == {"logs": "resourceLogs", "traces": "resourceSpans", "metrics": "resourceMetrics"}[signal]


@given(st.sampled_from(list(LINES)), st.data())
def test_a_line_with_any_bytes_changed_is_a_piece_or_is_none(signal: Signal, data: st.DataObject) -> None:
    line = bytearray(LINES[signal])
    for _ in range(data.draw(st.integers(1, 4))):
        line[data.draw(st.integers(0, len(line) - 1))] = data.draw(st.integers(0, 255))
    try:
        piece = piece_of(bytes(line), signal)
    except NoDocumentError:
        return
    assert len(singles(piece, signal)) == piece.records


@given(st.binary(max_size=300) | st.lists(st.binary(max_size=40)).map(b"\n".join))
def test_any_bytes_for_a_ledger_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.ledger"
    path.write_bytes(data)
    with contextlib.suppress(LedgerError):
        assert load(path, "http://localhost:4318/v1/logs") == {}


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=30))
def test_ranges_hold_what_a_set_of_positions_holds(added: list[tuple[int, int]]) -> None:
    ranges, positions = Ranges(), set[int]()
    for start, length in added:
        ranges.add(Range(start, start + length, 1, start + length))
        positions |= set(range(start, start + length))
    held = list(ranges)
    assert all(one.end < other.start for one, other in itertools.pairwise(held))
    assert {at for at in range(60) if ranges.holding(at)} == positions
    assert ranges.records == len(added)
    assert ranges.end == max(positions, default=-1) + 1
    assert all(each.crc == each.end for each in held)
    for start in range(0, 50, 7):
        for end in range(start + 1, 52, 5):
            edges = any(start < each.start < end or start < each.end <= end for each in held)
            assert ranges.edge_within(start, end) == edges


@given(st.text(max_size=40))
def test_any_name_of_a_file_has_a_time_or_none(name: str) -> None:
    assert opened_ns(f"logs-{name}") >= 0


def test_the_time_in_a_name_is_read_to_the_microsecond() -> None:
    assert opened_ns("logs-20261123T120000.250000Z-4711-0123abcd") == NOON + SECOND // 4
    assert opened_ns("logs-20269923T120000.250000Z-4711-0123abcd") == 0
