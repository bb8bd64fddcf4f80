"""The ids of an order on the bot's own log lines and on the spans of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import attributes as a
from otel_trading.telemetry import plain
from otel_trading.telemetry.mentions import join
from tests.conformance.driver import Behaviour, pulls
from tests.conformance.runs import lower
from tests.recording import attributes

if TYPE_CHECKING:
    from opentelemetry.sdk._logs import ReadableLogRecord

    from tests.conformance.reading import Desk


@pytest.mark.asks(Behaviour.CORRELATION)
@pytest.mark.usefixtures("captured")
async def test_what_the_bot_logs_of_a_message_carries_the_ids_of_the_order(desk: Desk) -> None:
    order = await desk.send_and_follow()
    before = len(desk.bot.said())
    await desk.execute(order, desk.driver.quantity)
    await desk.until(lambda: len(desk.bot.said()) > before)
    line = desk.bot.said()[before]
    (told, trace_id) = _written(desk, line)
    assert (told[a.TRADING_ORDER_CLIENT_ID], told[a.TRADING_ORDER_ID]) == (order.client_id, order.id)
    assert trace_id == desk.submit_span().context.trace_id


def _written(desk: Desk, line: str) -> tuple[dict[str, Any], int]:
    """Return attributes and trace of the last record of a line.

    Where the bot is called with each message, the record has them from the moment it is written. Where the bot takes
    the messages itself, it has them once it is stored, from the id that it names.
    """
    found = [data for data in desk.recorded.log_data() if data.log_record.body == line]
    assert found, f"the line {line!r} was not captured"
    return _stored(found[-1]) if pulls(desk.driver, desk.case.variant) else _as_written(found[-1])


def _as_written(data: ReadableLogRecord) -> tuple[dict[str, Any], int]:
    return attributes(data.log_record), data.log_record.trace_id or 0


def _stored(data: ReadableLogRecord) -> tuple[dict[str, Any], int]:
    record = join(plain.log_record(data))
    return dict(record.attributes), int(record.trace_id or "0", 16)


@pytest.mark.asks(Behaviour.SUBMIT)
async def test_every_span_of_an_orders_requests_carries_its_ids(desk: Desk) -> None:
    order = await desk.send()
    if desk.case.has(Behaviour.AMEND):
        order = await desk.bot.amend(order, quantity=2 * desk.driver.quantity, price=lower(desk.driver.price))
        await desk.until(lambda: "amended" in desk.names())
    if desk.case.has(Behaviour.CANCEL):
        await desk.bot.cancel(order)
        await desk.until(lambda: "canceled" in desk.names())
    spans = [span for kind in ("submit_order", "amend_order", "cancel_order") for span in desk.spans_of(kind)]
    assert len(spans) >= 1 + desk.case.has(Behaviour.AMEND) + desk.case.has(Behaviour.CANCEL)
    for span in spans:
        name = a.TRADING_ORDER_CLIENT_ID if order.client_id else a.TRADING_ORDER_ID
        assert attributes(span)[name], span.name
