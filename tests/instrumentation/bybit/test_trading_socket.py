"""Orders over pybit's websocket: sent on one thread, answered on another."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import StatusCode
from websocket import WebSocketConnectionClosedException

from otel_trading.instrumentation.toolkit import later
from otel_trading.orders.context import current_order
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.bybit.asking import LIMIT, names, told, until
from tests.venues.bybit.sockets import ANSWER_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recording import Recorded
    from tests.venues.bybit import BybitVenue


class Answer:
    """A callback of the bot's: what it was given, and in which surroundings it ran."""

    def __init__(self) -> None:
        self.message: Any = None
        self.surroundings: Any = None
        self._given = threading.Event()

    def __call__(self, message: Any) -> None:
        logging.getLogger("bot").info("answered")
        span = trace.get_current_span().get_span_context()
        self.surroundings = (threading.get_ident(), current_order(), span.trace_id)
        self.message = message
        self._given.set()

    def get(self) -> Any:
        """Wait for the answer."""
        assert self._given.wait(20), "no answer came"
        return self.message


@pytest.fixture
def trading(open_socket: Callable[..., Any]) -> Any:
    """A websocket for orders."""
    return open_socket()


def send(trading: Any, method: str = "place_order", **asked: Any) -> Any:
    """Send a request and wait for its answer."""
    answer = Answer()
    getattr(trading, method)(answer, answer, **asked)
    return answer.get()


def test_the_span_of_an_order_lasts_until_its_answer(trading: Any, recorded: Recorded) -> None:
    id_ = send(trading, **LIMIT)["data"]["orderId"]
    span = recorded.span("submit_order bybit")
    assert span.end_time is not None
    assert span.start_time is not None
    assert (span.end_time - span.start_time) / 1e9 >= ANSWER_SECONDS
    assert (span.attributes or {})[a.TRADING_ORDER_ID] == id_
    assert (span.attributes or {})[a.TRADING_OPERATION] == "place_order"
    assert recorded.point(metrics.TRADING_ORDER_ACK_DURATION).sum >= ANSWER_SECONDS


def test_the_sending_thread_is_left_as_it_was(trading: Any, recorded: Recorded) -> None:
    with trace.get_tracer("bot").start_as_current_span("decide") as decide:
        answer = Answer()
        trading.place_order(answer, **LIMIT)
        assert (current_order(), trace.get_current_span()) == (None, decide)
        answer.get()
    submit = recorded.span("submit_order bybit")
    assert submit.parent is not None
    assert submit.parent.span_id == decide.get_span_context().span_id


def test_the_bots_callback_runs_in_the_story_of_its_order(trading: Any, recorded: Recorded) -> None:
    answer = Answer()
    trading.place_order(answer, **LIMIT)
    id_ = answer.get()["data"]["orderId"]
    thread, order, trace_id = answer.surroundings
    assert thread != threading.get_ident()
    assert order is not None
    assert (order.id, order.status.value) == (id_, "new")
    assert trace_id == recorded.span("submit_order bybit").context.trace_id


def test_an_order_that_the_callback_sends_is_a_story_of_its_own(trading: Any, recorded: Recorded) -> None:
    second = Answer()
    trading.place_order(lambda _: trading.place_order(second, **(LIMIT | {"side": "Sell", "price": "61000"})), **LIMIT)
    second.get()
    assert len(recorded.events(events.TRADING_ORDER_SUBMITTED)) == 2
    assert len(recorded.events(events.TRADING_ORDER_ACKNOWLEDGED)) == 2


def test_a_refusal_is_a_rejection_for_its_cause(trading: Any, venue: BybitVenue, recorded: Recorded) -> None:
    venue.refuse_next()
    assert send(trading, **LIMIT)["retCode"] == 110007
    rejected = told(recorded, events.TRADING_ORDER_REJECTED)
    assert rejected[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"
    span = recorded.span("submit_order bybit")
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["error.type"] == "pybit.exceptions.InvalidRequestError"


def test_a_refusal_that_the_bot_has_no_callback_for_is_told_all_the_same(
    trading: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    venue.refuse_next()
    trading.place_order(Answer(), **LIMIT)
    until(lambda: "rejected" in names(recorded))


def test_amend_and_cancel_go_on_in_the_orders_story(trading: Any, recorded: Recorded) -> None:
    id_ = send(trading, **LIMIT)["data"]["orderId"]
    about = {"category": "linear", "symbol": "BTCUSDT", "orderId": id_}
    send(trading, "amend_order", **about, qty="2")
    send(trading, "cancel_order", **about)
    assert names(recorded) == [
        "submitted", "acknowledged", "amend_requested", "amended", "cancel_requested", "updated",
    ]  # fmt: skip
    assert len({span.context.trace_id for span in recorded.spans()}) == 1


def test_a_batch_is_answered_order_by_order(trading: Any, recorded: Recorded) -> None:
    item = {key: value for key, value in LIMIT.items() if key != "category"}
    items = [item | {"orderLinkId": "a"}, item | {"qty": "1000", "orderLinkId": "b"}]
    send(trading, "place_batch_order", category="linear", request=items)
    assert sorted(names(recorded)) == ["acknowledged", "rejected", "submitted", "submitted"]


def test_an_order_whose_connection_breaks_is_unconfirmed(trading: Any, venue: BybitVenue, recorded: Recorded) -> None:
    venue.ignore_next(processed=True)
    trading.place_order(Answer(), **LIMIT, orderLinkId="cl-1")
    until(lambda: "unconfirmed" in names(recorded))
    unconfirmed = told(recorded, events.TRADING_ORDER_UNCONFIRMED)
    assert unconfirmed[a.TRADING_ORDER_REJECTION_CATEGORY] == "network"
    assert recorded.span("submit_order bybit").status.status_code is StatusCode.ERROR


def test_an_order_that_is_never_answered_is_unconfirmed_when_time_is_up(
    trading: Any, venue: BybitVenue, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    venue.silence()
    trading.place_order(Answer(), **LIMIT)
    trading._on_pong()
    assert names(recorded) == ["submitted"]
    monkeypatch.setattr(later, "ANSWER_SECONDS", 0.0)
    trading._on_pong()
    assert told(recorded, events.TRADING_ORDER_UNCONFIRMED)[a.TRADING_ORDER_REJECTION_CATEGORY] == "timeout"


def test_an_order_on_a_closed_connection_is_raised_to_the_bot(trading: Any, recorded: Recorded) -> None:
    trading.exit()
    with pytest.raises(WebSocketConnectionClosedException):
        trading.place_order(Answer(), **LIMIT)
    assert names(recorded) == ["submitted", "unconfirmed"]


def test_an_order_that_waits_when_the_bot_closes_is_unconfirmed(
    trading: Any, venue: BybitVenue, recorded: Recorded
) -> None:
    venue.silence()
    trading.place_order(Answer(), **LIMIT)
    trading.exit()
    assert names(recorded) == ["submitted", "unconfirmed"]


def test_the_limits_in_an_answer_are_on_the_gauge(trading: Any, recorded: Recorded) -> None:
    send(trading, **LIMIT)
    assert recorded.point(metrics.TRADING_RATE_LIMIT_UTILIZATION).value == pytest.approx(1 / 10)


def test_an_error_of_the_bots_callback_stays_pybits_business(
    trading: Any, recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Any) -> None:
        raise ValueError("the bot's own")

    trading.place_order(fail, **LIMIT)
    until(lambda: any("User callback" in record.getMessage() for record in caplog.records))
    assert send(trading, **LIMIT)["retCode"] == 0
    assert names(recorded).count("acknowledged") == 2
