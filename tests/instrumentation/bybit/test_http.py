"""pybit over HTTP: what it retries by itself, batches, spot's quantities, rate limits, and what queries tell."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from opentelemetry.trace import StatusCode
from pybit.exceptions import FailedRequestError, InvalidRequestError

from otel_trading import order
from otel_trading.orders import market
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.bybit.asking import LIMIT, names, told
from tests.venues.bybit.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recording import Recorded
    from tests.venues.bybit import BybitVenue


@pytest.fixture
def hasty(make_session: Callable[..., Any]) -> Any:
    """A session that tries again at once, also where it got no answer."""
    return make_session(force_retry=True, retry_delay=0)


def test_an_order_that_pybit_sends_again_is_one_order(hasty: Any, venue: BybitVenue, recorded: Recorded) -> None:
    venue.faults.add(Fault("order/create", code=130150, message="busy"))
    hasty.place_order(**LIMIT)
    assert names(recorded) == ["submitted", "acknowledged"]
    assert len([seen for seen in venue.requests if "order/create" in seen.path]) == 2


def test_retries_that_come_to_nothing_tell_what_each_was_refused_for(
    hasty: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    venue.faults.add(Fault("order/create", count=3, code=10006, message="Too many visits!"))
    with pytest.raises(FailedRequestError, match="retries exceeded"):
        hasty.place_order(**LIMIT)
    rejected = told(recorded, events.TRADING_ORDER_REJECTED)
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "rate_limit"


def test_a_duplicate_id_after_an_attempt_without_an_answer_is_no_refusal(
    hasty: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    venue.ignore_next(processed=True)
    with pytest.raises(InvalidRequestError, match="duplicate"):
        hasty.place_order(**LIMIT, orderLinkId="cl-1")
    assert names(recorded) == ["submitted", "unconfirmed"]
    (stands,) = hasty.get_open_orders(category="linear", symbol="BTCUSDT")["result"]["list"]
    assert names(recorded) == ["submitted", "unconfirmed", "acknowledged"]
    assert told(recorded, events.TRADING_ORDER_ACKNOWLEDGED)[a.TRADING_ORDER_ID] == stands["orderId"]


def test_an_earlier_order_without_an_answer_says_nothing_of_the_next(
    session: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    venue.ignore_next()
    with pytest.raises(requests.exceptions.ConnectionError):
        session.place_order(**LIMIT, orderLinkId="cl-1")
    session.place_order(**LIMIT, orderLinkId="cl-2")
    with pytest.raises(InvalidRequestError):
        session.place_order(**LIMIT, orderLinkId="cl-2")
    assert names(recorded) == ["submitted", "unconfirmed", "submitted", "acknowledged", "submitted", "rejected"]


def test_a_code_that_pybit_lets_pass_rejects_the_order(
    make_session: Callable[..., Any], venue: BybitVenue, recorded: Recorded
) -> None:
    venue.refuse_next()
    answer = make_session(ignore_codes={110007}).place_order(**LIMIT)
    assert answer["retCode"] == 110007
    assert names(recorded) == ["submitted", "rejected"]


def test_each_order_of_a_batch_has_a_story_of_its_own(session: Any, recorded: Recorded) -> None:
    item = {key: value for key, value in LIMIT.items() if key != "category"}
    items = [item | {"orderLinkId": "a"}, item | {"qty": "1000", "orderLinkId": "b"}, item | {"orderLinkId": "c"}]
    answer = session.place_batch_order(category="linear", request=items)
    assert [each["code"] for each in answer["retExtInfo"]["list"]] == [0, 110007, 0]
    rejected = told(recorded, events.TRADING_ORDER_REJECTED)
    assert rejected[a.TRADING_ORDER_CLIENT_ID] == "b"
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"
    acknowledged = [dict(event.attributes or {}) for event in recorded.events(events.TRADING_ORDER_ACKNOWLEDGED)]
    assert [each[a.TRADING_ORDER_CLIENT_ID] for each in acknowledged] == ["a", "c"]
    ids = [each["orderId"] for each in answer["result"]["list"]]
    assert [each[a.TRADING_ORDER_ID] for each in acknowledged] == [ids[0], ids[2]]


def test_a_batch_is_amended_and_canceled_order_by_order(session: Any, recorded: Recorded) -> None:
    for name in ("a", "b"):
        session.place_order(**LIMIT, orderLinkId=name)
    recorded.clear()
    named = [{"symbol": "BTCUSDT", "orderLinkId": name} for name in ("a", "b")]
    session.amend_batch_order(category="linear", request=[each | {"qty": "2"} for each in named])
    assert names(recorded) == ["amend_requested", "amend_requested", "amended", "amended"]
    recorded.clear()
    session.cancel_batch_order(category="linear", request=named)
    assert names(recorded) == ["cancel_requested", "cancel_requested", "updated", "updated"]


def test_canceling_all_is_one_span(session: Any, recorded: Recorded) -> None:
    session.place_order(**LIMIT)
    session.cancel_all_orders(category="linear", settleCoin="USDT")
    span = recorded.span("cancel_orders bybit")
    assert span.status.status_code is StatusCode.UNSET
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1


def test_a_spot_order_to_buy_for_an_amount_of_money_has_the_quantity_that_it_got(
    session: Any, recorded: Recorded
) -> None:
    asked = {"category": "spot", "symbol": "BTCUSDT", "side": "Buy", "orderType": "Market", "qty": "6000.1"}
    id_ = session.place_order(**asked)["result"]["orderId"]
    assert a.TRADING_ORDER_QUANTITY not in told(recorded, events.TRADING_ORDER_SUBMITTED)
    session.get_order_history(category="spot", orderId=id_)
    session.get_executions(category="spot", orderId=id_)
    filled = told(recorded, events.TRADING_ORDER_FILLED)
    assert filled[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(0.1, rel=1e-3)
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_a_fill_found_by_a_query_has_its_fee(session: Any, venue: BybitVenue, recorded: Recorded) -> None:
    id_ = session.place_order(**LIMIT)["result"]["orderId"]
    venue.execute(id_, "0.4")
    session.get_executions(category="linear")
    filled = told(recorded, events.TRADING_ORDER_FILLED)
    assert filled[a.TRADING_EXECUTION_FEE_AMOUNT] == pytest.approx(0.4 * 59_000 * 0.0002)
    assert (filled[a.TRADING_EXECUTION_FEE_CURRENCY], filled[a.TRADING_EXECUTION_LIQUIDITY]) == ("USDT", "maker")


def test_what_an_answer_tells_of_rate_limits_is_on_the_gauge(session: Any, recorded: Recorded) -> None:
    session.get_wallet_balance(accountType="UNIFIED")
    point = recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION)
    assert point.value == pytest.approx(1 / 20)
    assert point.attributes[a.TRADING_VENUE] == "bybit"


def test_the_venues_clock_is_compared_with_ours(session: Any, recorded: Recorded) -> None:
    session.get_server_time()
    assert abs(recorded.point(metrics.TRADING_CLOCK_OFFSET).value) < 5


@pytest.mark.parametrize("query", ["get_tickers", "get_orderbook"])
@pytest.mark.usefixtures("recorded")
def test_a_quote_that_was_asked_for_is_the_price_at_which_an_order_was_decided(query: str, session: Any) -> None:
    getattr(session, query)(category="linear", symbol="BTCUSDT")
    quote = market.last_quote("bybit", "BTCUSDT")
    assert quote is not None
    assert quote.mid == 60_000.5


@pytest.mark.parametrize("query", ["get_tickers", "get_orderbook"])
@pytest.mark.parametrize(("asked_for", "another"), [("linear", "spot"), ("spot", "swap")])
def test_a_quote_of_the_pair_is_none_of_the_perpetual_future_that_is_called_the_same(
    query: str, asked_for: str, another: str, session: Any, recorded: Recorded
) -> None:
    getattr(session, query)(category=asked_for, symbol="BTCUSDT")
    market.quoted("bybit", "BTCUSDT", 61_000.0, instrument_type=another)
    session.place_order(**(LIMIT | {"category": asked_for}))
    assert told(recorded, events.TRADING_ORDER_SUBMITTED)[a.TRADING_ORDER_ARRIVAL_PRICE] == 60_000.5


def test_positions_are_told_with_their_profit(session: Any, recorded: Recorded) -> None:
    session.place_order(**(LIMIT | {"orderType": "Market", "side": "Sell", "qty": "0.5"}))
    session.get_positions(category="linear", symbol="BTCUSDT")
    position = recorded.point(metrics.TRADING_POSITION_QUANTITY)
    assert (position.value, position.attributes[a.TRADING_SYMBOL]) == (-0.5, "BTCUSDT")
    assert recorded.point(metrics.TRADING_PNL_UNREALIZED).attributes[a.TRADING_CURRENCY] == "USDT"
    assert recorded.point(metrics.TRADING_PNL_REALIZED).value < 0  # the fee


def test_an_order_of_a_block_is_the_blocks_own(session: Any, recorded: Recorded) -> None:
    with order(symbol="BTCUSDT", client_id="cl-7"):
        session.place_order(**LIMIT, orderLinkId="cl-7")
    assert names(recorded) == ["submitted", "acknowledged"]
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1


def test_a_call_without_keys_is_refused_before_it_leaves(
    make_session: Callable[..., Any], venue: BybitVenue, recorded: Recorded
) -> None:
    with pytest.raises(PermissionError):
        make_session(api_key=None, api_secret=None).place_order(**LIMIT)
    assert names(recorded) == ["submitted", "rejected"]
    assert venue.requests == []


def test_a_call_takes_as_long_as_the_library_does(session: Any, recorded: Recorded) -> None:
    began = time.perf_counter()
    session.get_wallet_balance(accountType="UNIFIED")
    span = recorded.span("get_wallet_balance bybit")
    assert span.end_time is not None
    assert span.start_time is not None
    assert 0 < (span.end_time - span.start_time) / 1e9 <= time.perf_counter() - began
