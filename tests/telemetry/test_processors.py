"""What is recorded while an order is at work carries its ids, and is handed on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry._logs import LogRecord, get_logger
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON

from otel_trading import order, strategy
from otel_trading.telemetry import processors
from otel_trading.telemetry.processors import ShipLogs, ShipSpans
from tests.recording import attributes
from tests.telemetry.lanes import SECONDS, Arrivals

if TYPE_CHECKING:
    from tests.recording import Recorded
    from tests.telemetry.lanes import Lanes


def span(name: str = "work", **given: Any) -> None:
    with trace.get_tracer("bot").start_as_current_span(name, attributes=given):
        pass


def test_a_span_begun_for_an_order_has_its_ids(recorded: Recorded) -> None:
    with order(client_id="cl-1", venue="binance", symbol="BTC/USDT", strategy="grid"):
        span()

    assert attributes(recorded.span("work")) == {
        "trading.order.client_id": "cl-1",
        "trading.venue": "binance",
        "trading.symbol": "BTC/USDT",
        "trading.strategy.id": "grid",
    }


def test_a_span_begun_for_no_order_has_none(recorded: Recorded) -> None:
    with order(client_id="cl-1"):
        pass
    span()

    assert attributes(recorded.span("work")) == {}


def test_a_span_begun_for_a_strategy_has_its_id(recorded: Recorded) -> None:
    with strategy("grid"):
        span()

    assert attributes(recorded.span("work")) == {"trading.strategy.id": "grid"}


def test_a_span_is_stamped_from_the_context_it_is_given_not_from_the_current_one(recorded: Recorded) -> None:
    tracer = trace.get_tracer("bot")
    with order(client_id="cl-1"):
        from opentelemetry import context  # noqa: PLC0415 - the context of the order

        given = context.get_current()

    tracer.start_span("late", given).end()

    assert attributes(recorded.span("late"))["trading.order.client_id"] == "cl-1"


def test_a_log_written_for_an_order_has_its_ids(recorded: Recorded) -> None:
    with order(client_id="cl-1", venue="binance"):
        get_logger("bot").emit(LogRecord(body="sending"))

    (log,) = recorded.logs()
    assert attributes(log) == {"trading.order.client_id": "cl-1", "trading.venue": "binance"}


def test_what_a_log_says_itself_stands(recorded: Recorded) -> None:
    with order(client_id="cl-1", venue="binance"):
        get_logger("bot").emit(LogRecord(body="x", attributes={"trading.venue": "kraken"}))

    (log,) = recorded.logs()
    assert attributes(log)["trading.venue"] == "kraken"


def test_a_fault_of_ours_keeps_no_span_from_the_bot(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(processors, "current_order", fail)

    span()

    assert len(recorded.spans("work")) == 1
    assert recorded.total("trading.telemetry.errors", **{"error.type": "ZeroDivisionError"}) == 1


@pytest.mark.parametrize(("sampler", "shipped"), [(ALWAYS_ON, 1), (ALWAYS_OFF, 0)])
def test_spans_are_shipped_as_the_sampler_says(lanes: Lanes, sampler: Any, shipped: int) -> None:
    end = Arrivals()
    processor = ShipSpans(lanes(end))
    provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
    provider.add_span_processor(processor)

    provider.get_tracer("bot").start_span("work").end()

    assert processor.force_flush(int(SECONDS * 1000))
    assert len(end.items) == shipped


def test_logs_are_shipped(lanes: Lanes) -> None:
    end = Arrivals()
    processor = ShipLogs(lanes(end))
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(processor)

    provider.get_logger("bot").emit(LogRecord(body="line"))

    assert provider.force_flush(int(SECONDS * 1000))
    assert [item.log_record.body for item in end.items] == ["line"]


def test_a_flush_says_so_where_its_time_is_over(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end)
    lane.put("item")

    assert not ShipSpans(lane).force_flush(50)
    assert not ShipLogs(lane).force_flush(50)


def test_the_shutdown_of_a_provider_waits_for_no_exporter(lanes: Lanes) -> None:
    end = Arrivals()
    end.go_on.clear()
    lane = lanes(end)
    lane.put("item")

    ShipSpans(lane).shutdown()
    ShipLogs(lane).shutdown()

    assert end.closed == 0
