"""The layer ``sampling``: traces that tell of trouble are kept whole, of the others a share; metrics count them all."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from otel_trading.semconv import attributes as names
from otel_trading.semconv import events
from tests.stack.collector_process import Collector, Sink, until
from tests.stack.harness.messages import pairs, request, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.timeout(180)

MS = 1_000_000
SLOW_MS = 300
WAIT = 2.0
UNREMARKABLE = 200
SHARE = 25

# What makes a trace worth keeping, in one span of it.
TROUBLE: dict[str, dict[str, Any]] = {
    "an error": {"status": Status(code=Status.STATUS_CODE_ERROR)},
    "a category of a reject": {"attributes": {names.TRADING_ORDER_REJECTION_CATEGORY: "insufficient_funds"}},
    "the status of a reject": {"attributes": {names.TRADING_ORDER_STATUS: "rejected"}},
    "the event of a reject": {"events": [Span.Event(name=events.TRADING_ORDER_REJECTED)]},
    "a cancellation refused": {"events": [Span.Event(name=events.TRADING_ORDER_CANCEL_REJECTED)]},
    "an order without an answer": {"events": [Span.Event(name=events.TRADING_ORDER_UNCONFIRMED)]},
    "a risk breach": {"attributes": {names.TRADING_RISK_CHECK_RESULT: "breached"}},
    "the event of a risk breach": {
        "events": [
            Span.Event(name=events.TRADING_RISK_CHECK, attributes=pairs({names.TRADING_RISK_CHECK_RESULT: "breached"}))
        ]
    },
    "a kill switch": {"attributes": {names.TRADING_KILL_SWITCH_ACTIVE: True}},
    "the event of a kill switch": {"events": [Span.Event(name=events.TRADING_KILL_SWITCH_CHANGED)]},
    "a slow acknowledgement": {"name": "submit_order binance", "milliseconds": SLOW_MS},
    "a slow batch": {"name": "submit_orders", "milliseconds": SLOW_MS},
}
# What comes near, and is none.
NONE: dict[str, dict[str, Any]] = {
    "a quick acknowledgement": {"name": "submit_order binance", "milliseconds": SLOW_MS - 1},
    "a slow query": {"name": "fetch_balance binance", "milliseconds": SLOW_MS},
    "a risk check that passed": {"attributes": {names.TRADING_RISK_CHECK_RESULT: "passed"}},
    "an order that is filled": {"attributes": {names.TRADING_ORDER_STATUS: "filled"}},
    "an event of a fill": {"events": [Span.Event(name=events.TRADING_ORDER_FILLED)]},
}


def made(
    trace: bytes, name: str = "order", attributes: dict[str, Any] | None = None, milliseconds: int = 1, **fields: Any
) -> Span:
    end = time.time_ns()
    return span(
        name,
        attributes,
        trace_id=trace,
        start_time_unix_nano=end - milliseconds * MS,
        end_time_unix_nano=end,
        **fields,
    )


def story(trace: bytes, telling: dict[str, Any]) -> list[Span]:
    return [made(trace), made(trace, **telling), made(trace, name="order_update binance")]


class Sampled:
    """What was sent and what was kept."""

    def __init__(self, sink: Sink, collector: Collector) -> None:
        self.sink, self.collector = sink, collector
        self.trouble = {kind: os.urandom(16) for kind in TROUBLE}
        self.none = {kind: os.urandom(16) for kind in NONE}
        self.others = [os.urandom(16) for _ in range(UNREMARKABLE)]

    def send(self, spans: Sequence[Span]) -> None:
        self.collector.send(request("bot", *spans))

    def kept(self, trace: bytes) -> int:
        return sum(found.trace_id == trace for found in self.sink.spans())


@pytest.fixture(scope="module")
def nothing_of_the_rest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sampled]:
    yield from sampled(tmp_path_factory, share=0)


@pytest.fixture(scope="module")
def a_share(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sampled]:
    yield from sampled(tmp_path_factory, share=SHARE)


def sampled(factory: pytest.TempPathFactory, share: int) -> Iterator[Sampled]:
    environment = {
        "SAMPLING_WAIT": f"{WAIT:g}s",
        "SAMPLING_SLOW_ACK_MS": str(SLOW_MS),
        "SAMPLING_PERCENTAGE": str(share),
    }
    with Sink() as sink, Collector(factory.mktemp("sampling"), sink, ["sampling"], environment) as collector:
        found = Sampled(sink, collector)
        for number, trace in enumerate(found.others):
            found.send([made(trace), made(trace, name=f"step {number % 3}")])
        for kinds, traces in ((TROUBLE, found.trouble), (NONE, found.none)):
            for kind, telling in kinds.items():
                found.send(story(traces[kind], telling))
        until(lambda: all(found.kept(trace) == 3 for trace in found.trouble.values()), 30)
        yield found


@pytest.mark.parametrize("kind", TROUBLE)
def test_a_trace_with_trouble_is_kept_whole(nothing_of_the_rest: Sampled, kind: str) -> None:
    assert nothing_of_the_rest.kept(nothing_of_the_rest.trouble[kind]) == 3


@pytest.mark.parametrize("kind", NONE)
def test_a_trace_without_trouble_is_not_kept(nothing_of_the_rest: Sampled, kind: str) -> None:
    assert nothing_of_the_rest.kept(nothing_of_the_rest.none[kind]) == 0


def test_no_trace_is_kept_beyond_those_with_trouble(nothing_of_the_rest: Sampled) -> None:
    kept = {found.trace_id for found in nothing_of_the_rest.sink.spans()}

    assert kept.isdisjoint(nothing_of_the_rest.others)


def test_of_the_rest_about_the_share_is_kept_each_trace_whole(a_share: Sampled) -> None:
    kept = [a_share.kept(trace) for trace in a_share.others]

    assert set(kept) == {0, 2}
    # Five standard deviations of a fair choice: by chance less than once in a million runs.
    assert 20 <= kept.count(2) <= 80


def test_metrics_count_the_spans_that_are_not_kept(nothing_of_the_rest: Sampled) -> None:
    sent = 2 * UNREMARKABLE + 3 * (len(TROUBLE) + len(NONE))

    def counted() -> int:
        """Return the calls in the newest request that holds any."""
        for message in reversed(nothing_of_the_rest.sink.metrics):
            points = [
                each.as_int
                for group in message.resource_metrics
                for scope in group.scope_metrics
                for metric in scope.metrics
                if metric.name == "traces.span.metrics.calls"
                for each in metric.sum.data_points
            ]
            if points:
                return sum(points)
        return 0

    until(lambda: counted() >= sent)
    assert counted() == sent


def test_metrics_lead_to_traces_by_exemplars(nothing_of_the_rest: Sampled) -> None:
    traces = {*nothing_of_the_rest.trouble.values(), *nothing_of_the_rest.none.values(), *nothing_of_the_rest.others}

    def exemplars() -> set[bytes]:
        points = nothing_of_the_rest.sink.points("traces.span.metrics.duration")
        return {exemplar.trace_id for found in points for exemplar in found.exemplars}

    until(exemplars)
    assert exemplars() <= traces


def test_what_comes_to_a_kept_trace_later_follows_it(nothing_of_the_rest: Sampled) -> None:
    trace = nothing_of_the_rest.trouble["an error"]

    nothing_of_the_rest.send([made(trace, name="order_update binance")])

    until(lambda: nothing_of_the_rest.kept(trace) == 4)


def test_a_reject_that_comes_after_the_decision_is_kept(nothing_of_the_rest: Sampled) -> None:
    trace = nothing_of_the_rest.others[0]

    nothing_of_the_rest.send([made(trace, attributes={names.TRADING_ORDER_STATUS: "rejected"})])

    until(lambda: nothing_of_the_rest.kept(trace) == 1)


def test_a_collector_that_is_stopped_decides_on_what_waits(tmp_path_factory: pytest.TempPathFactory) -> None:
    environment = {"SAMPLING_WAIT": "60s", "SAMPLING_PERCENTAGE": "0"}
    spans = story(os.urandom(16), TROUBLE["an error"])
    with Sink() as sink:
        with Collector(tmp_path_factory.mktemp("stopped"), sink, ["sampling"], environment) as collector:
            collector.send(request("bot", *spans))
            time.sleep(1)
            assert not [*sink.spans()]
        # What the stop left no time to send is in the queue.
        with collector:
            until(lambda: {found.span_id for found in sink.spans()} == {sent.span_id for sent in spans})
