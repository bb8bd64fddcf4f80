"""What a recording leaves behind: nothing, whatever the application has configured before or does meanwhile."""

from __future__ import annotations

import asyncio
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any

import ccxt
import pytest
import requests
from opentelemetry import _logs, metrics, propagate, trace
from opentelemetry._logs import _internal as logs_api
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.metrics import _internal as metrics_api
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import otel_trading
from otel_trading import settings
from otel_trading.instrumentation.ccxt import CcxtInstrumentor
from otel_trading.telemetry import logs
from otel_trading.testing import ccxt_config, instrumented, recording
from tests.testing.bots import CLIENT_ID, log, send, trade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from otel_trading.demo.venue import VenueThread

# As the modules of an application have them: made when they are imported.
TRACER = trace.get_tracer("bot")
TICKS = metrics.get_meter("bot").create_counter("bot.ticks")


class Application:
    """An application that has configured OpenTelemetry by itself."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.loggers = LoggerProvider(shutdown_on_exit=False)

    def configure(self) -> None:
        trace.set_tracer_provider(self.tracers)
        metrics.set_meter_provider(self.meters)
        _logs.set_logger_provider(self.loggers)

    def spans(self) -> list[str]:
        return [span.name for span in self._exporter.get_finished_spans()]

    def metrics(self) -> list[str]:
        data = self._reader.get_metrics_data()
        return [
            metric.name
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
        ]


@pytest.fixture
def application(monkeypatch: pytest.MonkeyPatch) -> Iterator[Application]:
    """An application that configures OpenTelemetry when the test says so, in a process where nobody did before."""
    for module, name in ((trace, "_TRACER_PROVIDER"), (logs_api, "_LOGGER_PROVIDER"), (metrics_api, "_METER_PROVIDER")):
        monkeypatch.setattr(module, name, None)
        monkeypatch.setattr(getattr(module, f"{name}_SET_ONCE"), "_done", False)
    yield Application()
    proxies: Any = metrics_api._PROXY_METER_PROVIDER
    proxies._real_meter_provider = None
    for meter in proxies._meters:
        meter._real_meter = None
        for instrument in meter._instruments:
            instrument._real_instrument = None


ccxt.binance()  # a class of ccxt is watched from its first object on


def globals_of_the_process() -> dict[str, object]:
    return {
        "tracers": trace.get_tracer_provider(),
        "loggers": _logs.get_logger_provider(),
        "meters": metrics.get_meter_provider(),
        "propagator": propagate.get_global_textmap(),
        "order call": vars(ccxt.binance)["create_order"],
        "request": requests.Session.send,
        "thread": vars(threading.Thread)["start"],
        "log call": logging.Logger.callHandlers,
        "log records": logging.getLogRecordFactory(),
        "level": logging.getLogger().level,
        "process's exceptions": sys.excepthook,
        "threads' exceptions": threading.excepthook,
        "tasks' exceptions": asyncio.BaseEventLoop.call_exception_handler,
    }


def replaced(before: dict[str, object]) -> set[str]:
    """Return what is another object than before."""
    return {name for name, value in globals_of_the_process().items() if value is not before[name]}


def test_everything_is_replaced_while_it_records_and_put_back_afterwards() -> None:
    before = globals_of_the_process()
    with recording():
        assert replaced(before) == set(before)
    assert replaced(before) == set()


def test_everything_is_put_back_when_the_test_fails() -> None:
    before = globals_of_the_process()
    with pytest.raises(ZeroDivisionError), recording():
        _ = 1 / 0
    assert replaced(before) == set()


def test_everything_is_put_back_when_a_library_cannot_be_instrumented(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("no such library")

    before = globals_of_the_process()
    monkeypatch.setattr(CcxtInstrumentor, "_instrument", fail)
    with recording():
        assert replaced(before) == set(before) - {"order call"}
    assert replaced(before) == set()
    assert "Instrumenting of ccxt failed" in caplog.text


def test_a_recording_begins_with_no_order_of_the_one_before_and_leaves_none() -> None:
    with recording():
        trade()
    assert otel_trading.find_order(CLIENT_ID) is None
    with recording() as orders:
        assert otel_trading.find_order(CLIENT_ID) is None
        trade()
        assert orders.metric("trading.execution.fills") == 1
        assert [span.span_id for span in orders.spans("order")] == [format(1, "016x")]


def test_settings_are_those_of_the_environment_while_it_records(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings.current().strategy == ""
    monkeypatch.setenv("OTEL_TRADING_STRATEGY", "grid-btc")
    with recording() as orders:
        send()
    monkeypatch.delenv("OTEL_TRADING_STRATEGY")
    assert orders.story(CLIENT_ID).order.strategy == "grid-btc"
    assert settings.current().strategy == ""


def test_it_records_where_the_environment_has_the_sdk_disabled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    with recording() as orders:
        trade()
    assert (len(orders.spans()), len(orders.logs()), orders.metric("trading.execution.fills")) == (3, 1, 1)
    assert TracerProvider(shutdown_on_exit=False)._disabled


def test_what_was_made_at_import_records_each_time_and_nothing_in_between() -> None:
    for _ in range(2):
        with recording() as orders:
            with TRACER.start_as_current_span("tick"):
                TICKS.add(1)
            TRACER.start_span("tock").end()
        assert not TRACER.start_span("between").is_recording()
        TICKS.add(1)
        assert [span.name for span in orders.spans()] == ["tick", "tock"]
        assert orders.metric("bot.ticks") == 1


def test_an_application_that_is_configured_afterwards_gets_what_was_made_at_import(application: Application) -> None:
    tracer, ticks = trace.get_tracer("late bot"), metrics.get_meter("late bot").create_counter("late.ticks")
    with recording():
        tracer.start_span("recorded").end()
        ticks.add(1)
    application.configure()
    tracer.start_span("the application's").end()
    ticks.add(1)
    assert application.spans() == ["the application's"]
    assert application.metrics() == ["late.ticks"]


def test_an_application_that_was_configured_before_has_its_providers_back_and_keeps_its_own_tracers(
    application: Application,
) -> None:
    tracer = trace.get_tracer("early bot")
    application.configure()
    tracer.start_span("before").end()
    with recording() as orders:
        send()
        tracer.start_span("its own").end()
    assert trace.get_tracer_provider() is application.tracers
    assert _logs.get_logger_provider() is application.loggers
    assert metrics.get_meter_provider() is application.meters
    assert application.spans() == ["before", "its own"]
    assert [span.name for span in orders.spans()] == ["order"]


def test_an_application_that_configures_itself_meanwhile_is_refused_as_in_production(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    with recording() as orders:
        application.configure()
        trade()
    assert [record.getMessage() for record in caplog.records if record.name.startswith("opentelemetry")] == [
        f"Overriding of current {kind}Provider is not allowed" for kind in ("Tracer", "Meter", "Logger")
    ]
    assert len(orders.spans()) == 3
    application.configure()
    assert trace.get_tracer_provider() is application.tracers


def test_a_library_that_is_instrumented_already_stays_so() -> None:
    instrumentor = RequestsInstrumentor()
    instrumentor.instrument()
    try:
        with recording():
            pass
        assert instrumentor.is_instrumented_by_opentelemetry
    finally:
        instrumentor.uninstrument()


def test_a_library_that_the_environment_excludes_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", "requests, threading")
    with recording():
        assert not RequestsInstrumentor().is_instrumented_by_opentelemetry
        assert CcxtInstrumentor().is_instrumented_by_opentelemetry
    monkeypatch.setenv("OTEL_PYTHON_DISABLED_INSTRUMENTATIONS", "*")
    with recording():
        assert not CcxtInstrumentor().is_instrumented_by_opentelemetry


def test_libraries_instrumented_once_record_in_each_recording(simulated_venue: VenueThread) -> None:
    with instrumented():
        original = vars(ccxt.binance)["create_order"]
        for _ in range(2):
            with recording() as orders:
                requests.get(f"{simulated_venue.url}/api/v3/time", timeout=5)
            assert [span.name for span in orders.spans()] == ["GET"]
            assert vars(ccxt.binance)["create_order"] is original
    assert not CcxtInstrumentor().is_instrumented_by_opentelemetry


def test_logging_that_is_captured_already_stays_so() -> None:
    logs.install(settings.current())
    try:
        captured = logging.Logger.callHandlers
        with recording() as orders:
            log.info("once")
        assert logging.Logger.callHandlers is captured
        assert [line.body for line in orders.logs()] == ["once"]
    finally:
        logs.uninstall()


def test_no_trace_header_leaves_for_a_venue(simulated_venue: VenueThread) -> None:
    with recording() as orders:
        exchange: Any = ccxt.binance(ccxt_config(simulated_venue))
        exchange.fetch_time()
        exchange.session.close()
    assert [span.name for span in orders.spans()] == ["fetch_time binance", "GET"]
    (request,) = simulated_venue.requests
    assert "traceparent" not in {name.lower() for name in request.headers}
