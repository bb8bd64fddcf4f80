"""FIX's values as our terms."""

from __future__ import annotations

import pytest

from otel_trading.instrumentation.fix import reasons, requests, terms
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.instrumentation.fix.shapes import FIX44_REJECTED, NEW_ORDER, REPLACE, message


def test_a_new_order_is_told_in_our_terms() -> None:
    asked = requests.request(message(NEW_ORDER), "exch")
    assert asked._asdict() == {
        "venue": "exch",
        "symbol": "BTC/USD",
        "side": "buy",
        "type": "limit",
        "quantity": 2.0,
        "price": 59_000.0,
        "stop_price": None,
        "time_in_force": "gtc",
        "instrument_type": "",
        "client_id": "cl-1",
        "price_precision": None,
        "quantity_precision": None,
    }


def test_what_an_order_does_not_say_is_left_out() -> None:
    asked = requests.request(message("8=FIX.4.4|35=D|11=x|55=IBM|54=2|38=5|40=1|"), "exch")
    assert (asked.type, asked.price, asked.time_in_force, asked.side) == ("market", None, "", "sell")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"_40": "3", "_99": "61000"}, {"type": "stop", "stop_price": 61_000.0}),
        ({"_40": "4"}, {"type": "stop_limit"}),
        ({"_40": "J"}, {"type": "take_profit"}),
        ({"_40": "P"}, {"type": "other"}),
        ({"_54": "5"}, {"side": "sell"}),
        ({"_54": "8"}, {"side": ""}),
        ({"_59": "3"}, {"time_in_force": "ioc"}),
        ({"_59": "5"}, {"time_in_force": "other"}),  # good till crossing is not what crypto venues call gtx
        ({"_59": "1", "_18": "G 6"}, {"time_in_force": "gtx"}),
        ({"_167": "FUT"}, {"instrument_type": "future"}),
        ({"_167": "FXSWAP"}, {"instrument_type": "other"}),
    ],
)
def test_the_codes_of_an_order_have_words(changes: dict[str, str], expected: dict[str, object]) -> None:
    asked = requests.request(message(NEW_ORDER, **changes), "exch")._asdict()
    assert {name: asked[name] for name in expected} == expected


def test_a_replacement_names_its_order_by_its_client_id() -> None:
    found = requests.reference(message(REPLACE), "exch")
    assert (found.client_id, found.id, found.symbol) == ("cl-1", "", "BTC/USD")


@pytest.mark.parametrize("written", ["NONE", "none", "UNKNOWN", "N/A", ""])
def test_what_venues_write_for_no_order_id_is_none(written: str) -> None:
    assert requests.order_id(message(NEW_ORDER, _37=written)) == ""


def test_the_venue_is_the_counterparty_in_lower_case() -> None:
    assert requests.venue_of(" LMAX-PROD ") == "lmax-prod"


def test_every_status_of_fix_has_a_status_of_ours_or_says_nothing_of_the_order() -> None:
    every = set("0123456789ABCDE")
    assert every - terms.STATUSES.keys() == {"B"}
    assert terms.STATUSES["3"] is Status.SUSPENDED
    assert terms.STATUSES["C"] is Status.EXPIRED


@pytest.mark.parametrize(
    ("code", "words", "category"),
    [
        ("1", "", Category.UNKNOWN_SYMBOL),
        ("2", "", Category.MARKET_CLOSED),
        ("3", "insufficient funds", Category.RISK_LIMIT),  # a code that says something is believed
        ("5", "", Category.UNKNOWN_ORDER),
        ("6", "", Category.DUPLICATE_ORDER),
        ("11", "", Category.NOT_SUPPORTED),
        ("13", "", Category.INVALID_ORDER),
        ("25", "", Category.INSUFFICIENT_FUNDS),
        ("0", "Insufficient buying power", Category.INSUFFICIENT_FUNDS),
        ("99", "not enough margin available", Category.INSUFFICIENT_FUNDS),
        ("99", "Throttled: too many orders", Category.RATE_LIMIT),
        ("99", "computer says no", Category.OTHER),
        ("", "", Category.OTHER),
        ("12345", "", Category.OTHER),
    ],
)
def test_a_refused_order_has_a_category(code: str, words: str, category: Category) -> None:
    assert reasons.of_order(message(FIX44_REJECTED, _103=code, _58=words)) is category


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("0", Category.UNKNOWN_ORDER),
        ("1", Category.UNKNOWN_ORDER),
        ("6", Category.DUPLICATE_ORDER),
        ("2", Category.OTHER),
    ],
)
def test_a_refused_cancel_has_a_category(code: str, category: Category) -> None:
    assert reasons.of_cancel(message(f"8=FIX.4.4|35=9|102={code}|")) is category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("35=3|373=1|", Category.INVALID_ORDER),
        ("35=3|373=9|", Category.AUTHENTICATION),
        ("35=3|373=11|", Category.NOT_SUPPORTED),
        ("35=3|373=99|", Category.OTHER),
        ("35=j|380=2|", Category.UNKNOWN_SYMBOL),
        ("35=j|380=4|", Category.VENUE_UNAVAILABLE),
        ("35=j|380=6|", Category.PERMISSION),
        ("35=j|380=8|", Category.RATE_LIMIT),
        ("35=j|380=0|58=rate limit exceeded|", Category.RATE_LIMIT),
    ],
)
def test_a_refused_message_has_a_category(text: str, category: Category) -> None:
    assert reasons.of_message(message(text)) is category
