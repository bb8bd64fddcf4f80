"""What alpaca-py's own kinds of orders leave behind: brackets, money orders, replacements, closed positions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alpaca.common.exceptions import APIError
from alpaca.trading.requests import ClosePositionRequest, ReplaceOrderRequest

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.alpaca.bots import following, limit, market, names, order_events, until
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from tests.recording import Recorded
    from tests.venues.alpaca import AlpacaVenue


def fills(recorded: Recorded) -> list[dict[str, Any]]:
    """Return the attributes of the fills."""
    return [attributes(event) for event in recorded.events(events.TRADING_ORDER_FILLED)]


def hears(venue: AlpacaVenue, event: str) -> Callable[[Any], None]:
    """Return a handler that lets a hasty venue answer once it has heard of ``event``."""

    def handler(update: Any) -> None:
        if update.event == event:
            venue.faults.heard.set()

    return handler


def test_the_client_id_that_the_library_or_venue_made_up_is_known_from_the_answer(
    client: Any, recorded: Recorded
) -> None:
    order = client.submit_order(limit())
    told = attributes(recorded.event(events.TRADING_ORDER_ACKNOWLEDGED))
    assert told[a.TRADING_ORDER_CLIENT_ID] == order.client_order_id
    assert told[a.TRADING_ORDER_ID] == str(order.id)


def test_a_report_that_overtakes_its_answer_is_of_the_same_order(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    venue.faults.hasty = True
    with following(venue, hears(venue, "fill")):
        client.submit_order(market(qty=10))
        until(lambda: fills(recorded))
    assert names(recorded) == ["submitted", "acknowledged", "filled"]
    assert len({event.trace_id for event in order_events(recorded)}) == 1


def test_an_order_for_an_amount_of_money_is_filled_by_what_the_venue_makes_of_it(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with following(venue):
        client.submit_order(market(notional=936.20))
        until(lambda: fills(recorded))
    (fill,) = fills(recorded)
    assert fill[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(936.20 / 187.24)
    assert fill[a.TRADING_EXECUTION_PRICE] == 187.24
    assert a.TRADING_ORDER_QUANTITY not in attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_the_legs_of_a_bracket_are_orders_of_their_own_in_its_trace(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    asked = limit(order_class="bracket", take_profit={"limit_price": 200}, stop_loss={"stop_price": 170})
    with following(venue):
        order = client.submit_order(asked)
        until(lambda: venue.status(str(order.id)) == "new")
        venue.execute(str(order.id), 10)
        ids = [str(order.id), *(str(leg.id) for leg in order.legs)]
        venue.execute(ids[1], 10)
        until(lambda: len(fills(recorded)) == 2)
    acknowledged = recorded.events(events.TRADING_ORDER_ACKNOWLEDGED)
    assert [attributes(event)[a.TRADING_ORDER_ID] for event in acknowledged] == [*ids[1:], ids[0]]
    assert len({event.trace_id for event in order_events(recorded)}) == 1
    assert [fill[a.TRADING_ORDER_ID] for fill in fills(recorded)] == ids[:2]
    assert [fill[a.TRADING_ORDER_SIDE] for fill in fills(recorded)] == ["buy", "sell"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1  # what stops the loss is never canceled here


@pytest.mark.parametrize("hasty", [False, True])
def test_a_replacement_takes_over_the_story_and_counts_from_zero(
    hasty: bool, client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    venue.faults.hasty = hasty
    with following(venue, hears(venue, "new")):
        order = client.submit_order(limit())
        until(lambda: venue.status(str(order.id)) == "new")
        venue.execute(str(order.id), 4)
        until(lambda: fills(recorded))
        asked = ReplaceOrderRequest(qty=6, limit_price=181)
        found = client.replace_order_by_id(order.id, asked)
        until(lambda: venue.status(str(found.id)) == "new")
        venue.execute(str(found.id), 6)
        until(lambda: len(fills(recorded)) == 2)
    assert found.id != order.id
    first, second = fills(recorded)
    assert [first[a.TRADING_ORDER_ID], second[a.TRADING_ORDER_ID]] == [str(order.id), str(found.id)]
    assert second[a.TRADING_ORDER_CUMULATIVE_QUANTITY] == 10.0
    assert (second[a.TRADING_ORDER_STATUS], second[a.TRADING_ORDER_LEAVES_QUANTITY]) == ("filled", 0.0)
    assert len({event.trace_id for event in order_events(recorded)}) == 1
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 1
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


def test_the_old_order_s_last_fill_is_told_in_the_story_of_the_one_that_replaced_it(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with following(venue):
        order = client.submit_order(limit())
        until(lambda: venue.status(str(order.id)) == "new")
        venue.faults.deaf = True
        client.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=181))
        venue.execute(str(order.id), 4)
        until(lambda: fills(recorded))
    (fill,) = fills(recorded)
    assert fill[a.TRADING_EXECUTION_QUANTITY] == 4.0
    assert len({event.trace_id for event in order_events(recorded)}) == 1


def test_a_replacement_of_an_order_of_another_process_is_a_request_all_the_same(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    theirs = venue.trade_by_hand(symbol="AAPL", qty="10", limit_price="180")
    client.replace_order_by_id(theirs, ReplaceOrderRequest(limit_price=181))
    assert attributes(recorded.span("amend_order alpaca"))[a.TRADING_ORDER_ID] == theirs
    assert recorded.total(metrics.TRADING_ORDER_AMENDMENTS) == 1
    assert order_events(recorded) == []


def test_an_order_that_was_sent_by_hand_gets_a_story_of_its_own(venue: AlpacaVenue, recorded: Recorded) -> None:
    with following(venue):
        theirs = venue.trade_by_hand(symbol="AAPL", qty="10", limit_price="180")
        venue.execute(theirs, 10)
        until(lambda: fills(recorded))
    (fill,) = fills(recorded)
    assert (fill[a.TRADING_ORDER_ID], fill[a.TRADING_ORDER_SIDE]) == (theirs, "buy")
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS) == 0


def test_closing_a_position_is_an_order_whose_side_the_answer_tells(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with following(venue):
        client.submit_order(market(symbol="BTC/USD", qty=0.5, time_in_force="gtc"))
        until(lambda: fills(recorded))
        client.close_position("BTCUSD", ClosePositionRequest(qty="0.2"))
        until(lambda: len(fills(recorded)) == 2)
    assert names(recorded) == ["submitted", "acknowledged", "filled"] * 2
    opened, closed = fills(recorded)
    assert (opened[a.TRADING_SYMBOL], closed[a.TRADING_SYMBOL]) == ("BTC/USD", "BTC/USD")
    assert (closed[a.TRADING_ORDER_SIDE], closed[a.TRADING_EXECUTION_QUANTITY]) == ("sell", 0.2)
    points = recorded.metric(metrics.TRADING_ORDER_SUBMISSIONS)
    assert [point.attributes[a.TRADING_ORDER_SIDE] for point in points] == ["buy", "sell"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.parametrize("by_asset", [False, True])
def test_how_much_closes_a_whole_position_is_told_by_the_answer(
    by_asset: bool, client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with following(venue):
        client.submit_order(market(qty=10))
        until(lambda: fills(recorded))
        client.close_position(client.get_open_position("AAPL").asset_id if by_asset else "AAPL")
        until(lambda: len(fills(recorded)) == 2)
    closed = fills(recorded)[1]
    assert (closed[a.TRADING_SYMBOL], closed[a.TRADING_ORDER_SIDE]) == ("AAPL", "sell")
    assert closed[a.TRADING_ORDER_LEAVES_QUANTITY] == 0.0
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 20


def test_closing_what_is_not_held_is_refused(client: Any, recorded: Recorded) -> None:
    with pytest.raises(APIError):
        client.close_position("AAPL")
    told = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "invalid_order"


@pytest.mark.parametrize("kind", ["client", "raw"])
def test_closing_all_positions_makes_an_order_for_each_known(
    kind: str, request: pytest.FixtureRequest, venue: AlpacaVenue, recorded: Recorded
) -> None:
    trader = request.getfixturevalue(kind)
    with following(venue):
        trader.submit_order(market(qty=10))
        trader.submit_order(market(symbol="BTC/USD", qty=0.5, time_in_force="gtc"))
        until(lambda: len(fills(recorded)) == 2)
        recorded.clear()
        trader.close_all_positions()
        until(lambda: len(fills(recorded)) == 2)
    span = recorded.span("submit_orders alpaca")
    assert attributes(span)[a.TRADING_OPERATION] == "close_all_positions"
    assert {event.trace_id for event in order_events(recorded)} == {span.context.trace_id}
    assert {fill[a.TRADING_SYMBOL]: fill[a.TRADING_ORDER_SIDE] for fill in fills(recorded)} == {
        "AAPL": "sell",
        "BTC/USD": "sell",
    }
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0


@pytest.mark.parametrize("hasty", [False, True])
@pytest.mark.parametrize("kind", ["client", "raw"])
def test_canceling_all_tells_each_order_what_became_of_its_cancel(
    *, kind: str, hasty: bool, request: pytest.FixtureRequest, venue: AlpacaVenue, recorded: Recorded
) -> None:
    trader = request.getfixturevalue(kind)
    with following(venue, hears(venue, "canceled")):
        for client_id in ("cl-1", "cl-2"):
            trader.submit_order(limit(client_order_id=client_id))
        venue.faults.next("keep")
        venue.faults.hasty = hasty
        trader.cancel_orders()
        until(lambda: recorded.events(events.TRADING_ORDER_CANCELED))
    told = {attributes(event)[a.TRADING_ORDER_CLIENT_ID]: event.event_name for event in order_events(recorded)[4:]}
    assert told == {"cl-1": events.TRADING_ORDER_CANCEL_REJECTED, "cl-2": events.TRADING_ORDER_CANCELED}
    refused = attributes(recorded.event(events.TRADING_ORDER_CANCEL_REJECTED))
    assert refused[a.TRADING_ORDER_REJECTION_REASON] == "failed to cancel order"
    assert refused[a.TRADING_ORDER_REJECTION_CATEGORY] == "venue_unavailable"
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1


def test_a_cancel_of_what_is_filled_is_refused_and_the_order_stays_as_it_was(
    client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with following(venue):
        order = client.submit_order(market(qty=10))
        until(lambda: fills(recorded))
        with pytest.raises(APIError, match="already in"):
            client.cancel_order_by_id(order.id)
    told = attributes(recorded.event(events.TRADING_ORDER_CANCEL_REJECTED))
    assert told[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_order"
    assert told[a.TRADING_ORDER_STATUS] == "filled"


def test_an_order_id_that_is_none_is_the_bot_s_own_error(client: Any, recorded: Recorded) -> None:
    with pytest.raises(ValueError, match="badly formed"):
        client.cancel_order_by_id("no id")
    assert recorded.span("cancel_order alpaca").status.is_ok is False


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("order_cancel_rejected", events.TRADING_ORDER_CANCEL_REJECTED),
        ("order_replace_rejected", events.TRADING_ORDER_AMEND_REJECTED),
        ("expired", events.TRADING_ORDER_EXPIRED),
        ("rejected", events.TRADING_ORDER_REJECTED),
        ("done_for_day", events.TRADING_ORDER_UPDATED),
        ("pending_cancel", events.TRADING_ORDER_UPDATED),
    ],
)
def test_what_the_stream_tells_of_an_order_is_told_in_its_story(
    event: str, name: str, client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    with following(venue):
        order = client.submit_order(limit())
        until(lambda: venue.status(str(order.id)) == "new")
        venue.say(event, str(order.id), status="new" if event.startswith("order_") else event)
        until(lambda: recorded.events(name))
    assert attributes(recorded.event(name))[a.TRADING_ORDER_ID] == str(order.id)
    assert len({event.trace_id for event in order_events(recorded)}) == 1


@pytest.mark.parametrize("status", ["accepted", "pending_new"])
def test_an_order_whose_answer_was_lost_is_acknowledged_by_whatever_shows_that_alpaca_has_it(
    status: str, client: Any, venue: AlpacaVenue, recorded: Recorded
) -> None:
    venue.faults.deaf = True
    venue.faults.next("lose", 9)
    with pytest.raises(APIError):
        client.submit_order(limit(client_order_id="cl-1"))
    client.get_order_by_client_id("cl-1")
    order = client.get_order_by_client_id("cl-1")
    with following(venue):
        venue.say(status, str(order.id), status=status)
        venue.say("canceled", str(order.id), status="canceled")
        until(lambda: recorded.events(events.TRADING_ORDER_CANCELED))
    assert names(recorded) == ["submitted", "unconfirmed", "acknowledged", "canceled"]
