"""What a record weighs follows what it holds, and is found without a look at all of it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from opentelemetry._logs import LogRecord
from opentelemetry.sdk._logs import ReadWriteLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider

from otel_trading.telemetry import weight

MIB = 1 << 20
NESTED: list[Any] = []
for _ in range(100_000):
    NESTED = [NESTED]


def log(body: Any = None, **attributes: Any) -> ReadWriteLogRecord:
    return ReadWriteLogRecord(LogRecord(body=body, attributes=attributes), Resource.get_empty())


def span(**attributes: Any) -> Any:
    made = TracerProvider(shutdown_on_exit=False).get_tracer("bot").start_span("GET", attributes=attributes)
    made.end()
    return made


@pytest.mark.parametrize(
    "body",
    ["x" * MIB, b"x" * MIB, {"raw": "x" * MIB}, {"a": [{"b": "x" * MIB}]}, ["x" * 1024] * 1024],
    ids=["text", "bytes", "field", "deep", "many"],
)
def test_a_large_body_weighs_what_it_holds(body: Any) -> None:
    assert MIB <= weight.of_log(log(body)) < 1.3 * MIB


def test_a_large_attribute_of_a_log_weighs_what_it_holds() -> None:
    assert MIB <= weight.of_log(log("hello", stack="x" * MIB)) < 1.1 * MIB


def test_a_large_attribute_of_a_span_weighs_what_it_holds() -> None:
    assert MIB <= weight.of_span(span(answer="x" * MIB)) < 1.1 * MIB


def test_what_an_event_of_a_span_holds_is_weighed() -> None:
    made = TracerProvider(shutdown_on_exit=False).get_tracer("bot").start_span("GET")
    made.add_event("exception", {"exception.stacktrace": "x" * MIB})
    made.end()
    assert isinstance(made, ReadableSpan)

    assert MIB <= weight.of_span(made) < 1.1 * MIB


def test_more_attributes_weigh_more() -> None:
    assert weight.of_log(log("hello", **{f"key{n}": n for n in range(20)})) > weight.of_log(log("hello"))


@pytest.mark.parametrize("body", [["x"] * 1_000_000, NESTED, object()], ids=["long", "deep", "strange"])
def test_the_estimate_takes_no_time_for_what_is_large_or_strange(body: Any) -> None:
    weight.of_log(log(body))
    begun = time.perf_counter()

    assert weight.of_log(log(body)) > 0

    assert time.perf_counter() - begun < 0.1
