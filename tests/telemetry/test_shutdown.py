"""The end of a process: all signals in the right order, once, within the bound, on SIGTERM only where that is ours."""

from __future__ import annotations

import atexit
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from otel_trading.orders import instruments
from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.settings import load
from otel_trading.telemetry import drops
from otel_trading.telemetry.pipeline import Pipeline
from otel_trading.telemetry.shutdown import Ending
from tests.telemetry.lanes import SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from opentelemetry.sdk.trace import ReadableSpan


class Spans(SpanExporter):
    def __init__(self, told: list[str], go_on: threading.Event) -> None:
        self._told = told
        self._go_on = go_on

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:  # noqa: ARG002 - the interface's
        self._go_on.wait(SECONDS)
        self._told.append("spans exported")
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._told.append("spans closed")


class Metrics(MetricExporter):
    def __init__(self, told: list[str], go_on: threading.Event) -> None:
        super().__init__()
        self._told = told
        self._go_on = go_on
        self.dropped = 0.0

    def export(
        self,
        metrics_data: MetricsData,
        timeout_millis: float = 10_000,  # noqa: ARG002 - the interface's
        **_: Any,
    ) -> MetricExportResult:
        self._go_on.wait(SECONDS)
        self._told.append("metrics exported")
        for resource in metrics_data.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    if metric.name == "trading.telemetry.dropped":
                        self.dropped = sum(getattr(point, "value", 0) for point in metric.data.data_points)
        return MetricExportResult.SUCCESS

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002 - the interface's
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: Any) -> None:  # noqa: ARG002 - the interface's
        self._told.append("metrics closed")


class Process:
    """The telemetry of a process, as the configurator puts it together, and its end."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self.told: list[str] = []
        self.spans_go_on = threading.Event()
        self.metrics_go_on = threading.Event()
        self.spans_go_on.set()
        self.metrics_go_on.set()
        self.metrics = Metrics(self.told, self.metrics_go_on)
        self.pipeline = Pipeline(load({})[0])
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(self.pipeline.span_processor(Spans(self.told, self.spans_go_on)))
        self.loggers = LoggerProvider()
        reader = PeriodicExportingMetricReader(self.metrics, export_interval_millis=3_600_000)
        self.meters = MeterProvider([reader])
        self.meters.get_meter("bot").create_counter("ticks").add(1)
        self.ending = Ending(self.pipeline, self.tracers, self.loggers, self.meters, seconds)

    def write_span(self) -> None:
        self.tracers.get_tracer("bot").start_span("work").end()

    def close(self) -> None:
        self.spans_go_on.set()
        self.metrics_go_on.set()
        self.ending.run()
        self.pipeline.close(SECONDS)


@pytest.fixture
def process(nothing_lost: None) -> Iterator[Callable[..., Process]]:  # noqa: ARG001 - losses are counted from zero
    made: list[Process] = []

    def make(seconds: float = SECONDS) -> Process:
        made.append(Process(seconds))
        return made[-1]

    before = signal.getsignal(signal.SIGTERM)
    yield make
    signal.signal(signal.SIGTERM, before)
    for each in made:
        atexit.unregister(each.ending.run)
        each.close()
    instruments.reset()


def test_spans_are_delivered_before_the_last_metrics(process: Callable[..., Process]) -> None:
    this = process()
    this.write_span()

    this.ending.run()

    assert this.told == ["spans exported", "spans closed", "metrics exported", "metrics closed"]


def test_the_end_comes_once(process: Callable[..., Process]) -> None:
    this = process()

    this.ending.run()
    this.ending.run()

    assert this.told.count("metrics closed") == 1


def test_the_last_metrics_count_what_was_lost_in_the_end(
    process: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    this = process(1.0)
    monkeypatch.setattr(instruments, "_meter", lambda: this.meters.get_meter("otel_trading"))
    this.spans_go_on.clear()
    this.write_span()

    this.ending.run()

    assert drops.counts() == {(Signal.TRACES, Reason.SHUTDOWN): 1}
    assert this.metrics.dropped == 1


def test_the_bound_holds_where_the_receiver_of_spans_hangs(process: Callable[..., Process]) -> None:
    this = process(0.4)
    this.spans_go_on.clear()
    this.write_span()

    begun = time.monotonic()
    this.ending.run()

    assert time.monotonic() - begun < 0.4 + 1
    assert "metrics exported" in this.told


def test_the_bound_holds_where_the_receiver_of_metrics_hangs(
    process: Callable[..., Process], caplog: pytest.LogCaptureFixture
) -> None:
    this = process(0.4)
    this.metrics_go_on.clear()

    begun = time.monotonic()
    this.ending.run()

    assert time.monotonic() - begun < 0.4 + 1
    assert drops.counts() == {(Signal.METRICS, Reason.SHUTDOWN): 1}
    assert "the last values were not delivered in time" in caplog.text


def test_the_bound_holds_where_all_receivers_hang(process: Callable[..., Process]) -> None:
    this = process(0.4)
    this.spans_go_on.clear()
    this.metrics_go_on.clear()
    this.write_span()

    begun = time.monotonic()
    this.ending.run()

    assert time.monotonic() - begun < 0.4 + 1
    assert drops.counts() == {(Signal.TRACES, Reason.SHUTDOWN): 1, (Signal.METRICS, Reason.SHUTDOWN): 1}


def test_with_no_time_left_losses_are_told_in_a_line_each(
    process: Callable[..., Process], caplog: pytest.LogCaptureFixture
) -> None:
    this = process(0)
    this.spans_go_on.clear()
    this.write_span()

    this.ending.run()

    assert [record.exc_info for record in caplog.records if record.name == "otel_trading"] == [None, None]


def test_the_sdk_s_own_hooks_are_gone(process: Callable[..., Process], monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[object] = []
    monkeypatch.setattr(atexit, "unregister", gone.append)

    this = process()

    assert gone == [this.tracers.shutdown, this.loggers.shutdown, this.meters.shutdown]


def test_a_process_without_providers_ends_too(process: Callable[..., Process]) -> None:
    this = process()

    Ending(this.pipeline, None, None, None, SECONDS).run()

    assert this.told == ["spans closed"]


def test_sigterm_is_taken_where_it_has_its_default(process: Callable[..., Process]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    this = process()

    this.ending.install()

    assert signal.getsignal(signal.SIGTERM) == this.ending._on_sigterm


@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda *_: None])
def test_sigterm_is_left_alone_where_the_bot_has_its_own_idea(process: Callable[..., Process], handler: Any) -> None:
    signal.signal(signal.SIGTERM, handler)

    process().ending.install()

    assert signal.getsignal(signal.SIGTERM) is handler


def test_sigterm_is_left_alone_outside_the_main_thread(process: Callable[..., Process]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    this = process()

    thread = threading.Thread(target=this.ending.install)
    thread.start()
    thread.join()

    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
