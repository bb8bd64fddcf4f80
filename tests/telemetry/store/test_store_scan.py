from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_trading.telemetry.store.decode import logs_of, spans_of
from otel_trading.telemetry.store.encode import metrics_line
from otel_trading.telemetry.store.index import IndexBuilder
from otel_trading.telemetry.store.keys import keys_of, record_time
from otel_trading.telemetry.store.scan import scan
from tests.telemetry.store.samples import ENCODER, NOON, SECOND, log, span, trace

if TYPE_CHECKING:
    from otel_trading.telemetry.records import LogRecord, SpanRecord, Value

TEXTS = st.text(max_size=8)
IDS = st.one_of(TEXTS, st.lists(TEXTS, max_size=3), st.integers(0, 99), st.none())
ORDERS = st.dictionaries(st.sampled_from(["client_id", "id", "original_client_id", "related_ids", "side"]), IDS)


def keys_by_parsing(data: bytes) -> set[str]:
    found: set[str] = set()
    for line in data.splitlines():
        for read in (spans_of, logs_of):
            for record, _ in read(json.loads(line)):
                found |= keys_of(record)
    return found


# A record is observed a little later, and beyond 2**64 there is no time: fuzz/ has that.
@given(st.lists(st.tuples(ORDERS, TEXTS, st.integers(0, 2**64 - SECOND)), min_size=1, max_size=5))
def test_patterns_see_every_key_and_time_that_a_parser_sees(
    orders: list[tuple[dict[str, Value], str, int]],
) -> None:
    records = [log(number, time_ns=time, body=body, **order) for number, (order, body, time) in enumerate(orders, 1)]
    data = b"".join(ENCODER.logs([record]) for record in records)
    contents = scan(data, "logs")
    assert contents.keys >= keys_by_parsing(data)
    assert (contents.lines, contents.records) == (len(records), len(records))
    known = [record_time(record) for record in records if record_time(record)]
    assert contents.first_ns <= min(known, default=0) or contents.first_ns == 0
    assert contents.last_ns >= max(known, default=0)


def reordered(line: bytes) -> bytes:
    """Write the same with spaces, and with the fields of each object the other way round."""

    def turned(data: object) -> object:
        if isinstance(data, dict):
            return {key: turned(value) for key, value in reversed(data.items())}
        return list(map(turned, data)) if isinstance(data, list) else data

    return json.dumps(turned(json.loads(line)), indent=None).encode() + b"\n"


def test_a_foreign_order_of_fields_hides_no_key() -> None:
    record: SpanRecord = span(5, client_id="cl-1", related_ids=["x", "y"])
    contents = scan(reordered(ENCODER.spans([record])), "traces")
    assert contents.keys == {trace(5), "cl-1", "x", "y"}
    assert contents.records == 1


def test_a_foreign_log_without_an_observed_time_is_counted() -> None:
    record: LogRecord = log(5, id="7")
    line = json.loads(ENCODER.logs([record]))
    del line["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0]["observedTimeUnixNano"]
    contents = scan(json.dumps(line).encode() + b"\n", "logs")
    assert (contents.records, contents.first_ns, contents.last_ns) == (1, NOON, NOON)


def test_a_number_as_an_order_id_is_a_key() -> None:
    assert "28173645" in scan(ENCODER.logs([log(1, id=28173645)]), "logs").keys


def test_a_trace_id_in_base64_is_a_key_in_hex() -> None:
    line = ENCODER.spans([span(5)]).replace(trace(5).encode(), b"W+v5P7dZLObSdFcTQzoUMg==")
    assert scan(line, "traces").keys == {"5bebf93fb7592ce6d2745713433a1432"}


def test_a_text_that_only_looks_like_an_attribute_is_no_key() -> None:
    body = ENCODER.logs([log(9, client_id="quoted")]).decode()
    assert scan(ENCODER.logs([log(1, body=body)]), "logs").keys == {trace(1)}


def test_garbage_between_lines_costs_no_key() -> None:
    data = b'\xff\x00 "trading.order.id"\n' + ENCODER.logs([log(1, id="42")]) + b'{"resourceLogs":\n'
    assert scan(data, "logs").keys == {trace(1), "42"}


def test_times_of_metrics_are_those_of_their_points() -> None:
    data = {"resourceMetrics": [{"dataPoints": [{"startTimeUnixNano": "5", "timeUnixNano": "9"}, {"timeUnixNano": 7}]}]}
    contents = scan(metrics_line(data), "metrics")
    assert (contents.first_ns, contents.last_ns, contents.records) == (5, 9, 1)


@pytest.mark.parametrize("time", [str(1 << 64), "9" * 5000, "-5"])
@pytest.mark.parametrize("spaced", [False, True])
def test_a_time_that_no_index_can_hold_is_one_that_is_not_known(time: str, spaced: bool) -> None:
    line = ENCODER.logs([log(1)])
    harmed = (reordered(line) if spaced else line).replace(f'"{NOON}"'.encode(), f'"{time}"'.encode())
    assert time.encode() in harmed

    contents = scan(harmed, "logs")

    assert (contents.first_ns, contents.last_ns) == (0, 0)
    builder = IndexBuilder()
    builder.add(0, 10, 10, contents)
    assert builder.finish(10, 0, lambda: None)
