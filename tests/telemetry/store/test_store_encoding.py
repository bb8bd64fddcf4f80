from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto_json.logs.v1.logs import LogsData
from opentelemetry.proto_json.trace.v1.trace import TracesData

from otel_trading.telemetry.records import LogRecord, SpanEvent, SpanLink, SpanRecord, Value
from otel_trading.telemetry.store.decode import logs_of, spans_of, value_of
from otel_trading.telemetry.store.encode import LineEncoder, metrics_line, value_json
from tests.telemetry.store.samples import ENCODER, RESOURCE, log, span

INT64 = st.integers(-(2**63), 2**63 - 1)
TIMES = st.integers(0, 2**64 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | INT64 | st.floats(allow_nan=False) | TEXTS | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
ATTRIBUTES = st.dictionaries(TEXTS, VALUES, max_size=6)


def ids(size: int) -> st.SearchStrategy[str]:
    return st.binary(min_size=size, max_size=size).filter(any).map(bytes.hex)


COUNTS = st.integers(0, 2**32 - 1)
SPANS = st.builds(
    SpanRecord,
    trace_id=ids(16),
    span_id=ids(8),
    parent_span_id=st.just("") | ids(8),
    name=TEXTS,
    kind=st.integers(0, 5),
    start_ns=TIMES,
    end_ns=TIMES,
    attributes=ATTRIBUTES,
    events=st.lists(st.builds(SpanEvent, TEXTS, TIMES, ATTRIBUTES, COUNTS), max_size=2).map(tuple),
    links=st.lists(st.builds(SpanLink, ids(16), ids(8), ATTRIBUTES, COUNTS, TEXTS, COUNTS), max_size=2).map(tuple),
    status_code=st.integers(0, 2),
    status_message=TEXTS,
    flags=COUNTS,
    scope=TEXTS,
    trace_state=TEXTS,
    scope_version=TEXTS,
    scope_schema_url=TEXTS,
    dropped_attributes=COUNTS,
    dropped_events=COUNTS,
    dropped_links=COUNTS,
)
LOGS = st.builds(
    LogRecord,
    time_ns=TIMES,
    observed_ns=TIMES,
    severity_number=st.integers(0, 24),
    severity_text=TEXTS,
    body=VALUES,
    event_name=TEXTS,
    attributes=ATTRIBUTES,
    trace_id=st.just("") | ids(16),
    span_id=st.just("") | ids(8),
    flags=COUNTS,
    scope=TEXTS,
    scope_version=TEXTS,
    scope_schema_url=TEXTS,
    dropped_attributes=COUNTS,
)


def parsed(line: bytes) -> Any:
    """Parse as strictly as JSON is defined: no NaN, no text that is not UTF-8."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    data = json.loads(line, parse_constant=refuse)
    json.dumps(data, ensure_ascii=False).encode()
    return data


@given(SPANS, ATTRIBUTES)
def test_a_span_comes_back_as_it_was(record: SpanRecord, resource: dict[str, Value]) -> None:
    assert list(spans_of(parsed(LineEncoder(resource).spans([record])))) == [(record, resource)]


@given(LOGS, ATTRIBUTES)
def test_a_log_comes_back_as_it_was(record: LogRecord, resource: dict[str, Value]) -> None:
    assert list(logs_of(parsed(LineEncoder(resource).logs([record])))) == [(record, resource)]


def test_many_records_of_several_scopes_share_a_line_and_one_resource() -> None:
    records = [log(1), log(2)._replace(scope="bot.hedge"), log(3)]
    data = parsed(ENCODER.logs(records))
    assert len(data["resourceLogs"]) == 1
    assert [group["scope"]["name"] for group in data["resourceLogs"][0]["scopeLogs"]] == ["bot.orders", "bot.hedge"]
    assert [(record.trace_id[-1], resource) for record, resource in logs_of(data)] == [
        ("1", RESOURCE),
        ("3", RESOURCE),
        ("2", RESOURCE),
    ]


def test_opentelemetrys_own_reader_accepts_a_line_of_spans() -> None:
    record = span(1, id="42", quantity=0.5, related_ids=["a", "b"])._replace(
        events=(SpanEvent("exception", 5, {"deep": {"list": [1, b"\x00", None]}}),),
        links=(SpanLink("c" * 32, "d" * 16, {}),),
        status_code=2,
        status_message="refused",
    )
    data = TracesData.from_json(ENCODER.spans([record]).decode())
    read = data.resource_spans[0].scope_spans[0].spans[0]
    assert read.trace_id == bytes.fromhex(record.trace_id)
    assert read.start_time_unix_nano == record.start_ns
    assert read.events[0].name == "exception"
    assert read.status is not None
    assert read.status.message == "refused"


def test_opentelemetrys_own_reader_accepts_a_line_of_logs() -> None:
    data = LogsData.from_json(ENCODER.logs([log(1, body={"text": "ä", "ratio": math.nan})]).decode())
    read = data.resource_logs[0].scope_logs[0].log_records[0]
    assert read.span_id == bytes.fromhex(log(1).span_id)
    assert read.observed_time_unix_nano == log(1).observed_ns


@pytest.mark.parametrize(("number", "written"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")])
def test_a_number_that_json_lacks_is_written_as_protobuf_names_it(number: float, written: str) -> None:
    encoded = json.loads(value_json(number))
    assert encoded == {"doubleValue": written}
    assert repr(value_of(encoded)) == repr(number)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**100])
def test_an_integer_beyond_64_bits_becomes_a_text_that_says_the_same(number: int) -> None:
    assert json.loads(value_json(number)) == {"stringValue": str(number)}


def test_an_integer_too_long_for_decimal_digits_does_not_raise() -> None:
    assert value_of(json.loads(value_json(1 << 50_000))) == hex(1 << 50_000)


def test_half_a_surrogate_pair_is_replaced_so_that_the_line_is_utf_8() -> None:
    line = LineEncoder({"\ud800": "x"}).logs([log(1, body="a\udcffb")._replace(event_name="\ud83d\ude00")])
    [(record, resource)] = logs_of(parsed(line))
    assert record.body == "a\ufffdb"
    assert record.event_name == "\U0001f600"
    assert resource == {"\ufffd": "x"}


class Unshowable:
    def __str__(self) -> str:
        raise ZeroDivisionError


def test_an_object_without_a_value_in_otlp_becomes_its_text() -> None:
    assert value_of(json.loads(value_json([Decimal("1.50"), Unshowable()]))) == ["1.50", "<Unshowable>"]


def test_a_container_that_holds_itself_ends() -> None:
    endless: list[Value] = []
    endless.append(endless)
    assert len(value_json(endless)) < 5000


def test_an_encoded_export_of_metrics_becomes_one_line() -> None:
    data: dict[str, Any] = {"resourceMetrics": [{"resource": {}, "scopeMetrics": []}]}
    assert parsed(metrics_line(data)) == data


def test_a_bare_nan_and_half_a_pair_in_metrics_become_valid_json() -> None:
    assert parsed(metrics_line({"a": [math.nan, "\ud800"], "b": -math.inf})) == {
        "a": ["NaN", "\ufffd"],
        "b": "-Infinity",
    }
