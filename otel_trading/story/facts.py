"""What the records say about the order itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.semconv import attributes as names
from otel_trading.story.fields import number, plain, text, whole
from otel_trading.story.kinds import ORDER_EVENTS, Role, role_of
from otel_trading.story.model import Order, StepKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from otel_trading.story.identity import Identity
    from otel_trading.telemetry.records import Attributes, LogRecord, SpanRecord

# A request to amend may be refused: it says what is wanted, not what is.
_DESCRIBING = frozenset(ORDER_EVENTS.values()) - {StepKind.AMEND_REQUESTED, StepKind.AMEND_REJECTED}


def facts_of(identity: Identity, spans: Sequence[SpanRecord], logs: Sequence[LogRecord], status: str) -> Order:
    """Return the order as it stands now: after an amendment with its new quantity and price."""
    events = [log.attributes for log in logs if ORDER_EVENTS.get(log.event_name) in _DESCRIBING]
    records: list[Attributes] = [
        *events,
        *(log.attributes for log in logs if log.event_name and log.event_name not in ORDER_EVENTS),
        *(span.attributes for span in spans if role_of(span) in {Role.SUBMIT, Role.ORDER, Role.UPDATE}),
        *(log.attributes for log in logs if not log.event_name),
    ]

    def said(key: str) -> str:
        return next(filter(None, (text(attributes, key) for attributes in records)), "")

    def digits(key: str) -> int | None:
        found = (whole(attributes, key) for attributes in records)
        return next((places for places in found if places is not None and places >= 0), None)

    price_places = digits(names.TRADING_INSTRUMENT_PRICE_PRECISION)
    quantity_places = digits(names.TRADING_INSTRUMENT_QUANTITY_PRECISION)
    return Order(
        client_ids=tuple(identity.client_ids),
        venue_ids=tuple(identity.venue_ids),
        trace_ids=tuple(identity.traces),
        venue=identity.venue or said(names.TRADING_VENUE),
        symbol=identity.symbol or said(names.TRADING_SYMBOL),
        instrument_type=said(names.TRADING_INSTRUMENT_TYPE),
        side=identity.side or said(names.TRADING_ORDER_SIDE),
        type=said(names.TRADING_ORDER_TYPE),
        time_in_force=said(names.TRADING_ORDER_TIME_IN_FORCE),
        quantity=plain(_last(events, names.TRADING_ORDER_QUANTITY), quantity_places),
        price=plain(_last(events, names.TRADING_ORDER_PRICE), price_places),
        stop_price=plain(_last(events, names.TRADING_ORDER_STOP_PRICE), price_places),
        arrival_price=plain(_first(records, names.TRADING_ORDER_ARRIVAL_PRICE), price_places),
        strategy=said(names.TRADING_STRATEGY_ID),
        service=identity.service,
        status=status,
        price_places=price_places,
        quantity_places=quantity_places,
    )


def _first(records: Sequence[Attributes], key: str) -> Decimal | None:
    return next((value for value in (number(found, key) for found in records) if value is not None), None)


def _last(records: Sequence[Attributes], key: str) -> Decimal | None:
    return _first(records[::-1], key)
