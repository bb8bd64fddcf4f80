"""What the real Collector sets right, so that no store refuses a request or drowns for one record in it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Exemplar, Gauge, Metric
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from otel_trading.semconv import attributes as names
from tests.stack.collector_process import Collector, Sink, plain, until
from tests.stack.harness.messages import counter, log, pairs, point, request, span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.numbered import ExportRequest

STACK = "first line\n" + "x" * 300_000 + "\nExchangeError: the last line"
CUT = "\n[16 KB and longer, cut here]\n"


class Running:
    """A Collector and what left it."""

    def __init__(self, collector: Collector, sink: Sink) -> None:
        self.collector, self.sink = collector, sink

    def logged(self, message: ExportRequest) -> tuple[Any, dict[str, Any]]:
        """Send one log record; return it as it left, and its resource."""
        before = len([*self.sink.records()])
        self.collector.send(message)
        until(lambda: len([*self.sink.records()]) > before)
        return [*self.sink.records()][-1], plain(self.sink.logs[-1].resource_logs[0].resource.attributes)

    def spanned(self, one: Span) -> Span:
        """Send one span; return it as it left."""
        self.collector.send(request("bot", one))
        until(lambda: [found for found in self.sink.spans() if found.span_id == one.span_id])
        return next(found for found in self.sink.spans() if found.span_id == one.span_id)

    def measured(self, *metrics: Metric) -> dict[str, list[Any]]:
        """Send metrics, of which the last is known to pass; return the points of each as they left."""
        self.collector.send(request("bot", *metrics))
        until(lambda: [*self.sink.points(metrics[-1].name)])
        return {metric.name: [*self.sink.points(metric.name)] for metric in metrics}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    environment = {"SCRAPE_INTERVAL": "5s"}
    with Sink() as sink, Collector(tmp_path_factory.mktemp("hygiene"), sink, environment=environment) as collector:
        yield Running(collector, sink)


@pytest.mark.parametrize("given", [{}, {"service.name": ""}])
def test_a_service_without_a_name_is_given_one(running: Running, given: dict[str, str]) -> None:
    message = request("", log("nameless"))
    del message.resource_logs[0].resource.attributes[:]
    message.resource_logs[0].resource.attributes.extend(pairs(given))

    _, resource = running.logged(message)

    assert resource["service.name"] == "unknown_service"


def test_the_command_line_of_a_process_is_left_out(running: Running) -> None:
    told = {
        "process.command_line": "bot --key abc",
        "process.command_args": ["bot", "--key", "abc"],
        "process.environment_variable.KEY": "abc",
        "process.pid": 7,
    }

    _, resource = running.logged(request("bot", log("started", severity_number=0), resource=told))

    assert resource == {"service.name": "bot", "process.pid": 7}


def test_a_long_stack_keeps_its_beginning_and_its_end(running: Running) -> None:
    found, _ = running.logged(request("bot", log("failed", {"exception.stacktrace": STACK})))

    stack = plain(found.attributes)["exception.stacktrace"]
    assert len(stack) == 4096 + len(CUT) + 12_000
    assert stack.startswith("first line\n")
    assert stack.endswith("\nExchangeError: the last line")
    assert CUT in stack


def test_a_long_stack_on_a_span_s_event_is_cut_too(running: Running) -> None:
    failed = Span.Event(name="exception", attributes=pairs({"exception.stacktrace": STACK}))

    found = running.spanned(span("failed", events=[failed]))

    stack = plain(found.events[0].attributes)["exception.stacktrace"]
    assert len(stack) < 17_000
    assert stack.endswith("the last line")


def test_of_too_many_attributes_the_order_s_ids_stay_and_the_rest_is_counted(running: Running) -> None:
    many = {f"a.{number}": number for number in range(500)} | {names.TRADING_ORDER_CLIENT_ID: "cl-1"}

    line, _ = running.logged(request("bot", log("many", many)))
    found = running.spanned(span("many", many))

    for attributes in (plain(line.attributes), plain(found.attributes)):
        assert len(attributes) == 128
        assert attributes[names.TRADING_ORDER_CLIENT_ID] == "cl-1"
    assert (line.dropped_attributes_count, found.dropped_attributes_count) == (373, 373)


def test_a_long_value_is_cut(running: Running) -> None:
    found = running.spanned(span("long", {"note": "x" * 1_000_000}))

    assert len(plain(found.attributes)["note"]) == 16_384


def test_a_body_of_lists_and_maps_becomes_its_json(running: Running) -> None:
    body = {"order": {"side": "buy", "levels": [1, 2.5]}, "on": True}

    found, _ = running.logged(request("bot", log(body)))

    assert json.loads(found.body.string_value) == body


def test_a_body_of_bytes_becomes_text(running: Running) -> None:
    found, _ = running.logged(request("bot", log(b"bought 0.5")))

    assert found.body.string_value == "bought 0.5"


def test_a_map_within_a_log_s_attributes_is_one_entry_for_loki(running: Running) -> None:
    found, _ = running.logged(request("bot", log("deep", {"levels": {str(number): number for number in range(500)}})))

    assert len(json.loads(plain(found.attributes)["levels"])) == 500


def test_names_that_loki_and_prometheus_can_not_spell_begin_with_key(running: Running) -> None:
    found, _ = running.logged(request("bot", log("priced", {"价格": 1, "***": 2, "price": 3})))
    points = running.measured(counter(point(attributes={"价格": "1", "price": "3"}), name="spelled"))["spelled"]

    assert plain(found.attributes) == {"key_价格": "1", "key_***": "2", "price": "3"}
    assert plain(points[0].attributes) == {"key_价格": "1", "price": "3"}


def test_tempo_takes_any_name(running: Running) -> None:
    assert plain(running.spanned(span("priced", {"价格": 1})).attributes) == {"价格": 1}


def test_series_for_each_order_become_one_that_adds_them_up(running: Running) -> None:
    now = time.time_ns()
    led = Exemplar(time_unix_nano=now, as_int=1, trace_id=b"t" * 16, span_id=b"s" * 8)
    points = [
        point(
            number,
            {names.TRADING_ORDER_ID: str(number), "myOrderId": str(number), names.TRADING_VENUE: "binance"},
            time_unix_nano=now,
            exemplars=[led],
        )
        for number in range(1, 11)
    ]

    (found,) = running.measured(counter(*points, name="of.orders"))["of.orders"]

    assert plain(found.attributes) == {names.TRADING_VENUE: "binance"}
    assert found.as_int == 55
    assert found.exemplars[0].trace_id == led.trace_id


def test_of_a_gauge_for_each_order_the_largest_stays(running: Running) -> None:
    now = time.time_ns()
    points = [point(number, {names.TRADING_ORDER_ID: str(number)}, time_unix_nano=now) for number in (3, 7, 5)]

    (found,) = running.measured(Metric(name="of.gauges", gauge=Gauge(data_points=points)))["of.gauges"]

    assert (found.as_int, plain(found.attributes)) == (7, {})


def test_series_of_few_values_stay_apart(running: Running) -> None:
    points = [point(number, {names.TRADING_SYMBOL: f"S{number}/USDT", "status": "filled"}) for number in range(3)]

    assert len(running.measured(counter(*points, name="of.symbols"))["of.symbols"]) == 3


def test_what_prometheus_refuses_does_not_take_its_neighbours_along_and_is_counted(running: Running) -> None:
    ahead = point(time_unix_nano=time.time_ns() + 3600 * 10**9)
    delta = counter(point(), name="a.delta")
    delta.sum.aggregation_temporality = AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA
    empty = counter(name="an.empty.one")

    left = running.measured(delta, empty, counter(ahead, point(2), name="ahead"), counter(point(), name="a.good.one"))

    assert (left["a.delta"], left["an.empty.one"]) == ([], [])
    assert [each.as_int for each in left["ahead"]] == [2]
    assert len(left["a.good.one"]) == 1
    counted = "otelcol_processor_filter_datapoints_filtered_total"
    assert running.collector.counted(counted) == 2


def test_the_collector_s_own_metrics_go_the_same_way(running: Running) -> None:
    until(lambda: [*running.sink.points("otelcol_exporter_queue_size")], 30)

    assert {
        plain(group.resource.attributes)["service.name"]
        for message in running.sink.metrics
        for group in message.resource_metrics
        if any(
            metric.name == "otelcol_exporter_queue_size" for scope in group.scope_metrics for metric in scope.metrics
        )
    } == {"collector"}


def test_nothing_in_it_failed(running: Running) -> None:
    said = running.collector.process.said()

    assert not [line for line in said.splitlines() if "\terror\t" in line]
