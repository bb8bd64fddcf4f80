"""The spans of the HTTP clients that ccxt uses stand below what they were sent for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.trace import SpanKind

from otel_trading.semconv import attributes as a
from otel_trading.telemetry import plain, redact
from tests.instrumentation.ccxt.bots import SYMBOL, Bot
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded

pytestmark = pytest.mark.usefixtures("http")
REST = pytest.mark.parametrize("kind", ["sync", "async", "pro"])


def parents(recorded: Recorded) -> list[tuple[str, str]]:
    """Return each HTTP span with the span that it stands below."""
    known = {span.context.span_id: span.name for span in recorded.spans()}
    return [
        (span.name, known[span.parent.span_id] if span.parent else "")
        for span in recorded.spans()
        if span.name in ("GET", "POST", "DELETE")
    ]


@REST
async def test_http_requests_stand_below_the_order_or_query_they_are_for(
    kind: str, make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    bot = make_bot(kind)
    await bot("fetch_ticker", SYMBOL)
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    order = await bot("edit_order", order["id"], SYMBOL, "limit", "buy", 0.02, 58_000)
    await bot("cancel_order", order["id"], SYMBOL)
    assert parents(recorded) == [
        ("GET", "fetch_ticker binance"),
        ("POST", "submit_order binance"),
        ("POST", "amend_order binance"),
        ("DELETE", "cancel_order binance"),
    ]


@REST
async def test_http_requests_of_an_order_carry_its_ids(
    kind: str, make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    await make_bot(kind)("create_order", SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "cl-1"})
    request = recorded.span("POST")
    assert request.kind is SpanKind.CLIENT
    assert attributes(request)[a.TRADING_ORDER_CLIENT_ID] == "cl-1"


@REST
async def test_a_failed_request_stands_below_its_order_too(
    kind: str, make_bot: Callable[..., Bot], venue: VenueThread, recorded: Recorded
) -> None:
    venue.faults.drop_next(path="/api/v3/order")
    with pytest.raises(Exception, match="binance"):
        await make_bot(kind)("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    assert parents(recorded) == [("POST", "submit_order binance")]


async def test_a_websocket_is_opened_outside_any_order(make_bot: Callable[..., Bot], recorded: Recorded) -> None:
    await make_bot("ws")("create_order", SYMBOL, "limit", "buy", 0.01, 59_000)
    handshake = recorded.span("GET")
    assert handshake.parent is None
    assert a.TRADING_VENUE not in attributes(handshake)


@REST
async def test_the_signed_address_is_masked_wherever_it_stands(
    kind: str, make_bot: Callable[..., Bot], venue: VenueThread, recorded: Recorded
) -> None:
    bot = make_bot(kind, timeout=100)
    venue.faults.hang_next(path="/api/v3/openOrders")
    with pytest.raises(Exception, match="signature="):
        await bot("fetch_open_orders", SYMBOL)
    (signature,) = [seen.params["signature"] for seen in venue.requests]
    assert signature in everything([plain.span_record(span) for span in recorded.spans()]), "it would have been kept"
    masked = everything([redact.record(plain.span_record(span)) for span in recorded.spans()])
    assert signature not in masked
    assert "/api/v3/openOrders?***" in masked


def everything(records: list[Any]) -> str:
    """Return all text in records."""
    return "\n".join(map(repr, records))
