"""A log line joins the story of the order that it names, exactly and never by guess."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry.trace import SpanContext, TraceFlags

from otel_trading.orders.order import Order
from otel_trading.telemetry import mentions
from otel_trading.telemetry.records import LogRecord, Value

HOME = SpanContext(0xAB, 0xCD, is_remote=False, trace_flags=TraceFlags(1))

CLIENT_ID = "trading.order.client_id"
VENUE_ID = "trading.order.id"
RELATED = "trading.order.related_ids"


def log(body: Value = "", event_name: str = "", trace_id: str = "", **attributes: Any) -> LogRecord:
    return LogRecord(1, 1, 9, "INFO", body, event_name, attributes, trace_id, "", 0, "bot.orders")


def order(client_id: str = "", venue_id: str = "", **given: Any) -> Order:
    found = Order(client_id=client_id, id=venue_id, **given)
    found.adopt_span(HOME)
    return found


def joined(record: LogRecord) -> list[object]:
    """Return the ids of the orders that a record was joined to."""
    found = mentions.join(record).attributes
    related = found.get(RELATED)
    if related is not None:
        assert isinstance(related, list)
        return list(related)
    return [found[key] for key in (CLIENT_ID,) if key in found] or [found[key] for key in (VENUE_ID,) if key in found]


def test_a_line_that_names_the_client_id_joins_the_order() -> None:
    order("cl-7f3a-0001", "28173645", venue="binance", symbol="BTC/USDT", strategy="grid")

    found = mentions.join(log("sending cl-7f3a-0001 now"))

    assert found.attributes == {
        CLIENT_ID: "cl-7f3a-0001",
        VENUE_ID: "28173645",
        "trading.venue": "binance",
        "trading.symbol": "BTC/USDT",
        "trading.strategy.id": "grid",
    }


def test_a_line_that_names_the_venue_s_id_joins_the_order() -> None:
    order("cl-7f3a-0001", "28173645")

    assert joined(log("order 28173645 is closed, 0.5 filled")) == ["cl-7f3a-0001"]


def test_a_line_without_a_trace_joins_the_order_s_trace() -> None:
    order("cl-7f3a-0001")

    found = mentions.join(log("sending cl-7f3a-0001"))

    assert (found.trace_id, found.span_id, found.flags) == ("ab".rjust(32, "0"), "cd".rjust(16, "0"), 1)


def test_a_line_within_another_trace_stays_there() -> None:
    order("cl-7f3a-0001")

    found = mentions.join(log("sending cl-7f3a-0001", trace_id="e" * 32))

    assert found.trace_id == "e" * 32
    assert found.attributes[CLIENT_ID] == "cl-7f3a-0001"


def test_what_the_line_says_itself_stands() -> None:
    order("cl-7f3a-0001", venue="binance")

    assert mentions.join(log("cl-7f3a-0001", **{"trading.venue": "mine"})).attributes["trading.venue"] == "mine"


@pytest.mark.parametrize(
    "text",
    [
        "cl-7f3a-0001",
        "cl-7f3a-0001: too old",
        "(cl-7f3a-0001)",
        "order=cl-7f3a-0001,side=buy",
        "order:cl-7f3a-0001",
        "'cl-7f3a-0001' filled.",
        "sent cl-7f3a-0001.",
        "cl-7f3a-0001\nnext line",
        '{"clientOrderId": "cl-7f3a-0001"}',
        "cl-7f3a-0001/BTCUSDT",
    ],
)
def test_an_id_is_seen_whatever_stands_around_it(text: str) -> None:
    order("cl-7f3a-0001")

    assert joined(log(text)) == ["cl-7f3a-0001"]


@pytest.mark.parametrize(
    "text",
    [
        "cl-7f3a-00011",
        "xcl-7f3a-0001",
        "cl-7f3a-0001-b",
        "cl-7f3a-0001.log",
        "cl-7f3a",
        "nothing of an order",
        "",
    ],
)
def test_a_part_of_another_word_is_no_id(text: str) -> None:
    order("cl-7f3a-0001")

    assert joined(log(text)) == []


@pytest.mark.parametrize("text", ["0.28173645", "28173645.5", "1.28173645e3", "-1.28173645", "x28173645"])
def test_a_part_of_another_number_is_no_id(text: str) -> None:
    order("", "28173645")

    assert joined(log(f"moved by {text} today")) == []


def test_a_number_that_is_a_float_is_no_id() -> None:
    order("", "28173645")

    assert joined(log("volume", quantity=28173645.0, order_id=28173645.0)) == []


@pytest.mark.parametrize("word", ["42", "1234567", "entry", "longentry", "buy1"])
def test_a_short_or_plain_word_in_a_text_is_no_id(word: str) -> None:
    order(word)

    assert joined(log(f"level {word} of the grid")) == []


@pytest.mark.parametrize(
    "key",
    ["id", "order", "order_id", "orderId", "clientOrderId", "client_order_id", "order.ref", "ref", "clOrdID", "ord_id"],
)
def test_a_short_id_counts_under_a_key_for_order_ids(key: str) -> None:
    order("42")
    as_number: dict[str, Any] = {key: 42}

    assert joined(log("filled", **{key: "42"})) == ["42"]
    assert joined(log("filled", **as_number)) == ["42"]


@pytest.mark.parametrize(
    "key",
    [
        "bid",
        "mid",
        "grid",
        "paid",
        "trade_id",
        "account_id",
        "thread.id",
        "process.pid",
        "record_id",
        "level",
        "border",
    ],
)
def test_a_short_number_under_another_key_is_no_id(key: str) -> None:
    order("42")
    as_number: dict[str, Any] = {key: 42}

    assert joined(log("tick", **as_number)) == []
    assert joined(log("tick", **{key: "42"})) == []


def test_an_id_in_a_structured_attribute_joins() -> None:
    order("cl-7f3a-0001")

    assert joined(log("filled", fill={"order": {"clientOrderId": "cl-7f3a-0001"}, "price": 1.5})) == ["cl-7f3a-0001"]


def test_an_id_in_a_structured_body_joins() -> None:
    order("cl-7f3a-0001")

    assert joined(log({"event": "filled", "orders": ["cl-7f3a-0001"]})) == ["cl-7f3a-0001"]


def test_an_id_in_a_list_joins() -> None:
    order("cl-7f3a-0001")

    assert joined(log("open", ids=("cl-7f3a-0001",))) == ["cl-7f3a-0001"]


def test_keys_that_are_no_text_do_no_harm() -> None:
    order("cl-7f3a-0001")
    strange: Any = {1: "cl-7f3a-0001", None: 2}

    assert joined(log(strange)) == ["cl-7f3a-0001"]


def test_a_flag_is_no_id() -> None:
    order("True")

    assert joined(log("x", order=True)) == []


def test_a_stack_trace_joins_nothing() -> None:
    order("cl-7f3a-0001")

    assert joined(log("failed", **{"exception.stacktrace": "in cl-7f3a-0001"})) == []


def test_a_line_that_names_two_orders_tells_both_and_joins_no_trace() -> None:
    order("cl-7f3a-0001")
    order("cl-7f3a-0002")

    found = mentions.join(log("cl-7f3a-0001 replaced by cl-7f3a-0002"))

    assert found.attributes == {RELATED: ["cl-7f3a-0001", "cl-7f3a-0002"]}
    assert found.trace_id == ""


def test_two_orders_without_client_ids_are_told_by_the_venue_s() -> None:
    order("", "28173645")
    order("", "28173646")

    assert joined(log("28173645,28173646")) == ["28173645", "28173646"]


def test_one_order_named_by_both_its_ids_is_one() -> None:
    order("cl-7f3a-0001", "28173645")

    assert joined(log("cl-7f3a-0001 is 28173645 at the venue")) == ["cl-7f3a-0001"]
    assert RELATED not in mentions.join(log("cl-7f3a-0001 is 28173645")).attributes


def test_an_id_that_two_orders_at_work_have_joins_none() -> None:
    order("", "28173645", symbol="BTC/USDT")
    order("", "28173645", symbol="ETH/USDT")

    assert joined(log("order 28173645 is open")) == []


def test_an_ambiguous_id_does_not_keep_the_line_from_the_order_it_also_names() -> None:
    order("", "28173645", symbol="BTC/USDT")
    order("", "28173645", symbol="ETH/USDT")
    order("cl-7f3a-0001")

    assert joined(log("cl-7f3a-0001 after 28173645")) == ["cl-7f3a-0001"]


def test_an_unknown_id_joins_nothing() -> None:
    order("cl-7f3a-0001")

    assert mentions.join(log("cl-ffff-9999 is open")) == log("cl-ffff-9999 is open")


@pytest.mark.parametrize("key", [CLIENT_ID, VENUE_ID])
def test_a_record_that_has_ids_already_is_left_alone(key: str) -> None:
    order("cl-7f3a-0001")
    record = log("after cl-7f3a-0001", **{key: "cl-7f3a-0002"})

    assert mentions.join(record) is record


def test_an_event_is_left_alone() -> None:
    order("cl-7f3a-0001")
    record = log("after cl-7f3a-0001", event_name="trading.risk.check")

    assert mentions.join(record) is record


def test_without_any_order_nothing_is_searched() -> None:
    record = log("cl-7f3a-0001")

    assert mentions.join(record) is record


def test_an_order_that_is_not_traced_is_joined_by_its_ids_alone() -> None:
    Order(client_id="cl-7f3a-0001")

    found = mentions.join(log("sending cl-7f3a-0001"))

    assert found.attributes == {CLIENT_ID: "cl-7f3a-0001"}
    assert found.trace_id == ""
