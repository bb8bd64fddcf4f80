from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from otel_trading.telemetry.records import LogRecord, SpanEvent, SpanLink, SpanRecord
from otel_trading.telemetry.store.decode import logs_of, spans_of, value_of

# As the Collector's file exporter writes it: fields with default values absent, 64-bit integers as text.
COLLECTOR_SPAN = """{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bot"}}]},
"scopeSpans":[{"scope":{"name":"lib","version":"1"},"spans":[{"traceId":"5BEBF93FB7592CE6D2745713433A1432",
"spanId":"2b9c5cb0a1f7d1aa","parentSpanId":"","name":"POST","kind":3,"startTimeUnixNano":"1700000000000000001",
"endTimeUnixNano":"1700000000000000002","attributes":[{"key":"n","value":{"intValue":"-5"}},
{"key":"b","value":{"boolValue":true}},{"key":"empty","value":{}}],"status":{}}]}],
"schemaUrl":"https://opentelemetry.io/schemas/1.30.0"}]}"""


def one_span(span: dict[str, Any]) -> SpanRecord:
    [(record, _)] = spans_of({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
    return record


def one_log(log: dict[str, Any]) -> LogRecord:
    [(record, _)] = logs_of({"resourceLogs": [{"scopeLogs": [{"logRecords": [log]}]}]})
    return record


def test_what_the_collector_wrote_is_read() -> None:
    [(record, resource)] = spans_of(json.loads(COLLECTOR_SPAN))
    assert resource == {"service.name": "bot"}
    assert record.trace_id == "5bebf93fb7592ce6d2745713433a1432"
    assert (record.scope, record.kind, record.status_code, record.parent_span_id) == ("lib", 3, 0, "")
    assert (record.start_ns, record.end_ns) == (1700000000000000001, 1700000000000000002)
    assert record.attributes == {"n": -5, "b": True, "empty": None}


def test_enums_may_be_names() -> None:
    record = one_span({"kind": "SPAN_KIND_CONSUMER", "status": {"code": "STATUS_CODE_ERROR"}})
    assert (record.kind, record.status_code) == (5, 2)


@pytest.mark.parametrize(
    ("name", "number"),
    [("SEVERITY_NUMBER_TRACE", 1), ("SEVERITY_NUMBER_INFO", 9), ("SEVERITY_NUMBER_WARN2", 14), ("nonsense", 0)],
)
def test_severities_may_be_names(name: str, number: int) -> None:
    assert one_log({"severityNumber": name}).severity_number == number


@pytest.mark.parametrize("written", [7, "7", 7.0, "7e0"])
def test_a_64_bit_integer_may_be_text_or_number(written: object) -> None:
    assert value_of({"intValue": written}) == 7
    assert one_log({"timeUnixNano": written}).time_ns == 7


def test_the_names_of_the_protobuf_file_are_read_too() -> None:
    [(record, resource)] = logs_of(
        {
            "resource_logs": [
                {
                    "resource": {"attributes": [{"key": "k", "value": {"string_value": "v"}}]},
                    "scope_logs": [{"log_records": [{"time_unix_nano": 3, "trace_id": "ab" * 16, "event_name": "e"}]}],
                }
            ]
        }
    )
    assert (record.time_ns, record.trace_id, record.event_name, resource) == (3, "ab" * 16, "e", {"k": "v"})


def test_ids_in_base64_are_read() -> None:
    record = one_span({"traceId": "W+v5P7dZLObSdFcTQzoUMg==", "spanId": "K5xcsKH30ao="})
    assert (record.trace_id, record.span_id) == ("5bebf93fb7592ce6d2745713433a1432", "2b9c5cb0a1f7d1aa")


def test_an_id_of_zeros_is_no_id() -> None:
    assert one_log({"traceId": "0" * 32, "spanId": "0" * 16})[7:9] == ("", "")


def test_bytes_are_read_in_either_base64_alphabet_and_without_padding() -> None:
    assert value_of({"bytesValue": "--__"}) == value_of({"bytesValue": "++//"}) == b"\xfb\xef\xff"
    assert value_of({"bytesValue": "AQ"}) == b"\x01"


def test_a_double_may_be_a_text() -> None:
    assert value_of({"doubleValue": "-Infinity"}) == -math.inf
    assert value_of({"doubleValue": "1.5"}) == 1.5


def test_events_and_links_are_read() -> None:
    record = one_span({"events": [{"name": "e", "timeUnixNano": "1"}], "links": [{"traceId": "aa" * 16}]})
    assert record.events == (SpanEvent("e", 1, {}),)
    assert record.links == (SpanLink("aa" * 16, "", {}),)


FIELDS = (
    "resourceSpans scopeSpans spans resourceLogs scopeLogs logRecords attributes key value kvlistValue arrayValue "
    "values intValue bytesValue doubleValue traceId events links kind status code scope body resource timeUnixNano"
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS.split()), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_no_shape_of_json_raises(data: object) -> None:
    list(spans_of(data))
    list(logs_of(data))
    value_of(data)
    one_span({"attributes": data, "events": [data], "kind": data, "traceId": data, "status": data})


@pytest.mark.parametrize("container", ["arrayValue", "kvlistValue"])
def test_a_value_nested_without_end_is_cut_instead_of_raising(container: str) -> None:
    value: dict[str, Any] = {"intValue": "1"}
    for _ in range(5000):
        value = {container: {"values": [value if container == "arrayValue" else {"key": "k", "value": value}]}}
    record = one_log({"body": value, "attributes": [{"key": "deep", "value": value}], "eventName": "kept"})
    assert record.event_name == "kept"
    assert repr(record.body).count("[" if container == "arrayValue" else "{") <= 66
