"""Taking a message apart."""

from __future__ import annotations

import pytest

from otel_trading.instrumentation.fix.message import field, nanoseconds, parse
from otel_trading.instrumentation.fix.quotes import mid
from tests.instrumentation.fix.shapes import FIX44_TRADE, NEW_ORDER, message, wire


def test_a_message_gives_the_first_field_of_a_tag() -> None:
    found = parse(wire("8=FIX.4.4|35=W|269=0|270=1.5|269=1|270=1.7|10=000|"))
    assert (found["269"], found.number("270"), found["44"], found.number("44")) == ("0", 1.5, "", None)
    assert [value for tag, value in found.pairs if tag == "270"] == ["1.5", "1.7"]


def test_a_value_may_hold_an_equals_sign_and_what_is_no_field_is_left_out() -> None:
    found = parse(wire("58=a=b|garbage|37=V1|"))
    assert (found["58"], found["37"], len(found.pairs)) == ("a=b", "V1", 2)


def test_bytes_that_are_no_utf_8_are_replaced_and_not_passed_on_as_surrogates() -> None:
    text = b"58=refus\xe9\x0137=V1\x01".decode("utf-8", "surrogateescape")
    assert parse(text)["58"] == "refus\N{REPLACEMENT CHARACTER}"
    assert parse("58=caf\xe9\x01")["58"] == "caf\xe9"


def test_one_field_is_read_without_taking_the_message_apart() -> None:
    assert [field(wire(NEW_ORDER), tag) for tag in ("35", "34", "10", "7")] == ["D", "2", "008", ""]
    assert field(wire(FIX44_TRADE), "5") == ""  # not the end of 35 or of 55
    assert field("", "35") == ""


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        ("20260102-03:04:05", 1_767_323_045_000_000_000),
        ("20260102-03:04:05.123", 1_767_323_045_123_000_000),
        ("20260102-03:04:05.123456789", 1_767_323_045_123_456_789),
        ("20260102-03:04:05.123456789012", 1_767_323_045_123_456_789),
        ("20260102-03:04:05.5Z", 1_767_323_045_500_000_000),
        ("20260102", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_timestamp_is_read_in_every_precision(timestamp: str, expected: int | None) -> None:
    assert nanoseconds(timestamp) == expected


def test_the_middle_of_the_market_is_between_the_highest_bid_and_the_lowest_offer() -> None:
    levels = "8=FIX.4.4|35=W|55=X|269=0|270=90|269=0|270=95|269=1|270=110|269=1|270=105|269=2|270=97|10=0|"
    assert mid(parse(wire(levels))) == 100.0
    assert mid(parse(wire("8=FIX.4.4|35=S|55=X|132=99|133=103|10=0|"))) == 101.0


@pytest.mark.parametrize(
    "text",
    [
        "8=FIX.4.4|35=W|55=X|269=0|270=90|10=0|",
        "8=FIX.4.4|35=X|279=0|269=0|55=X|270=90|279=0|269=1|55=Y|270=91|10=0|",
        "8=FIX.4.4|35=S|55=X|132=99|10=0|",
        # As QuickFIX gives it without a dictionary: repeated fields in the order of their tags.
        "8=FIX.4.4|35=W|55=X|269=0|269=1|270=90|270=110|10=0|",
    ],
)
def test_no_middle_is_made_up_where_a_message_does_not_tell_it(text: str) -> None:
    assert mid(parse(wire(text))) is None


def test_fields_of_a_shape_can_be_changed_and_left_out() -> None:
    found = message(NEW_ORDER, _44="", _40="1")
    assert (found["44"], found["40"], found["11"]) == ("", "1", "cl-1")
