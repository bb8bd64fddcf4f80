"""Stories as JSON. The field names are stable: scripts may rely on them.

An order (a line of ``orders --json``) is an object with the fields of
:class:`~otel_trading.story.model.Order`: ``client_ids``, ``venue_ids``, ``trace_ids``, ``venue``, ``symbol``,
``instrument_type``, ``side``, ``type``, ``time_in_force``, ``quantity``, ``price``, ``stop_price``,
``arrival_price``, ``strategy``, ``service``, ``status``; with the numbers ``started``, ``ended``,
``submitted`` (ISO 8601 in UTC), ``acknowledged_after_ns``, ``first_fill_after_ns``,
``final_after_ns``, ``filled``, ``average_price``, ``slippage_bp``, ``fees`` (by currency), ``fills``,
``errors``; and with ``notices`` (``code``, ``text``). It tells what the order's events tell.

A story (``order --json``) is the same object with ``http_ns``, ``spans`` and ``logs``, and with ``steps``:
``kind``, ``time``, ``after_ns`` (since the first step), ``name``, ``trace_id``, ``span_id``, ``severity``,
``body``, ``duration_ns``, ``http`` (``method``, ``path``, ``status``, ``duration_ns``), ``error``, ``fill``,
``repeated``, ``filled``, ``attributes``.

A log line (``logs --json``) has ``time``, ``service``, ``severity``, ``severity_number``, ``logger``,
``event``, ``body``, ``trace_id``, ``span_id``, ``attributes``.

Money and quantities are strings that keep their decimals. What is not known is left out.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME

from otel_trading.semconv import attributes as names
from otel_trading.story.fields import number, plain, text, whole
from otel_trading.story.times import iso

if TYPE_CHECKING:
    from otel_trading.story.model import HttpCall, Step, Story
    from otel_trading.story.source import Stored
    from otel_trading.telemetry.records import Attributes, LogRecord, Value

_PRICES = frozenset(
    {
        names.TRADING_ORDER_PRICE,
        names.TRADING_ORDER_STOP_PRICE,
        names.TRADING_ORDER_ARRIVAL_PRICE,
        names.TRADING_ORDER_AVERAGE_PRICE,
        names.TRADING_EXECUTION_PRICE,
    }
)
_QUANTITIES = frozenset(
    {
        names.TRADING_ORDER_QUANTITY,
        names.TRADING_ORDER_CUMULATIVE_QUANTITY,
        names.TRADING_ORDER_LEAVES_QUANTITY,
        names.TRADING_EXECUTION_QUANTITY,
    }
)
_FEES = frozenset({names.TRADING_EXECUTION_FEE_AMOUNT})


def dumps(value: dict[str, Any]) -> str:
    """Write one object on one line, in ASCII: any terminal, pipe and parser takes it."""
    return json.dumps(value, allow_nan=False)


def order_object(story: Story) -> dict[str, Any]:
    """Return an order with its numbers and notices, as far as its events tell: without steps, spans and log lines."""
    order, numbers = story.order, story.numbers
    found: dict[str, Any] = {
        "client_ids": list(order.client_ids),
        "venue_ids": list(order.venue_ids),
        "trace_ids": list(order.trace_ids),
        "venue": order.venue,
        "symbol": order.symbol,
        "instrument_type": order.instrument_type,
        "side": order.side,
        "type": order.type,
        "time_in_force": order.time_in_force,
        "quantity": order.quantity,
        "price": order.price,
        "stop_price": order.stop_price,
        "arrival_price": order.arrival_price,
        "strategy": order.strategy,
        "service": order.service,
        "status": order.status,
        "started": iso(numbers.started_ns),
        "ended": iso(numbers.ended_ns),
        "submitted": None if numbers.submitted_ns is None else iso(numbers.submitted_ns),
        "acknowledged_after_ns": numbers.acknowledged_after_ns,
        "first_fill_after_ns": numbers.first_fill_after_ns,
        "final_after_ns": numbers.final_after_ns,
        "filled": numbers.filled,
        "average_price": numbers.average_price,
        "slippage_bp": numbers.slippage_bp,
        "fees": numbers.fees,
        "fills": numbers.fills,
        "errors": numbers.errors,
        "notices": [notice._asdict() for notice in story.notices],
    }
    return _known(found)


def story_object(story: Story) -> dict[str, Any]:
    """Return a story with its steps."""
    numbers = story.numbers
    counted = _known({"http_ns": numbers.http_ns, "spans": numbers.spans, "logs": numbers.logs})
    return order_object(story) | counted | {"steps": [_step(step, story) for step in story.steps]}


def log_object(stored: Stored[LogRecord]) -> dict[str, Any]:
    """Return a log record or event."""
    record = stored.record
    places = (
        whole(record.attributes, names.TRADING_INSTRUMENT_PRICE_PRECISION),
        whole(record.attributes, names.TRADING_INSTRUMENT_QUANTITY_PRECISION),
    )
    return _known(
        {
            "time": iso(record.time_ns or record.observed_ns),
            "service": text(stored.resource, SERVICE_NAME),
            "severity": record.severity_text,
            "severity_number": record.severity_number or None,
            "logger": record.scope,
            "event": record.event_name,
            "body": _jsonable(record.body),
            "trace_id": record.trace_id,
            "span_id": record.span_id,
            "attributes": _attributes(record.attributes, *places),
        }
    )


def _step(step: Step, story: Story) -> dict[str, Any]:
    return _known(
        {
            "kind": step.kind.value,
            "time": iso(step.time_ns),
            "after_ns": step.time_ns - story.numbers.started_ns,
            "name": step.name,
            "trace_id": step.trace_id,
            "span_id": step.span_id,
            "severity": step.severity,
            "body": step.body,
            "duration_ns": step.duration_ns,
            "http": [_call(call) for call in step.calls],
            "error": step.error,
            "fill": step.ordinal or None,
            "repeated": step.repeated or None,
            "filled": step.filled,
            "attributes": _attributes(step.attributes, story.order.price_places, story.order.quantity_places),
        }
    )


def _call(call: HttpCall) -> dict[str, Any]:
    found = {"method": call.method, "path": call.path, "status": call.status or None}
    return _known(found | {"duration_ns": call.end_ns - call.start_ns})


def _attributes(attributes: Attributes, price_places: int | None, quantity_places: int | None) -> dict[str, Any]:
    places = (
        dict.fromkeys(_PRICES, price_places) | dict.fromkeys(_QUANTITIES, quantity_places) | dict.fromkeys(_FEES, None)
    )
    return {
        key: plain(number(attributes, key), places[key]) or _jsonable(value) if key in places else _jsonable(value)
        for key, value in attributes.items()
    }


def _jsonable(value: Value) -> Any:
    """Return what JSON can hold: bytes as hex, numbers that are none by name."""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    return value


def _known(found: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not known; a count of 0 is known."""
    return {key: value for key, value in found.items() if value is not None and value not in ("", [], {})}
