"""Orders of a dry run are marked wherever they are told, so that nobody takes them for real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics
from tests.instrumentation.freqtrade.shapes import PAIR
from tests.recording import attributes

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def buy(exchange: Any) -> Any:
    return exchange.create_order(pair=PAIR, ordertype="limit", side="buy", amount=0.1, rate=50_000.0, leverage=1.0)


def test_a_dry_run_is_marked_on_the_spans_events_and_metrics_of_its_orders(
    dry: Any, recorded: Recorded, venue: VenueThread
) -> None:
    order = buy(dry)
    venue.set_price("BTCUSDT", "49000")
    dry.fetch_order(order["id"], PAIR)
    of_orders = [event for event in recorded.events() if (event.event_name or "").startswith("trading.order.")]
    assert len(of_orders) == 3
    assert {attributes(event).get(a.TRADING_SIMULATED) for event in of_orders} == {True}
    assert attributes(recorded.span("submit_order binance"))[a.TRADING_SIMULATED] is True
    for metric in (metrics.TRADING_ORDER_SUBMISSIONS, metrics.TRADING_EXECUTION_FILLS):
        assert recorded.total(metric, **{a.TRADING_SIMULATED: True}) == recorded.total(metric) == 1


def test_a_live_order_has_no_such_mark(live: Any, recorded: Recorded) -> None:
    buy(live)
    told = [*map(attributes, recorded.events()), *map(attributes, recorded.spans())]
    assert [item for item in told if a.TRADING_SIMULATED in item] == []
    assert a.TRADING_SIMULATED not in recorded.point(metrics.TRADING_ORDER_SUBMISSIONS).attributes
