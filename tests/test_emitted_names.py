"""What is really recorded agrees with the registry in model/, and all that the registry has is really recorded.

The whole public API is used once, and whatever comes out is held against the registry: names, attributes, types,
kinds and units. What only an instrumentor records is left to the tests of instrumentors, by name.
"""

from __future__ import annotations

import inspect
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from opentelemetry.sdk.metrics.export import Gauge, Histogram, Sum

import model
import otel_trading
from otel_trading import Order
from otel_trading.orders import market
from otel_trading.orders.state import Execution
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.orders.examples import TERMS, sent, working
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from opentelemetry.sdk.metrics.export import Metric

REGISTRY = model.load()
METRICS = {metric.name: metric for metric in REGISTRY.metrics}
SPANS = {span.span_name.split()[0]: span for span in REGISTRY.spans}
SIGNALS: dict[str, Mapping[str, model.Signal]] = {
    "metric": METRICS,
    "event": {event.name: event for event in REGISTRY.events},
    "span": SPANS,
}

BY_INSTRUMENTORS = {
    "metric": {
        "trading.tick_to_trade.duration",
        "trading.heartbeat.age",
        "trading.request.duration",
        "trading.rate_limit.utilization",
        "trading.clock.offset",
        "trading.stream.reconnects",
        "trading.stream.connection.active",
        "trading.telemetry.dropped",
        "trading.telemetry.spooled",
        "trading.bot.event_loop.delay",
    },
    "event": {
        "trading.stream.connected",
        "trading.stream.disconnected",
        "trading.bot.message",
        "trading.bot.unhandled_exception",
    },
    "span": {"amend_order", "cancel_order", "cancel_orders", "submit_order", "submit_orders", "{trading.operation}"},
}
"""What instrumentors and the pipeline record: a bot's own calls never do."""


def refuse(order: Order, *reports: Callable[..., None]) -> None:
    for report in reports:
        report(order, "risk_limit", "Filter failure: MAX_POSITION", "ccxt.InvalidOrder")


def live() -> None:
    """Use every function of the public API, and every method of an order, once at least."""
    with otel_trading.strategy("grid-btc"):
        otel_trading.market_data("BTC/USDT", venue="binance", stream="ticker", bid=1, ask=2, sent_at=time.time())
        market.gap("binance", "BTC/USDT", "order_book")
        otel_trading.pnl(
            realized=1, unrealized=2, currency="USDT", venue="binance", symbol="BTC/USDT", drawdown_utilization=0.1
        )
        otel_trading.position("BTC/USDT", 1, venue="binance")
        otel_trading.exposure(gross=1, net=1, currency="USDT", leverage=1, var=1, venue="binance")
        otel_trading.kill_switch(active=True, reason="daily loss")
    with otel_trading.order(
        **TERMS, client_id="cl-0", stop_price=1, time_in_force="gtc", arrival_price=60_001
    ) as order:
        otel_trading.decision("momentum", 1, arrival_price=60_001)
        otel_trading.risk_check("max_notional", passed=False, value=1, limit=1)
        order.submitted()
        order.acknowledged(id="1000", transact_time=7)
    order.filled(
        quantity=0.1, price=60_000, execution_id="e1", liquidity="maker", fee=0.1, fee_currency="BTC", transact_time=7
    )
    order.report(cumulative_quantity=0.2, average_price=60_000)
    order.report(executions=[Execution(0.1, 60_000.0, "e2", "taker", 0.1, "USDT", 7)])
    order.amend_requested(quantity=1, price=59_000)
    order.amended(quantity=1, price=59_000, client_id="cl-9", id="1009")
    order.report(status=Status.SUSPENDED, transact_time=7)
    order.cancel_requested()
    order.canceled(transact_time=7)
    order.filled(quantity=0.1, price=60_000)
    working("cl-1", "1001").expired(transact_time=7)
    refuse(sent("cl-2"), Order.unconfirmed, Order.rejected)
    refuse(working("cl-3", "1003"), Order.cancel_rejected, Order.amend_rejected)
    otel_trading.find_order("cl-3")
    with pytest.raises(KeyError), otel_trading.order(**TERMS):
        raise KeyError
    otel_trading.position("BTC/USDT", "lots")  # type: ignore[arg-type] # to count an error of ours


class Emitted(NamedTuple):
    """One span, event or metric point as it was recorded; ``name`` is its key in ``SIGNALS``."""

    signal: str
    name: str
    attributes: dict[str, Any]


@pytest.fixture
def lived(recorded: Recorded) -> Recorded:
    live()
    return recorded


@pytest.fixture
def emitted(lived: Recorded) -> list[Emitted]:
    return list(_emitted(lived))


def _emitted(recorded: Recorded) -> Iterator[Emitted]:
    for span in recorded.spans():
        yield Emitted("span", span.name.split()[0], attributes(span))
    for event in recorded.events():
        assert event.event_name is not None
        yield Emitted("event", event.event_name, attributes(event))
    for name in recorded.metrics():
        for point in recorded.metric(name):
            yield Emitted("metric", name, dict(point.attributes))


def _kinds(metric: Metric) -> set[str]:
    if isinstance(metric.data, Sum):
        return {"counter" if metric.data.is_monotonic else "updowncounter"}
    if isinstance(metric.data, Gauge):
        return {"gauge", "observable_gauge"}
    assert isinstance(metric.data, Histogram)
    return {"histogram"}


def _is_of_its_type(key: str, value: object) -> bool:
    definition = REGISTRY.attribute(key)
    if definition is None:  # OpenTelemetry's own
        return type(value) is str
    if definition.type == "enum":
        return value in {member.value for member in definition.members}
    kinds = {"string": str, "int": int, "double": float, "boolean": bool, "string[]": tuple}
    return type(value) is kinds[definition.type]


def test_the_whole_public_api_is_used() -> None:
    source = inspect.getsource(inspect.getmodule(live))  # type: ignore[arg-type] # it has one
    functions = {f"otel_trading.{name}(" for name in otel_trading.__all__ if name not in ("Order", "__version__")}
    methods = {f".{name}" for name in vars(Order) if not name.startswith("_")}
    assert [name for name in functions | methods if name not in source] == []


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_name_that_is_recorded_is_in_the_registry(emitted: list[Emitted], signal: str) -> None:
    assert {item.name for item in emitted if item.signal == signal} <= set(SIGNALS[signal])


@pytest.mark.parametrize("signal", SIGNALS)
def test_every_name_of_the_registry_is_recorded(emitted: list[Emitted], signal: str) -> None:
    recorded = {item.name for item in emitted if item.signal == signal}
    assert recorded == set(SIGNALS[signal]) - BY_INSTRUMENTORS[signal]


def test_an_attribute_is_recorded_only_where_the_registry_lists_it(emitted: list[Emitted]) -> None:
    wrong = {
        f"{item.signal} {item.name}: {key}"
        for item in emitted
        for key in item.attributes
        if key not in {ref.key for ref in REGISTRY.refs(SIGNALS[item.signal][item.name])}
    }
    assert sorted(wrong) == []


def test_an_attribute_that_is_required_is_always_recorded(emitted: list[Emitted]) -> None:
    missing = {
        f"{item.signal} {item.name}: {ref.key}"
        for item in emitted
        for ref in REGISTRY.refs(SIGNALS[item.signal][item.name])
        if ref.level.name == "required" and ref.key not in item.attributes
    }
    assert sorted(missing) == []


def test_an_attribute_has_the_type_that_the_registry_gives_it(emitted: list[Emitted]) -> None:
    wrong = {
        f"{item.signal} {item.name}: {key} = {value!r}"
        for item in emitted
        for key, value in item.attributes.items()
        if not _is_of_its_type(key, value)
    }
    assert sorted(wrong) == []


def test_a_metric_is_of_its_kind_and_unit(lived: Recorded) -> None:
    wrong = [
        name
        for name, metric in lived.metrics().items()
        if METRICS[name].kind not in _kinds(metric) or METRICS[name].unit != metric.unit
    ]
    assert wrong == []


def test_a_span_is_of_its_kind(lived: Recorded) -> None:
    found = {span.name.split()[0]: span.kind.name.lower() for span in lived.spans()}
    assert found == {name: SPANS[name].kind for name in found}


def test_a_histogram_has_the_buckets_of_the_registry(lived: Recorded) -> None:
    for metric in REGISTRY.metrics:
        if metric.buckets is not None:
            for point in lived.metric(metric.name):
                assert point.explicit_bounds == metric.buckets


def test_all_is_recorded_under_the_registrys_schema(lived: Recorded) -> None:
    scopes = [span.instrumentation_scope for span in lived.spans()]
    scopes += [item.instrumentation_scope for item in lived.log_data()]
    assert {(scope.name, scope.schema_url) for scope in scopes if scope} == {
        ("otel_trading", REGISTRY.manifest.schema_url)
    }
