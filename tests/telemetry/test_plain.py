"""A record made plain and made the SDK's again loses nothing that a stock exporter would have sent."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry._logs import LogRecord as ApiLogRecord
from opentelemetry._logs import SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk._logs import LogRecordLimits, ReadWriteLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, Span, SpanLimits, TracerProvider
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    TraceState,
    set_span_in_context,
)

from otel_trading.telemetry import plain

RESOURCE = Resource({"service.name": "grid-btc", "process.pid": 7}, "https://opentelemetry.io/schemas/1.44.0")

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
times = st.integers(1, 2**63 - 1)
scalars = st.one_of(
    st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), texts, st.binary(max_size=8)
)
values = st.recursive(
    scalars | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
attributes = st.dictionaries(texts.filter(bool), scalars | st.lists(texts, max_size=3), max_size=4)
states = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_\-*/]{0,8}", fullmatch=True), st.just("v1"), max_size=3)
contexts = st.builds(
    SpanContext,
    st.integers(1, 2**128 - 1),
    st.integers(1, 2**64 - 1),
    st.booleans(),
    st.sampled_from([TraceFlags(0), TraceFlags(1)]),
    states.map(lambda pairs: TraceState(list(pairs.items()))),
)
# An empty version is none; the SDK alone would send its records apart from those without one.
scopes = st.builds(InstrumentationScope, texts, texts.filter(bool) | st.none(), texts | st.none())
statuses = st.one_of(
    st.just(Status(StatusCode.UNSET)),
    st.just(Status(StatusCode.OK)),
    st.builds(Status, st.just(StatusCode.ERROR), texts),
)


@st.composite
def spans(draw: st.DrawFn) -> ReadableSpan:
    return ReadableSpan(
        draw(texts),
        context=draw(contexts),
        parent=draw(contexts | st.none()),
        resource=RESOURCE,
        attributes=draw(attributes),
        events=draw(st.lists(st.builds(Event, texts, attributes, times), max_size=3)),
        links=draw(st.lists(st.builds(Link, contexts, attributes), max_size=3)),
        kind=draw(st.sampled_from(SpanKind)),
        status=draw(statuses),
        start_time=draw(times),
        end_time=draw(times),
        instrumentation_scope=draw(scopes),
    )


@st.composite
def logs(draw: st.DrawFn) -> ReadWriteLogRecord:
    context = draw(contexts | st.none())
    return ReadWriteLogRecord(
        ApiLogRecord(
            timestamp=draw(times),
            observed_timestamp=draw(times),
            context=set_span_in_context(NonRecordingSpan(context)) if context else None,
            severity_number=draw(st.sampled_from(SeverityNumber) | st.none()),
            severity_text=draw(texts | st.none()),
            body=draw(values),
            attributes=draw(attributes),
            event_name=draw(texts | st.none()),
        ),
        RESOURCE,
        draw(scopes),
    )


@given(st.lists(spans(), min_size=1, max_size=3))
def test_spans_are_sent_byte_for_byte_as_the_sdk_would(given_spans: list[ReadableSpan]) -> None:
    again = [plain.sdk_span(plain.span_record(span), RESOURCE) for span in given_spans]

    assert encode_spans(again).SerializeToString() == encode_spans(given_spans).SerializeToString()


@given(st.lists(logs(), min_size=1, max_size=3))
def test_logs_are_sent_byte_for_byte_as_the_sdk_would(given_logs: list[Any]) -> None:
    again = [plain.sdk_log(plain.log_record(log), RESOURCE) for log in given_logs]

    assert encode_logs(again).SerializeToString() == encode_logs(given_logs).SerializeToString()


def test_what_limits_cost_a_span_is_still_told() -> None:
    limits = SpanLimits(max_span_attributes=1, max_events=1, max_links=1, max_event_attributes=1, max_link_attributes=1)
    tracer = TracerProvider(resource=RESOURCE, span_limits=limits, shutdown_on_exit=False).get_tracer("bot", "1.2")
    link = Link(SpanContext(1, 2, is_remote=True), {"a": 1, "b": 2})
    span = tracer.start_span("submit", attributes={"a": 1, "b": 2}, links=[link, link])
    assert isinstance(span, Span)
    for _ in range(3):
        span.add_event("tick", {"a": 1, "b": 2})
    span.end()
    assert (span.dropped_attributes, span.dropped_events, span.dropped_links) == (1, 2, 1)

    again = plain.sdk_span(plain.span_record(span), RESOURCE)

    assert encode_spans([again]).SerializeToString() == encode_spans([span]).SerializeToString()


def test_what_limits_cost_a_log_is_still_told() -> None:
    with pytest.warns(Warning, match="dropped due to limits"):
        log = ReadWriteLogRecord(
            ApiLogRecord(timestamp=1, observed_timestamp=2, attributes={"a": 1, "b": 2}),
            RESOURCE,
            InstrumentationScope("bot"),
            LogRecordLimits(max_log_record_attributes=1),
        )

    again = plain.sdk_log(plain.log_record(log), RESOURCE)

    assert again.dropped_attributes == 1
    assert encode_logs([again]).SerializeToString() == encode_logs([log]).SerializeToString()  # type: ignore[list-item] # as the SDK hands it on


def test_a_log_without_its_own_time_has_that_of_its_observation() -> None:
    log = ReadWriteLogRecord(ApiLogRecord(observed_timestamp=5), RESOURCE, InstrumentationScope("bot"))

    assert plain.log_record(log).time_ns == 5


def test_a_log_made_again_takes_no_trace_from_where_that_is_done() -> None:
    record = plain.log_record(
        ReadWriteLogRecord(ApiLogRecord(timestamp=1, observed_timestamp=1), RESOURCE, InstrumentationScope("bot"))
    )
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("bot")

    with tracer.start_as_current_span("other"):
        assert plain.sdk_log(record, RESOURCE).log_record.trace_id == 0


def test_ids_are_lower_case_hex_of_full_length() -> None:
    span = ReadableSpan("x", context=SpanContext(0xAB, 0xCD, is_remote=False), resource=RESOURCE)

    record = plain.span_record(span)

    assert record.trace_id == "ab".rjust(32, "0")
    assert record.span_id == "cd".rjust(16, "0")
    assert record.parent_span_id == ""
