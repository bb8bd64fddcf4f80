"""What a story comes to: times, fills, fees, average price, slippage."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from otel_trading.semconv import attributes as names
from otel_trading.semconv.attributes import TradingOrderSideValues as Side
from otel_trading.story.fields import number, plain, text
from otel_trading.story.kinds import Place
from otel_trading.story.model import Numbers, StepKind
from otel_trading.story.status import TERMINAL, moves
from otel_trading.story.steps import STATUS_ERROR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from otel_trading.story.model import Order, Step
    from otel_trading.telemetry.records import LogRecord, SpanRecord

_ERROR = 17
"""OTLP's lowest severity number of an error."""

_BASIS_POINT = Decimal("0.0001")


def numbers_of(order: Order, steps: Sequence[Step], spans: Sequence[SpanRecord], logs: Sequence[LogRecord]) -> Numbers:
    """Compute what can be computed; the rest stays None or empty."""
    submitted = _first(steps, StepKind.SUBMIT)
    answered = _first(steps, StepKind.ACKNOWLEDGED)
    fills = [step for step in steps if step.kind is StepKind.FILL and not step.repeated]
    filled, average = _filled(fills)
    places = order.price_places
    calls = submitted.calls if submitted else ()
    return Numbers(
        started_ns=steps[0].time_ns if steps else 0,
        ended_ns=steps[-1].time_ns if steps else 0,
        submitted_ns=submitted.time_ns if submitted else None,
        acknowledged_after_ns=_after(submitted, answered),
        http_ns=sum(call.end_ns - call.start_ns for call in calls) if calls else None,
        first_fill_after_ns=_after(submitted, fills[0] if fills else None),
        final_after_ns=_after(submitted, _final(order, steps)),
        filled=plain(filled, order.quantity_places),
        average_price=_average(average, places),
        slippage_bp=_slippage(average, order),
        fees=_fees(steps),
        fills=len(fills),
        spans=len(spans),
        logs=sum(not log.event_name for log in logs),
        errors=sum(log.severity_number >= _ERROR and not log.event_name for log in logs)
        + _failures(spans)
        + sum(step.kind is StepKind.CRASH for step in steps),
    )


def _first(steps: Sequence[Step], kind: StepKind) -> Step | None:
    return next((step for step in steps if step.kind is kind), None)


def _after(start: Step | None, end: Step | None) -> int | None:
    return end.time_ns - start.time_ns if start and end else None


def _final(order: Order, steps: Sequence[Step]) -> Step | None:
    """Return the step at which the order got into the final state it is in."""
    if order.status not in TERMINAL:
        return None
    return next((step for step, status in reversed(list(moves(steps))) if status == order.status), None)


def _filled(fills: Sequence[Step]) -> tuple[Decimal | None, Decimal | None]:
    """Return CumQty (14) and AvgPx (6): from the executions, else as reported with the last of them."""
    if not fills:
        return None, None
    quantities = [number(step.attributes, names.TRADING_EXECUTION_QUANTITY) for step in fills]
    prices = [number(step.attributes, names.TRADING_EXECUTION_PRICE) for step in fills]
    total = sum((quantity for quantity in quantities if quantity is not None), Decimal(0))
    reported = [number(step.attributes, names.TRADING_ORDER_CUMULATIVE_QUANTITY) for step in fills]
    cumulative = max([total, *(value for value in reported if value is not None)])
    notional = Decimal(0)
    for price, quantity in zip(prices, quantities, strict=True):
        if price is None or quantity is None:
            return cumulative, number(fills[-1].attributes, names.TRADING_ORDER_AVERAGE_PRICE)
        notional += price * quantity
    return cumulative, notional / total if total else None


def _average(average: Decimal | None, places: int | None) -> str:
    """Write an average price: as exact as it is, up to two decimals more than the instrument has."""
    if average is None:
        return ""
    more = (places if places is not None else 6) + 2
    return plain(round(average, more), places)


def _slippage(average: Decimal | None, order: Order) -> str:
    if average is None or not order.arrival_price or order.side not in {side.value for side in Side}:
        return ""
    arrival = Decimal(order.arrival_price)
    if arrival <= 0:
        return ""
    worse = average - arrival if order.side == Side.BUY.value else arrival - average
    return f"{worse / arrival / _BASIS_POINT:.2f}"


def _fees(steps: Sequence[Step]) -> dict[str, str]:
    """Sum up the fees by currency; the fee of one execution counts once, whoever reports it."""
    sums: dict[str, Decimal] = {}
    counted: set[str] = set()
    for step in steps:
        amount = number(step.attributes, names.TRADING_EXECUTION_FEE_AMOUNT)
        execution = text(step.attributes, names.TRADING_EXECUTION_ID)
        if step.kind not in {StepKind.FILL, StepKind.FEE} or amount is None or execution in counted:
            continue
        if execution:
            counted.add(execution)
        currency = text(step.attributes, names.TRADING_EXECUTION_FEE_CURRENCY)
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return {currency: plain(amount) for currency, amount in sums.items()}


def _failures(spans: Sequence[SpanRecord]) -> int:
    """Count the spans in which something failed; those above them only pass the failure on."""
    failed = [span for span in spans if span.status_code == STATUS_ERROR]
    parents = {Place(span.trace_id, span.parent_span_id) for span in failed}
    return sum(Place(span.trace_id, span.span_id) not in parents for span in failed)
