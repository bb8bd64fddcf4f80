"""The last quote of an instrument, where one symbol names several."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from otel_trading.orders import market

if TYPE_CHECKING:
    import pytest


def _mid(instrument_type: str = "") -> float | None:
    quote = market.last_quote("bybit", "BTCUSDT", instrument_type)
    return None if quote is None else quote.mid


def _spot_and_perpetual() -> None:
    market.received("bybit", "BTCUSDT", "ticker", mid=100.0, instrument_type="spot")
    market.quoted("bybit", "BTCUSDT", 103.0, instrument_type="swap")


def test_each_instrument_of_a_symbol_has_a_quote_of_its_own() -> None:
    _spot_and_perpetual()
    assert (_mid("spot"), _mid("swap")) == (100.0, 103.0)


def test_what_is_bought_on_margin_has_the_price_of_the_pair() -> None:
    _spot_and_perpetual()
    assert _mid("margin") == 100.0


def test_no_other_instruments_quote_stands_in() -> None:
    _spot_and_perpetual()
    assert _mid("future") is None


def test_a_quote_that_tells_no_type_is_of_whatever_has_none_of_its_own() -> None:
    market.quoted("bybit", "BTCUSDT", 101.0)
    market.quoted("bybit", "BTCUSDT", 103.0, instrument_type="swap")
    assert (_mid("spot"), _mid("swap"), _mid()) == (101.0, 103.0, 101.0)


def test_an_instrument_of_unknown_type_has_the_only_quote_that_there_is() -> None:
    market.quoted("bybit", "BTCUSDT", 103.0, instrument_type="swap")
    assert _mid() == 103.0


def test_an_instrument_of_unknown_type_has_none_of_several_quotes() -> None:
    _spot_and_perpetual()
    assert _mid() is None


def test_a_quote_that_is_too_old_leaves_the_place_to_one_that_tells_no_type(monkeypatch: pytest.MonkeyPatch) -> None:
    market.quoted("bybit", "BTCUSDT", 103.0, instrument_type="swap")
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 6)
    assert _mid("swap") is None
    market.quoted("bybit", "BTCUSDT", 101.0)
    assert _mid("swap") == 101.0
