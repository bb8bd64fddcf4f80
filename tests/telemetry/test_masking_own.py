"""What a user has masked: attributes by name, texts by pattern, and no pattern that could stop the bot."""

from __future__ import annotations

import time

import pytest

from otel_trading.patterns import PIECE, compile_safe, pieces
from otel_trading.settings import load, replace_current
from otel_trading.telemetry import redact


def own(**variables: str) -> None:
    found, problems = load({f"OTEL_TRADING_MASK_{name.upper()}": value for name, value in variables.items()})
    assert problems == []
    replace_current(found)


def test_an_attribute_of_the_user_s_choice_is_masked_wholly() -> None:
    own(keys="desk.name, Trader")

    found = redact.attributes({"desk.name": "alpha", "trader": {"name": "ann", "age": 5}, "TRADER": 7, "desk": "b"})

    assert found == {"desk.name": "***", "trader": "***", "TRADER": "***", "desk": "b"}


def test_such_a_field_is_masked_at_any_depth() -> None:
    own(keys="desk")

    assert redact.value({"a": [{"desk": "alpha"}, [["desk", "alpha"]]]}) == {"a": [{"desk": "***"}, [["desk", "***"]]]}


def test_what_a_pattern_of_the_user_s_matches_is_masked() -> None:
    own(patterns=r"ACME-\d{6} (?i)desk-[a-z]+")

    assert redact.text("ACME-123456 of Desk-alpha, ACME-12") == "*** of ***, ACME-12"
    assert redact.attributes({"a": ["ACME-123456"], "order.id": "ACME-654321"}) == {"a": ["***"], "order.id": "***"}


def test_a_pattern_is_searched_in_all_of_a_long_text() -> None:
    own(patterns=r"ACME-\d{6}")
    text = "filled 0.5 ACME-123456\n" * 300 + "bid 60000.5 ACME-123456 " * 300 + "x" * 5000

    masked = redact.text(text)

    assert masked == text.replace("ACME-123456", "***")


@pytest.mark.parametrize(
    "text", ["", "a", "a b\n" * 999, "a" * 9999, "\n" * 9999, ("a" * 1500 + " b\n") * 9, "é " * 9999]
)
def test_pieces_are_short_and_together_the_text(text: str) -> None:
    found = pieces(text)

    assert "".join(found) == text
    assert max(map(len, found)) <= PIECE


@pytest.mark.parametrize(
    "pattern",
    [
        r"ACME-\d{6}",
        r"cust_[a-z0-9]+",
        r"\bDE\d{1,9}-\d{1,9}\b",
        r"(?i)desk-(?:alpha|beta)",
        r"(?:ab|cd){1,4}",
        r"(?P<name>x)(?P=name)",
        r"(?<=desk=)\w+",
        r"(?:\w+,)?end",
        r"(?:abc)+",
        r"(?:(a)|b)(?(1)c|d)",
        r"[^\s@]+@desk",
        r"(?=a)\w+?\.",
    ],
)
def test_a_pattern_that_stays_quick_is_taken(pattern: str) -> None:
    assert compile_safe(pattern).pattern == pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+b",
        "(a|a)*b",
        "(a|ab)*c",
        r"(\w+\s?)+$",
        "a*a*a*b",
        ".*.*=",
        r"(?:\d+,)+x",
        "((a{1,9}){1,9}){1,9}b",
        "(?=(a+)+b)a",
        "(?:(a)|b)(?(1)(c+)+|d)x",
        "(a?){40}a{40}",
    ],
)
def test_a_pattern_that_could_run_away_is_refused_with_the_remedy(pattern: str) -> None:
    with pytest.raises(ValueError, match="bound its repetitions"):
        compile_safe(pattern)


@pytest.mark.parametrize("pattern", ["x*", "a?", "(?=a)", "^", r"\b", "a|"])
def test_a_pattern_that_matches_nothing_at_all_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="at least one character"):
        compile_safe(pattern)


@pytest.mark.parametrize("pattern", ["(", "[a", "*a", "a{3,1}", "(?P<1>a)", "a{99999999999}", "(?<=a+)b", "(" * 5000])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="is no regular expression"):
        compile_safe(pattern)


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        (r"\w+!", "a"),
        (r"\d{1,60}-\d{1,60}-x", "1"),
        (r"(?:ab|a){1,9}!", "a"),
        (r"[^\s@]+@desk", "a"),
        (r"a.{0,999}!", "a"),
    ],
)
def test_the_worst_pattern_that_is_taken_takes_no_more_than_a_moment(pattern: str, part: str) -> None:
    own(patterns=pattern)

    begun = time.perf_counter()
    redact.text(part * 10_000)

    assert time.perf_counter() - begun < 5.0
