"""simplefix encodes and parses, and that is all there is to be seen: each request once, whoever is who."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import simplefix

from otel_trading.instrumentation.simplefix import SimplefixInstrumentor
from otel_trading.orders.registry import registry
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.fix.shapes import (
    CANCEL,
    FIX42_FILL,
    FIX44_CANCELED,
    FIX44_NEW,
    FIX44_TRADE,
    NEW_ORDER,
    wire,
)
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGON = "8=FIX.4.4|35=A|34=1|49=DESK|56=EXCH|98=0|108=30|"
LOGON_ANSWER = "8=FIX.4.4|35=A|34=1|49=EXCH|56=DESK|98=0|108=30|10=000|"
LOGOUT = "8=FIX.4.4|35=5|34=9|49=DESK|56=EXCH|"


@pytest.fixture(autouse=True)
def instrumented(recorded: Recorded) -> Iterator[None]:  # noqa: ARG001 - comes first
    """The instrumentor at work."""
    instrumentor = SimplefixInstrumentor()
    if instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.uninstrument()
    instrumentor.instrument()
    yield
    instrumentor.uninstrument()


def build(text: str, **changes: str) -> Any:
    """Return a message as a bot makes it, with fields changed."""
    message = simplefix.FixMessage()
    for pair in text.rstrip("|").split("|"):
        tag, _, value = pair.partition("=")
        message.append_pair(tag, changes.get(f"_{tag}", value))
    return message


def parse(text: str) -> Any:
    """Return a message as a bot gets it: in two pieces, the first of which is none."""
    parser = simplefix.FixParser()
    data = wire(text).encode()
    parser.append_buffer(data[:20])
    assert parser.get_message() is None
    parser.append_buffer(data[20:])
    return parser.get_message()


def names(recorded: Recorded) -> list[str]:
    """Return what was told of orders."""
    every = [event.event_name or "" for event in recorded.events()]
    return [name.removeprefix("trading.order.") for name in every if name.startswith("trading.order.")]


def test_an_order_leaves_when_it_is_encoded_and_stands_when_the_report_is_parsed(recorded: Recorded) -> None:
    assert b"35=D" in build(NEW_ORDER).encode()
    assert names(recorded) == ["submitted"]
    assert parse(FIX44_NEW).get(37) == b"V1001"
    assert names(recorded) == ["submitted", "acknowledged"]
    parse(FIX44_TRADE)
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY, **{a.TRADING_VENUE: "exch"}) == 0.5
    submit = recorded.span("submit_order exch")
    assert attributes(submit)[a.TRADING_OPERATION] == "new_order_single"
    assert {event.trace_id for event in recorded.events()} == {submit.context.trace_id}


def test_a_message_that_is_encoded_for_the_log_and_for_the_socket_is_one_order(recorded: Recorded) -> None:
    message = build(NEW_ORDER)
    assert message.encode() == message.encode()
    assert message.encode(raw=True) == message.encode(True)
    assert names(recorded) == ["submitted"]


def test_a_message_that_is_sent_again_is_no_new_order(recorded: Recorded) -> None:
    build(NEW_ORDER).encode()
    again = build(NEW_ORDER, _34="7")
    again.append_pair(97, "Y", header=True)
    again.encode()
    build(NEW_ORDER, _34="8").encode()  # nor one whose order is still open
    assert names(recorded) == ["submitted"]


def test_a_client_id_may_be_used_again_once_its_order_is_over(recorded: Recorded) -> None:
    build(NEW_ORDER).encode()
    parse(FIX44_NEW)
    build(CANCEL).encode()
    parse(FIX44_CANCELED.replace("14=0.5|6=58999.5", "14=0|6=0"))
    again = build(NEW_ORDER, _34="8")
    again.append_pair(97, "Y", header=True)
    again.encode()
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled"]
    build(NEW_ORDER, _34="9").encode()
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled", "submitted"]


def test_a_client_id_is_new_where_every_order_was_forgotten(recorded: Recorded) -> None:
    build(NEW_ORDER).encode()
    registry.clear()
    build(NEW_ORDER).encode()
    assert names(recorded) == ["submitted", "submitted"]


def test_what_cannot_be_encoded_raises_what_it_raised_and_is_told_of_nothing(recorded: Recorded) -> None:
    message = build(NEW_ORDER.removeprefix("8=FIX.4.4|"))
    with pytest.raises(ValueError, match="No begin string set") as caught:
        message.encode()
    assert caught.value.__context__ is None
    assert names(recorded) == []
    assert recorded.spans() == []


def test_a_program_that_plays_the_venue_is_told_of_no_order_and_no_stream(recorded: Recorded) -> None:
    for text in (LOGON, NEW_ORDER, CANCEL):
        parse(text + "10=000|")
    for text in (LOGON_ANSWER, FIX44_NEW, FIX44_TRADE):
        build(text).encode()
    parse(LOGON + "10=000|")
    assert recorded.events() == []
    assert recorded.spans() == []
    assert recorded.metric(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == []


def test_a_session_is_connected_when_its_logon_is_answered_and_closed_by_the_bots_logout(recorded: Recorded) -> None:
    build(LOGON).encode()
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0
    parse(LOGON_ANSWER)
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 1
    build(LOGOUT).encode()
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 0
    assert recorded.event(events.TRADING_STREAM_DISCONNECTED).severity_text == "INFO"


def test_a_logon_after_another_makes_up_for_a_lost_connection_and_its_open_requests(recorded: Recorded) -> None:
    build(LOGON).encode()
    parse(LOGON_ANSWER)
    build(NEW_ORDER).encode()
    build(LOGON, _34="3").encode()
    parse(LOGON_ANSWER)
    assert names(recorded) == ["submitted", "unconfirmed"]
    assert recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 1
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == 1
    parse(FIX44_NEW)
    assert names(recorded) == ["submitted", "unconfirmed", "acknowledged"]


def test_a_class_of_the_bots_own_that_calls_what_it_overrides_is_told_once(recorded: Recorded) -> None:
    class Checked(simplefix.FixMessage):  # type: ignore[misc] # untyped upstream
        def encode(self, raw: bool = False) -> bytes:
            encoded: bytes = super().encode(raw)
            return encoded

    message = Checked()
    for tag, value in build(NEW_ORDER).pairs:
        message.append_pair(tag, value)
    assert message.encode() == build(NEW_ORDER).encode()
    assert names(recorded) == ["submitted"]


def test_a_message_in_any_bytes_is_parsed_and_harms_nothing(recorded: Recorded) -> None:
    parser = simplefix.FixParser()
    parser.append_buffer(wire(FIX42_FILL).encode().replace(b"55=IBM", b"55=IBM\x0158=refus\xe9"))
    assert parser.get_message().get(58) == b"refus\xe9"
    assert names(recorded) == ["filled"]
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []
