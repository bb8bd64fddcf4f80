"""An order's telemetry written by hand: what a careful developer does with the OpenTelemetry API alone.

The same span, the same three events and the same metrics, with the same attributes, as this distribution records of
the order (``tests/bench/test_bench_by_hand.py`` compares them), in the cheapest idiomatic way: tracer, logger and
instruments are made once, dictionaries are spelled out, and events go to the Logs API without the stdlib between.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from opentelemetry import metrics, trace
from opentelemetry._logs import SeverityNumber, get_logger

from bench.venue import ARRIVAL, FEE, PRICE, QUANTITY, STRATEGY, SYMBOL, VENUE
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events
from otel_trading.semconv import metrics as m

if TYPE_CHECKING:
    from opentelemetry.trace import SpanKind

    from bench.venue import Venue
    from otel_trading.semconv.instrument import Instrument

_DIMENSIONS = {
    a.TRADING_VENUE: VENUE,
    a.TRADING_INSTRUMENT_TYPE: "spot",
    a.TRADING_ORDER_SIDE: "buy",
    a.TRADING_ORDER_TYPE: "limit",
    a.TRADING_STRATEGY_ID: STRATEGY,
    a.TRADING_SYMBOL: SYMBOL,
}
_QUOTE = _DIMENSIONS | {a.TRADING_CURRENCY: "USDT"}


class ByHand:
    """Sends orders to a venue and records them under a span of this name and kind."""

    def __init__(self, venue: Venue, span_name: str, kind: SpanKind) -> None:
        self._venue = venue
        self._span_name = span_name
        self._kind = kind
        self._tracer = trace.get_tracer("bot")
        self._logger = get_logger("bot")
        meter = metrics.get_meter("bot")

        def counter(of: Instrument) -> metrics.Counter:
            return meter.create_counter(of.name, of.unit, of.description)

        def histogram(of: Instrument) -> metrics.Histogram:
            return meter.create_histogram(
                of.name, of.unit, of.description, explicit_bucket_boundaries_advisory=of.buckets
            )

        active = m.TRADING_ORDER_ACTIVE
        self._submissions = counter(m.TRADING_ORDER_SUBMISSIONS)
        self._ack_duration = histogram(m.TRADING_ORDER_ACK_DURATION)
        self._active = meter.create_up_down_counter(active.name, active.unit, active.description)
        self._updates = counter(m.TRADING_ORDER_UPDATES)
        self._fills = counter(m.TRADING_EXECUTION_FILLS)
        self._quantity = counter(m.TRADING_EXECUTION_QUANTITY)
        self._notional = counter(m.TRADING_EXECUTION_NOTIONAL)
        self._slippage = histogram(m.TRADING_EXECUTION_SLIPPAGE)
        self._fees = counter(m.TRADING_EXECUTION_FEES)

    def trade(self, client_id: str) -> None:
        """Send one order, which the venue fills at once."""
        identity: dict[str, Any] = {
            a.TRADING_ORDER_CLIENT_ID: client_id,
            a.TRADING_STRATEGY_ID: STRATEGY,
            a.TRADING_VENUE: VENUE,
            a.TRADING_SYMBOL: SYMBOL,
        }
        asked = {
            **identity,
            a.TRADING_INSTRUMENT_TYPE: "spot",
            a.TRADING_ORDER_SIDE: "buy",
            a.TRADING_ORDER_TYPE: "limit",
            a.TRADING_ORDER_TIME_IN_FORCE: "gtc",
            a.TRADING_ORDER_QUANTITY: QUANTITY,
            a.TRADING_ORDER_PRICE: PRICE,
            a.TRADING_ORDER_ARRIVAL_PRICE: ARRIVAL,
        }
        with self._tracer.start_as_current_span(self._span_name, kind=self._kind, attributes=asked) as span:
            self._event(events.TRADING_ORDER_SUBMITTED, f"submit buy {QUANTITY} {SYMBOL} limit at {PRICE:g}", asked)
            began = time.perf_counter()
            answer = self._venue.send(client_id)
            elapsed = time.perf_counter() - began
            identity[a.TRADING_ORDER_ID] = answer.order_id
            self._acknowledged(identity, answer.order_id, elapsed)
            self._filled(identity, answer.execution_id)
            span.set_attribute(a.TRADING_ORDER_ID, answer.order_id)

    def _event(self, name: str, body: str, attributes: dict[str, Any]) -> None:
        self._logger.emit(
            timestamp=time.time_ns(),
            event_name=name,
            body=body,
            severity_number=SeverityNumber.INFO,
            severity_text="INFO",
            attributes=attributes,
        )

    def _acknowledged(self, identity: dict[str, Any], order_id: str, elapsed: float) -> None:
        told = {**identity, a.TRADING_ORDER_STATUS: "new"}
        self._event(events.TRADING_ORDER_ACKNOWLEDGED, f"acknowledged {order_id}", told)
        self._submissions.add(1, _DIMENSIONS)
        self._ack_duration.record(elapsed, _DIMENSIONS)
        self._active.add(1, _DIMENSIONS)

    def _filled(self, identity: dict[str, Any], execution_id: str) -> None:
        told = {
            **identity,
            a.TRADING_EXECUTION_ID: execution_id,
            a.TRADING_EXECUTION_QUANTITY: QUANTITY,
            a.TRADING_EXECUTION_PRICE: PRICE,
            a.TRADING_EXECUTION_LIQUIDITY: "maker",
            a.TRADING_EXECUTION_FEE_AMOUNT: FEE,
            a.TRADING_EXECUTION_FEE_CURRENCY: "USDT",
            a.TRADING_ORDER_SIDE: "buy",
            a.TRADING_ORDER_STATUS: "filled",
            a.TRADING_ORDER_CUMULATIVE_QUANTITY: QUANTITY,
            a.TRADING_ORDER_LEAVES_QUANTITY: 0.0,
            a.TRADING_ORDER_AVERAGE_PRICE: PRICE,
        }
        self._event(events.TRADING_ORDER_FILLED, f"filled {QUANTITY} @ {PRICE:g}", told)
        self._updates.add(1, {**_DIMENSIONS, a.TRADING_ORDER_STATUS: "filled"})
        self._fills.add(1, {**_DIMENSIONS, a.TRADING_EXECUTION_LIQUIDITY: "maker"})
        self._quantity.add(QUANTITY, _DIMENSIONS)
        self._notional.add(QUANTITY * PRICE, _QUOTE)
        slippage = (PRICE - ARRIVAL) / ARRIVAL
        direction = "adverse" if slippage > 0 else "favorable"
        self._slippage.record(abs(slippage), {**_DIMENSIONS, a.TRADING_EXECUTION_SLIPPAGE_DIRECTION: direction})
        self._fees.add(FEE, _QUOTE)
        self._active.add(-1, _DIMENSIONS)
