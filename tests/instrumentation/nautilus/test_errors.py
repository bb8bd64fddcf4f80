"""What reasons and errors mean, in the words of NautilusTrader's engines, of its adapters and of Binance."""

from __future__ import annotations

import asyncio

import pytest

from otel_trading.instrumentation.nautilus import errors

# Of risk/engine.pyx, execution/engine.pyx, backtest/engine.pyx, live/execution_engine.py and the Binance adapter.
ANSWERED = {
    "NOTIONAL_EXCEEDS_FREE_BALANCE: free=1.00 USDT, balance_impact=-5.00 USDT": "insufficient_funds",
    "CUM_NOTIONAL_EXCEEDS_FREE_BALANCE: free=1.00 USDT, cum_notional=5.00 USDT": "insufficient_funds",
    "{'code': -2010, 'msg': 'Account has insufficient balance for requested action.'}": "insufficient_funds",
    "{'code': -2019, 'msg': 'Margin is insufficient.'}": "insufficient_funds",
    "Exceeded MAX_ORDER_SUBMIT_RATE": "rate_limit",
    "{'code': -1015, 'msg': 'Too many new orders; current limit is 100 orders per 10 SECOND.'}": "rate_limit",
    "NOTIONAL_EXCEEDS_MAX_PER_ORDER: max_notional=10, notional=11": "risk_limit",
    "TradingState.HALTED": "risk_limit",
    "BUY when TradingState.REDUCING and LONG BTCUSDT.BINANCE": "risk_limit",
    "Reduce only order would increase position PositionId('P-1')": "risk_limit",
    "duplicate ClientOrderId('O-1')": "duplicate_order",
    "{'code': -2010, 'msg': 'Duplicate order sent.'}": "duplicate_order",
    "Instrument for ABC.BINANCE not found": "unknown_symbol",
    "{'code': -1121, 'msg': 'Invalid symbol.'}": "unknown_symbol",
    "ORDER_NOT_FOUND_AT_VENUE": "unknown_order",
    "ClientOrderId('O-20200913-122643-001-000-2') not found": "unknown_order",
    "{'code': -2011, 'msg': 'Unknown order sent.'}": "unknown_order",
    "Order with ClientOrderId('O-1') already closed": "unknown_order",
    "no market for BTCUSDT.BINANCE": "market_closed",
    "{'code': -1021, 'msg': 'Timestamp for this request is outside of the recvWindow.'}": "authentication",
    "{'code': -2015, 'msg': 'Invalid API-key, IP, or permissions for action.'}": "permission",
    "UNSUPPORTED_ORDER_TYPE: MARKET_TO_LIMIT not supported for SPOT/MARGIN accounts": "not_supported",
    "POST_ONLY LIMIT BUY order limit px of 9.00 would have been a TAKER: bid=5.00, ask=6.00": "invalid_order",
    "price 1.234 invalid (precision 3 > 2)": "invalid_order",
    "quantity 8000 invalid (> maximum trade size of 1000)": "invalid_order",
    "NOTIONAL_LESS_THAN_MIN_FOR_INSTRUMENT: min_notional=10 USDT , notional=1 USDT": "invalid_order",
    "GTD 2020-09-13 12:26:43 already passed": "invalid_order",
    "{'code': -1013, 'msg': 'Filter failure: PRICE_FILTER'}": "invalid_order",
    "the venue was not in the mood": "other",
}
UNANSWERED = {
    "UNKNOWN": "timeout",
    "Request timed out": "timeout",
    "error sending request for url (http://127.0.0.1:1/api/v3/order?symbol=X&signature=abc)": "network",
    "{'code': -1001, 'msg': 'Internal error; unable to process your request. Please try again.'}": "venue_unavailable",
}


@pytest.mark.parametrize(("reason", "category"), ANSWERED.items())
def test_a_refusal_has_a_bounded_category(reason: str, category: str) -> None:
    failure = errors.failure(reason)
    assert (failure.category.value, failure.answered, failure.reason) == (category, True, reason)


@pytest.mark.parametrize(("reason", "category"), UNANSWERED.items())
def test_no_answer_is_no_refusal(reason: str, category: str) -> None:
    failure = errors.failure(reason)
    assert (failure.category.value, failure.answered) == (category, False)


def test_the_query_of_a_url_is_left_out_for_it_is_signed() -> None:
    words = "error sending request for url (http://127.0.0.1:1/api/v3/order?symbol=X&signature=abc)"
    assert errors.failure(words).reason == "error sending request for url (http://127.0.0.1:1/api/v3/order?…)"


@pytest.mark.parametrize(
    ("error", "category"),
    [
        (asyncio.CancelledError(), "timeout"),
        (TimeoutError("no answer"), "timeout"),
        (ConnectionResetError("reset by peer"), "network"),
        (ValueError("what is that"), "network"),
    ],
)
def test_a_request_that_raised_was_not_answered(error: BaseException, category: str) -> None:
    failure = errors.raised(error)
    assert (failure.category.value, failure.answered) == (category, False)
    assert failure.reason


@pytest.mark.parametrize(
    ("reason", "name"),
    [
        ("NOTIONAL_EXCEEDS_MAX_PER_ORDER: max_notional=10, notional=11", "notional_exceeds_max_per_order"),
        ("Exceeded MAX_ORDER_SUBMIT_RATE", "max_order_submit_rate"),
        ("BUY when TradingState.REDUCING and LONG BTCUSDT.BINANCE", "trading_state"),
        ("TradingState.HALTED", "trading_state"),
        ("price 1.234 invalid (precision 3 > 2)", "risk_engine"),
        ("OrderList contains BUY when something", "risk_engine"),
        ("", "risk_engine"),
    ],
)
def test_a_denial_names_its_check_by_a_bounded_name(reason: str, name: str) -> None:
    assert errors.check_name(reason) == name
