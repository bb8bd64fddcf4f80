"""Orders that are refused, or whose request gets no answer: what is recorded, and what the bot sees."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

import ccxt
import pytest
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.trace import SpanKind, StatusCode

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.ccxt.bots import KINDS, SYMBOL, WS, Bot, kinds, names, order_events, story
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded

LIMIT_BUY = (SYMBOL, "limit", "buy", 0.01, 59_000)


class Failure(NamedTuple):
    """How a submission fails: the fault that makes it, the exception that ccxt raises, and what it means."""

    kind: type[Exception]
    category: str
    answered: bool
    order: tuple[Any, ...] = LIMIT_BUY
    fault: Callable[[VenueThread, str], object] | None = None
    changes: dict[str, Any] = {}  # noqa: RUF012 - never changed


REST, API = "/api/v3/order", "order.place"
FAILURES = {
    "insufficient funds": Failure(
        ccxt.InsufficientFunds, "insufficient_funds", answered=True, order=(SYMBOL, "limit", "buy", 100, 59_000)
    ),
    "unknown symbol": Failure(ccxt.BadSymbol, "unknown_symbol", answered=True, order=("NO/PE", "market", "buy", 1)),
    "invalid order": Failure(
        ccxt.OrderImmediatelyFillable,
        "invalid_order",
        answered=True,
        order=(SYMBOL, "limit", "buy", 0.01, 61_000, {"postOnly": True}),
    ),
    "rate limit": Failure(
        ccxt.RateLimitExceeded,
        "rate_limit",
        answered=True,
        fault=lambda venue, path: venue.faults.fail_next(
            status=400, code=-1015, message="Too many new orders.", path=path
        ),
    ),
    "wrong signature": Failure(
        ccxt.AuthenticationError, "authentication", answered=True, changes={"secret": "not the venue's"}
    ),
    "wrong key": Failure(ccxt.AuthenticationError, "authentication", answered=True, changes={"apiKey": "unknown"}),
    "venue unavailable": Failure(
        ccxt.OperationFailed,
        "other",
        answered=False,
        fault=lambda venue, path: venue.faults.fail_next(
            status=400, code=-1000, message="An unknown error.", path=path
        ),
    ),
    "cut connection": Failure(
        ccxt.NetworkError,
        "network or venue_unavailable",  # as ccxt's sync and async classes call it
        answered=False,
        fault=lambda venue, path: venue.faults.drop_next(path=path, processed=True),
    ),
}


@pytest.fixture(params=KINDS)
def failing(
    request: pytest.FixtureRequest, make_bot: Callable[..., Bot], venue: VenueThread
) -> Callable[[Failure], Bot]:
    """Return a bot whose next order fails."""

    def make(failure: Failure) -> Bot:
        if failure.fault is not None:
            failure.fault(venue, API if request.param == WS else REST)
        return make_bot(request.param, **failure.changes)

    return make


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
async def test_a_failed_submission_is_told_by_span_event_and_metrics(
    failing: Callable[[Failure], Bot], failure: Failure, recorded: Recorded
) -> None:
    bot = failing(failure)
    with pytest.raises(failure.kind) as raised:
        await bot("create_order", *failure.order)
    error_type = f"{type(raised.value).__module__}.{type(raised.value).__qualname__}"
    span = recorded.span("submit_order binance")
    assert (span.kind, span.status.status_code) == (SpanKind.CLIENT, StatusCode.ERROR)
    assert attributes(span)[ERROR_TYPE] == error_type
    category = attributes(span)[a.TRADING_ORDER_REJECTION_CATEGORY]
    assert category in failure.category.split(" or ")
    assert names(recorded) == ["submitted", "rejected" if failure.answered else "unconfirmed"]
    event = attributes(order_events(recorded)[-1])
    assert event[ERROR_TYPE] == error_type
    assert event[a.TRADING_ORDER_REJECTION_CATEGORY] == category
    assert event[a.TRADING_ORDER_REJECTION_REASON] == str(raised.value)
    assert event[a.TRADING_ORDER_STATUS] == ("rejected" if failure.answered else "pending_new")
    assert recorded.point(metrics.TRADING_ORDER_SUBMISSIONS).attributes[ERROR_TYPE] == error_type
    rejections = recorded.point(metrics.TRADING_ORDER_REJECTIONS)
    assert rejections.attributes[a.TRADING_ORDER_REJECTION_CATEGORY] == category
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0
    assert kinds(story(recorded))[-1] == ("rejected" if failure.answered else "unconfirmed")


async def test_an_answer_that_never_comes_leaves_the_order_unconfirmed(
    make_bot: Callable[..., Bot], venue: VenueThread, recorded: Recorded
) -> None:
    bot = make_bot("sync", timeout=150)
    venue.faults.hang_next(path=REST, processed=True)
    with pytest.raises(ccxt.RequestTimeout):
        await bot("create_order", *LIMIT_BUY)
    event = attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))
    assert event[a.TRADING_ORDER_REJECTION_CATEGORY] == "timeout"


async def test_an_unconfirmed_order_that_a_poll_finds_goes_on_in_its_story(
    make_bot: Callable[..., Bot], venue: VenueThread, recorded: Recorded
) -> None:
    bot = make_bot("async", timeout=150)
    venue.faults.hang_next(path=REST, processed=True)
    with pytest.raises(ccxt.RequestTimeout):
        await bot("create_order", *LIMIT_BUY, {"clientOrderId": "lost-1"})
    bot.exchange.timeout = 5_000
    (order,) = await bot("fetch_open_orders", SYMBOL)
    await bot("cancel_order", order["id"], SYMBOL)
    assert names(recorded) == ["submitted", "unconfirmed", "acknowledged", "cancel_requested", "canceled"]
    assert story(recorded).order.venue_ids == (order["id"],)


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_a_refused_connection_is_a_network_failure(
    kind: str, make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        bot = make_bot(kind, url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(ccxt.ExchangeNotAvailable if kind == "async" else ccxt.NetworkError):
            await bot("create_order", *LIMIT_BUY)
    category = attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))[a.TRADING_ORDER_REJECTION_CATEGORY]
    assert category in ("network", "venue_unavailable")


async def test_a_forced_rate_limit_is_told_as_such(bot: Bot, venue: VenueThread, recorded: Recorded) -> None:
    if bot.kind == WS:
        await bot("create_order", *LIMIT_BUY)  # the limit would refuse the connection itself
        recorded.clear()
    venue.faults.rate_limit(30)
    with pytest.raises(ccxt.NetworkError):
        await bot("create_order", *LIMIT_BUY)
    event = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert event[a.TRADING_ORDER_REJECTION_CATEGORY] == "rate_limit"


async def test_a_cancel_of_an_unknown_order_is_a_failed_span_and_a_count(bot: Bot, recorded: Recorded) -> None:
    with pytest.raises(ccxt.OrderNotFound):
        await bot("cancel_order", "4711", SYMBOL)
    span = recorded.span("cancel_order binance")
    assert span.status.status_code is StatusCode.ERROR
    assert attributes(span)[ERROR_TYPE] == "ccxt.base.errors.OrderNotFound"
    assert attributes(span)[a.TRADING_ORDER_REJECTION_CATEGORY] == "unknown_order"
    assert attributes(span)[a.TRADING_ORDER_ID] == "4711"
    assert names(recorded) == []
    cancellations = recorded.point(metrics.TRADING_ORDER_CANCELLATIONS)
    assert dict(cancellations.attributes) == {
        a.TRADING_VENUE: "binance",
        ERROR_TYPE: "ccxt.base.errors.OrderNotFound",
    }


async def test_a_cancel_that_comes_too_late_is_refused_and_the_order_stays_filled(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", SYMBOL, "market", "buy", 0.01)
    with pytest.raises(ccxt.OrderNotFound):
        await bot("cancel_order", order["id"], SYMBOL)
    assert names(recorded) == ["submitted", "acknowledged", "filled", "cancel_requested", "cancel_rejected"]
    assert attributes(recorded.event(events.TRADING_ORDER_CANCEL_REJECTED))[a.TRADING_ORDER_STATUS] == "filled"
    assert story(recorded).order.status == "filled"


async def test_a_refused_edit_leaves_the_order_at_work(bot: Bot, recorded: Recorded, venue: VenueThread) -> None:
    order = await bot("create_order", *LIMIT_BUY)
    path = "order.cancelReplace" if bot.kind == WS else "/api/v3/order/cancelReplace"
    venue.faults.fail_next(status=400, code=-2022, message="Order cancel-replace failed.", path=path)
    with pytest.raises(ccxt.BaseError):
        await bot("edit_order", order["id"], SYMBOL, "limit", "buy", 0.02, 58_000)
    assert names(recorded) == ["submitted", "acknowledged", "amend_requested", "amend_rejected"]
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 1
    assert ERROR_TYPE in recorded.point(metrics.TRADING_ORDER_AMENDMENTS).attributes


async def test_a_cancelled_wait_leaves_the_order_unconfirmed(
    make_bot: Callable[..., Bot], venue: VenueThread, recorded: Recorded
) -> None:
    bot = make_bot("pro")
    venue.faults.hang_next(path=REST, processed=True)
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(bot("create_order", *LIMIT_BUY), 0.1)
    event = attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))
    assert event[ERROR_TYPE] == "asyncio.exceptions.CancelledError"
    assert event[a.TRADING_ORDER_REJECTION_CATEGORY] == "timeout"
    span = recorded.span("submit_order binance")
    assert span.status.status_code is StatusCode.ERROR


class Refusal(Exception):  # noqa: N818 - as a transport's may be called
    """An error that ccxt knows nothing of."""


@pytest.mark.parametrize("method", ["create_order", "fetch_ticker"])
async def test_the_very_exception_that_was_raised_reaches_the_bot(
    method: str, make_bot: Callable[..., Bot], monkeypatch: pytest.MonkeyPatch
) -> None:
    cause = OSError("wire cut")
    error = Refusal("no", 7)
    error.__cause__ = cause
    arguments = LIMIT_BUY if method == "create_order" else (SYMBOL,)
    for kind in ("sync", "async", "pro"):
        bot = make_bot(kind)

        def fetch(*_: Any, **__: Any) -> Any:
            raise error

        monkeypatch.setattr(bot.exchange, "fetch", fetch)
        with pytest.raises(Refusal) as raised:
            await bot(method, *arguments)
        assert raised.value is error
        assert (error.args, error.__cause__, error.__context__) == (("no", 7), cause, None)
        assert raised.traceback[-1].name == "fetch"
