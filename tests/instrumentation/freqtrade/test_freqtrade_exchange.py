"""Freqtrade's real exchange object at the simulated venue: spans of both libraries, and one story of each order."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.freqtrade.shapes import PAIR
from tests.recording import attributes

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def buy(exchange: Any, price: float = 50_000.0) -> Any:
    return exchange.create_order(
        pair=PAIR, ordertype="limit", side="buy", amount=0.1, rate=price, leverage=1.0, time_in_force="GTC"
    )


def stop_loss(exchange: Any, price: float = 55_000.0) -> Any:
    kinds = {"stoploss": "limit"}
    return exchange.create_stoploss(
        pair=PAIR, amount=0.1, stop_price=price, order_types=kinds, side="sell", leverage=1.0
    )


def names(recorded: Recorded) -> list[str]:
    found = [event.event_name or "" for event in recorded.events()]
    return [name.removeprefix("trading.order.") for name in found if name.startswith("trading.order.")]


def chain(recorded: Recorded, name: str) -> list[ReadableSpan]:
    """Return the spans of a name, each the parent of the next."""
    found = recorded.spans(name)
    for outer, inner in itertools.pairwise(found):
        assert inner.parent is not None
        assert inner.parent.span_id == outer.context.span_id
    return found


def execute(venue: VenueThread, order: Any) -> None:
    from tests.instrumentation.ccxt.bots import execute as fill  # noqa: PLC0415 - needs ccxt

    fill(venue, order["id"], "0.1")


def test_a_live_order_has_a_span_at_both_layers_and_is_counted_once(live: Any, recorded: Recorded) -> None:
    order = buy(live)
    outer, inner = chain(recorded, "submit_order binance")
    assert attributes(outer)[a.TRADING_ORDER_ID] == order["id"]
    assert attributes(inner)[a.TRADING_OPERATION] == "create_order"
    assert names(recorded) == ["submitted", "acknowledged"]
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACK_DURATION) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1


def test_a_fill_is_found_by_asking_and_told_once_with_the_fees_that_are_asked_for_later(
    live: Any, recorded: Recorded, venue: VenueThread
) -> None:
    order = buy(live)
    execute(venue, order)
    for _ in range(2):
        assert live.fetch_order(order["id"], PAIR)["status"] == "closed"
    since = dt.datetime.now(dt.timezone.utc) - dt.timedelta(minutes=1)
    (trade,) = live.get_trades_for_order(order["id"], PAIR, since)
    fill = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    fee = attributes(recorded.event(events.TRADING_ORDER_FEE))
    assert (fill[a.TRADING_EXECUTION_QUANTITY], fill[a.TRADING_ORDER_STATUS]) == (0.1, "filled")
    assert (fee[a.TRADING_EXECUTION_ID], fee[a.TRADING_EXECUTION_FEE_AMOUNT]) == (trade["id"], trade["fee"]["cost"])
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_a_question_has_a_span_at_both_layers_and_one_duration(live: Any, recorded: Recorded) -> None:
    before = recorded.total(metrics.TRADING_REQUEST_DURATION)
    live.get_balances()
    outer, inner = recorded.span("get_balances binance"), recorded.span("fetch_balance binance")
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    assert recorded.total(metrics.TRADING_REQUEST_DURATION) == before + 1


def test_a_cancel_that_freqtrade_tries_again_is_one_cancel_with_a_request_for_each_try(
    live: Any, recorded: Recorded, venue: VenueThread
) -> None:
    order = buy(live)
    venue.faults.drop_next(path="/v3/order", method="DELETE")
    live.cancel_order(order["id"], PAIR)
    outer, *tries = recorded.spans("cancel_order binance")
    assert [span.parent.span_id for span in tries if span.parent] == [outer.context.span_id] * 2
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_CANCELLATIONS) == 1


def test_a_stop_loss_on_the_exchange_is_an_order_of_its_own(live: Any, recorded: Recorded) -> None:
    order = stop_loss(live)
    told = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert (told[a.TRADING_ORDER_TYPE], told[a.TRADING_ORDER_STOP_PRICE]) == ("stop_limit", 55_000.0)
    assert attributes(recorded.event(events.TRADING_ORDER_ACKNOWLEDGED))[a.TRADING_ORDER_ID] == order["id"]


def test_a_refused_order_is_rejected_once_in_the_venues_words(
    live: Any, recorded: Recorded, venue: VenueThread
) -> None:
    from freqtrade.exceptions import InsufficientFundsError  # noqa: PLC0415 - installed where this runs

    refusal = "Account has insufficient balance for requested action."
    venue.faults.fail_next(status=400, code=-2010, message=refusal, path="/v3/order")
    with pytest.raises(InsufficientFundsError):
        buy(live)
    rejected = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"
    assert refusal in rejected[a.TRADING_ORDER_REJECTION_REASON]
    assert recorded.total(metrics.TRADING_ORDER_REJECTIONS) == 1


def test_an_order_in_dry_run_reaches_no_venue_and_is_told_all_the_same(
    dry: Any, recorded: Recorded, venue: VenueThread
) -> None:
    order = buy(dry)
    assert [span.name for span in recorded.spans()] == ["submit_order binance", "fetch_l2_order_book binance"]
    assert attributes(recorded.event(events.TRADING_ORDER_ACKNOWLEDGED))[a.TRADING_ORDER_ID] == order["id"]
    assert [seen for seen in venue.requests if "order" in seen.path] == []


def test_a_fill_in_dry_run_is_found_by_asking_and_told_once_with_its_fee(
    dry: Any, recorded: Recorded, venue: VenueThread
) -> None:
    order = buy(dry)
    assert dry.fetch_order(order["id"], PAIR)["status"] == "open"
    venue.set_price("BTCUSDT", "49000")
    for _ in range(2):
        assert dry.fetch_order(order["id"], PAIR)["status"] == "closed"
    fill = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert (fill[a.TRADING_EXECUTION_QUANTITY], fill[a.TRADING_EXECUTION_PRICE]) == (0.1, 50_000.0)
    assert (fill[a.TRADING_EXECUTION_FEE_AMOUNT], fill[a.TRADING_EXECUTION_FEE_CURRENCY]) == (5.0, "USDT")
    assert a.TRADING_EXECUTION_INFERRED not in fill
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_asking_for_an_order_in_dry_run_is_no_request_of_it(dry: Any, recorded: Recorded) -> None:
    order = buy(dry)
    recorded.clear()
    dry.fetch_order(order["id"], PAIR)
    assert [span.name for span in recorded.spans()] == ["fetch_l2_order_book binance"]


def test_a_stop_loss_in_dry_run_is_filled_when_the_price_has_fallen_to_it(
    dry: Any, recorded: Recorded, venue: VenueThread
) -> None:
    order = stop_loss(dry)
    venue.set_price("BTCUSDT", "54000")
    assert dry.fetch_stoploss_order(order["id"], PAIR)["status"] == "closed"
    assert attributes(recorded.event(events.TRADING_ORDER_FILLED))[a.TRADING_ORDER_STATUS] == "filled"


def test_a_cancel_in_dry_run_ends_the_story(dry: Any, recorded: Recorded) -> None:
    order = buy(dry)
    dry.cancel_order(order["id"], PAIR)
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_candles_that_bring_nothing_new_leave_the_age_of_market_data_as_it_was(dry: Any, recorded: Recorded) -> None:
    from freqtrade.enums import CandleType  # noqa: PLC0415 - installed where this runs

    wanted = [(PAIR, "1m", CandleType.SPOT)]
    dry.refresh_latest_ohlcv(wanted)
    first = recorded.point(metrics.TRADING_MARKET_DATA_AGE, **{a.TRADING_STREAM_NAME: "ohlcv"}).value
    dry.refresh_latest_ohlcv(wanted)
    point = recorded.point(metrics.TRADING_MARKET_DATA_AGE, **{a.TRADING_STREAM_NAME: "ohlcv"})
    assert point.value > first
    assert point.attributes[a.TRADING_SYMBOL] == PAIR


def test_the_methods_that_venues_have_of_their_own_are_watched_too(instrumented: None) -> None:  # noqa: ARG001 - at work
    from freqtrade import exchange as package  # noqa: PLC0415 - installed where this runs

    own = [package.Kucoin.create_order, package.Bybit.fetch_order, package.Gate.get_trades_for_order]
    assert [hasattr(method, "__wrapped__") for method in own] == [True] * 3
