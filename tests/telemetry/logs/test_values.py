from __future__ import annotations

from collections import deque
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any

import pytest
from opentelemetry.attributes import BoundedAttributes
from opentelemetry.exporter.otlp.proto.common._internal import _encode_value

from otel_trading.telemetry.logs import values


class Side(str, Enum):
    BUY = "buy"


class Rank(IntEnum):
    FIRST = 1


class Odd:
    def __str__(self) -> str:
        return "odd"


class Broken:
    def __str__(self) -> str:
        message = "no text"
        raise RuntimeError(message)


class Unreadable(dict[str, Any]):
    def items(self) -> Any:
        message = "no items"
        raise RuntimeError(message)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (0.5, 0.5),
        ("BTC/USDT", "BTC/USDT"),
        (b"raw", b"raw"),
        (bytearray(b"raw"), b"raw"),
        (Decimal("0.10"), "0.10"),
        (Fraction(1, 2), 0.5),
        (Side.BUY, "buy"),
        (Rank.FIRST, 1),
        (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, tzinfo=timezone.utc), "2026-01-02T00:00:00+00:00"),
        (10**24, "1000000000000000000000000"),
        (-(2**63), -(2**63)),
        (2**63, str(2**63)),
        ({"price": Decimal("1.50"), 7: Side.BUY}, {"price": "1.50", "7": "buy"}),
        ((1, [Odd()]), [1, ["odd"]]),
        (frozenset({3}), [3]),
        (deque([1, 2]), [1, 2]),
        (Odd(), "odd"),
        (Broken(), "<unprintable Broken>"),
        (Unreadable(a=1), "<unreadable Unreadable>"),
        ("lone \ud800", "lone \\ud800"),
    ],
)
def test_a_value_becomes_one_that_otlp_holds(given: object, expected: object) -> None:
    found = values.safe(given)
    assert (type(found), found) == (type(expected), expected)


def test_what_it_makes_is_encoded_without_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    given = {"": 10**30, "x": [Odd(), "\udfff", None, {1, 2}], "side": Side.BUY, "deep": {"deeper": b"\xff"}}
    exported = BoundedAttributes(attributes={"given": values.safe(given)})
    assert _encode_value(exported["given"]).SerializeToString()
    assert caplog.records == []


def test_a_list_that_holds_itself_ends_somewhere() -> None:
    given: list[Any] = [1]
    given.append(given)
    assert "[...]" in str(values.safe(given))


def test_a_long_collection_says_how_much_it_left_out() -> None:
    found = values.safe(list(range(1000)))
    assert isinstance(found, list)
    assert found[-2:] == [255, "… 744 more"]


def test_a_long_mapping_says_how_much_it_left_out() -> None:
    found = values.safe({str(number): number for number in range(300)})
    assert isinstance(found, dict)
    assert (len(found), found["…"]) == (257, "44 more")


def test_the_text_of_an_unknown_object_is_cut() -> None:
    class Long:
        def __str__(self) -> str:
            return "x" * 5000

    found = values.safe(Long())
    assert isinstance(found, str)
    assert (len(found), found[-1]) == (1024, "…")


def test_a_text_of_the_bot_is_not_cut() -> None:
    assert values.safe("x" * 5000) == "x" * 5000
