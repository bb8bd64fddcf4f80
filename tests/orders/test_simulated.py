"""What is only a rehearsal is marked: orders, what they fill, what they seem to earn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.orders import measures
from otel_trading.orders.context import SIMULATED_KEY, use_value
from otel_trading.orders.order import Order
from otel_trading.semconv import attributes as a
from otel_trading.semconv import metrics
from tests.recording import attributes

if TYPE_CHECKING:
    from tests.recording import Recorded


def test_an_order_stays_marked_wherever_it_is_reported_on(recorded: Recorded) -> None:
    with use_value(SIMULATED_KEY, value=True):
        order = Order(venue="binance", symbol="BTC/USDT", client_id="cl-1", quantity=1.0)
    order.submitted()
    order.filled(quantity=1.0, price=10.0)
    assert {attributes(event).get(a.TRADING_SIMULATED) for event in recorded.events()} == {True}
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS, **{a.TRADING_SIMULATED: True}) == 1


def test_play_money_is_never_added_to_real_money(recorded: Recorded) -> None:
    measures.pnl(realized=5.0, currency="USDT")
    with use_value(SIMULATED_KEY, value=True):
        measures.pnl(realized=1_000.0, currency="USDT")
    real, simulated = sorted(recorded.metric(metrics.TRADING_PNL_REALIZED), key=lambda point: float(point.value))
    assert (real.value, simulated.value) == (5.0, 1_000.0)
    assert (a.TRADING_SIMULATED in real.attributes, simulated.attributes[a.TRADING_SIMULATED]) == (False, True)
