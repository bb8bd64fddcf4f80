"""Reports as they come from libraries: early, late, of unknown orders, and in any number."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from otel_trading import find_order
from otel_trading.orders import updates
from otel_trading.orders.registry import registry
from otel_trading.orders.state import Execution
from otel_trading.orders.updates import OrderUpdate
from otel_trading.semconv import attributes as names
from otel_trading.semconv import events, metrics
from otel_trading.semconv.attributes import TradingOrderStatusValues as Status
from tests.orders.examples import sent, working
from tests.recording import attributes

if TYPE_CHECKING:
    from otel_trading import Order
    from tests.recording import Recorded

UPDATE = OrderUpdate("binance", "BTC/USDT", id="1001", side="buy", type="limit", quantity=0.5)
FILL = Execution(0.5, 60_000.0, "e1")


def test_a_report_joins_the_story_of_its_order(recorded: Recorded) -> None:
    this = working()
    updates.take(UPDATE._replace(executions=(FILL,)), new_orders=False)
    event = recorded.event(events.TRADING_ORDER_FILLED)
    assert this.span_context is not None
    assert event.trace_id == this.span_context.trace_id
    assert attributes(event)[names.TRADING_ORDER_CLIENT_ID] == "cl-1"


def test_a_report_that_knows_the_client_id_brings_the_venues_id(recorded: Recorded) -> None:
    this = sent()
    updates.take(UPDATE._replace(client_id="cl-1", status=Status.NEW), new_orders=True)
    assert this.id == "1001"
    assert attributes(recorded.event(events.TRADING_ORDER_ACKNOWLEDGED))[names.TRADING_ORDER_ID] == "1001"


def test_a_report_faster_than_the_answer_waits_for_it_and_joins(recorded: Recorded) -> None:
    updates.begin_request("binance", "BTC/USDT")
    this = sent(client_id="")
    updates.take(UPDATE._replace(executions=(FILL,)), new_orders=True)
    assert recorded.events(events.TRADING_ORDER_FILLED) == []

    this.acknowledged(id="1001")
    updates.end_request("binance", "BTC/USDT")
    assert this.status is Status.FILLED
    assert len(registry) == 1


def test_a_report_that_waited_in_vain_is_of_an_order_of_its_own(recorded: Recorded) -> None:
    updates.begin_request("binance", "BTC/USDT")
    sent().rejected()
    updates.take(UPDATE._replace(executions=(FILL,)), new_orders=True)
    updates.end_request("binance", "BTC/USDT")
    event = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert event[names.TRADING_ORDER_ID] == "1001"
    assert names.TRADING_ORDER_CLIENT_ID not in event


def test_a_report_waits_until_the_last_request_of_its_symbol_is_answered(recorded: Recorded) -> None:
    updates.begin_request("binance", "BTC/USDT")
    updates.begin_request("binance", "BTC/USDT")
    updates.take(UPDATE._replace(executions=(FILL,)), new_orders=True)
    updates.end_request("binance", "BTC/USDT")
    assert recorded.events() == []
    updates.end_request("binance", "BTC/USDT")
    assert len(recorded.events(events.TRADING_ORDER_FILLED)) == 1


@pytest.mark.parametrize("place", [("binance", "ETH/USDT"), ("kraken", "BTC/USDT")])
def test_a_report_does_not_wait_for_a_request_elsewhere(recorded: Recorded, place: tuple[str, str]) -> None:
    updates.begin_request(*place)
    updates.take(UPDATE._replace(executions=(FILL,)), new_orders=True)
    assert len(recorded.events(events.TRADING_ORDER_FILLED)) == 1


def test_a_stream_brings_news_of_an_order_sent_by_somebody_else(recorded: Recorded) -> None:
    updates.take(UPDATE._replace(client_id="by-hand", executions=(FILL,)), new_orders=True)
    this = find_order("by-hand")
    assert this is not None
    assert this is find_order("1001")
    assert this.status is Status.FILLED
    assert recorded.span().parent is None
    assert recorded.metric(metrics.TRADING_ORDER_SUBMISSIONS) == []
    assert recorded.metric(metrics.TRADING_ORDER_ACTIVE) == []


def test_further_reports_of_such_an_order_share_its_trace(recorded: Recorded) -> None:
    updates.take(UPDATE._replace(executions=(FILL._replace(quantity=0.2),)), new_orders=True)
    updates.take(UPDATE._replace(executions=(FILL._replace(quantity=0.3, id="e2"),)), new_orders=True)
    assert len({event.trace_id for event in recorded.events()}) == 1
    assert len(registry) == 1


def test_a_query_that_lists_history_brings_no_news(recorded: Recorded) -> None:
    updates.take(UPDATE._replace(status=Status.FILLED, cumulative_quantity=0.5), new_orders=False)
    assert recorded.events() == []
    assert len(registry) == 0


def test_what_an_order_filled_before_it_was_known_is_not_counted(recorded: Recorded) -> None:
    updates.take(UPDATE._replace(cumulative_quantity=0.2, average_price=60_000.0), new_orders=True)
    updates.take(UPDATE._replace(cumulative_quantity=0.5, average_price=60_000.0), new_orders=True)
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == pytest.approx(0.3)
    assert recorded.total(metrics.TRADING_EXECUTION_NOTIONAL) == pytest.approx(18_000.0)
    last = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert last[names.TRADING_ORDER_CUMULATIVE_QUANTITY] == 0.5


def test_the_execution_that_brings_an_unknown_order_is_counted(recorded: Recorded) -> None:
    news = UPDATE._replace(cumulative_quantity=0.3, executions=(FILL._replace(quantity=0.1),))
    updates.take(news, new_orders=True)
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == pytest.approx(0.1)
    last = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert last[names.TRADING_ORDER_CUMULATIVE_QUANTITY] == 0.3


def test_a_report_of_nothing_new_records_nothing(recorded: Recorded) -> None:
    working()
    recorded.clear()
    updates.take(UPDATE._replace(status=Status.NEW, cumulative_quantity=0.0), new_orders=True)
    assert recorded.events() == []
    assert recorded.spans() == []


def test_an_open_order_that_filled_in_part_is_not_new_again(recorded: Recorded) -> None:
    this = working()
    this.filled(quantity=0.2, price=60_000.0)
    updates.take(UPDATE._replace(status=Status.NEW, cumulative_quantity=0.2), new_orders=True)
    assert this.status is Status.PARTIALLY_FILLED
    assert recorded.events(events.TRADING_ORDER_INVALID_TRANSITION) == []


def test_the_venues_id_tells_more_than_the_client_id(recorded: Recorded) -> None:
    first, second = working("cl-1", "1001"), working("cl-2", "1002")
    updates.take(UPDATE._replace(id="1002", client_id="cl-1", status=Status.CANCELED), new_orders=True)
    assert (first.status, second.status) == (Status.NEW, Status.CANCELED)
    assert len(recorded.events(events.TRADING_ORDER_CANCELED)) == 1


def test_a_refusal_that_only_a_stream_tells_of_says_why(recorded: Recorded) -> None:
    sent()
    refused = UPDATE._replace(client_id="cl-1", status=Status.REJECTED, reason="post only")
    updates.take(refused, new_orders=True)
    event = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert event[names.TRADING_ORDER_REJECTION_REASON] == "post only"


def test_an_answer_that_comes_while_a_report_is_looked_up_is_not_missed(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = updates.find

    def find_just_too_early(update: OrderUpdate) -> Order | None:
        monkeypatch.setattr(updates, "find", find)
        found = find(update)
        working()
        return found

    monkeypatch.setattr(updates, "find", find_just_too_early)
    updates.take(UPDATE._replace(executions=(FILL,)), new_orders=True)
    assert len(registry) == 1
    event = attributes(recorded.event(events.TRADING_ORDER_FILLED))
    assert event[names.TRADING_ORDER_CLIENT_ID] == "cl-1"


def test_feeds_in_several_threads_make_one_story_of_an_unknown_order(recorded: Recorded) -> None:
    ready = threading.Barrier(8)

    def feed(number: int) -> None:
        ready.wait()
        updates.take(UPDATE._replace(executions=(Execution(0.01, 60_000.0, f"e{number}"),)), new_orders=True)

    threads = [threading.Thread(target=feed, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry) == 1
    this = find_order("1001")
    assert this is not None
    assert this.cumulative_quantity == pytest.approx(0.08)
    assert len(recorded.events(events.TRADING_ORDER_FILLED)) == 8
