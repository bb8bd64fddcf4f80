"""Orders as bots live them: the scenes that the tests of the story and of the command line share."""

from __future__ import annotations

from typing import Any

from otel_trading.semconv import events
from tests.story.tape import TRACE, Tape

FILLED = events.TRADING_ORDER_FILLED
STACKTRACE = """Traceback (most recent call last):
  File "/srv/bot/hedge.py", line 88, in rebalance
    size = quote(book)
  File "/srv/bot/pricing.py", line 31, in quote
    raise ValueError("no price for ETH/USDT")
ValueError: no price for ETH/USDT
"""


def filled_in_two(tape: Tape | None = None) -> Tape:
    """A decision, a risk check, a submission, two fills, and the bot's own lines between."""
    tape = tape or Tape()
    ids: dict[str, Any] = {"client_id": "cl-7f3a-0001", "id": "28173645"}
    tape.event(events.TRADING_DECISION, 0, span="0a", signal="momentum", value=0.82, arrival=60001.5)
    tape.event(
        events.TRADING_RISK_CHECK, 0.4, span="0a", check="max_notional", result="passed", checked=30000.0, limit=5e4
    )
    tape.order(1.1, parent="0a", client_id="cl-7f3a-0001", id="28173645")
    tape.log("sending cl-7f3a-0001", 1.3, span="a1")
    tape.update(
        FILLED,
        612,
        execution="t1",
        filled=0.2,
        fill_price=59999.5,
        liquidity="maker",
        fee=0.0002,
        fee_currency="BTC",
        cumulative=0.2,
        status="partially_filled",
        **ids,
    )
    tape.log("hedge lags 0.2 BTC", 613.2, level="WARNING", logger="bot.hedge", span="a1")
    tape.update(
        FILLED,
        1284,
        execution="t2",
        filled=0.3,
        fill_price=60000.0,
        liquidity="taker",
        fee=12.6,
        fee_currency="USDT",
        cumulative=0.5,
        status="filled",
        **ids,
    )
    tape.span("order", -0.1, 50, span="0a", kind=1)
    return tape


def canceled_after_part() -> Tape:
    """A part fills, then minutes pass, then the bot cancels; a helper of it fails meanwhile."""
    tape = Tape()
    ids: dict[str, Any] = {"client_id": "cl-2", "id": "282"}
    tape.order(client_id="cl-2", id="282")
    tape.update(FILLED, 900, execution="t1", filled=0.125, fill_price=60000.0, cumulative=0.125, **ids)
    tape.log(
        "rebalancing failed",
        1400,
        level="ERROR",
        logger="bot.hedge",
        span="a1",
        exception="ValueError",
        message="no price for ETH/USDT",
        stacktrace=STACKTRACE,
    )
    about: dict[str, Any] = {"venue": "binance", "symbol": "BTC/USDT", **ids}
    tape.event(events.TRADING_ORDER_CANCEL_REQUESTED, 134_000, span="c1", **about)
    tape.span("cancel_order binance", 133_999.9, 31, span="c1", parent="a1", **about)
    url = "https://venue.example/api/v3/order?orderId=282"
    tape.span("DELETE", 134_000.4, 29.4, span="c2", parent="c1", http=("DELETE", url, 200))
    tape.event(events.TRADING_ORDER_CANCELED, 134_030, span="c1", status="canceled", cumulative=0.125, **about)
    return tape


def rejected() -> Tape:
    """The venue refuses the order, in its own words."""
    tape = Tape()
    tape.order(client_id="cl-3", answered=False)
    url = "https://venue.example/api/v3/order"
    tape.span("POST", 0.5, 21, span="a1f", parent="a1", failed=True, http=("POST", url, 400))
    tape.span("submit_order binance", -0.1, 22, span="a1", failed=True, venue="binance", error="InsufficientFunds")
    tape.event(
        events.TRADING_ORDER_REJECTED,
        22,
        span="a1",
        venue="binance",
        symbol="BTC/USDT",
        client_id="cl-3",
        category="insufficient_funds",
        reason="Account has insufficient balance for requested action.",
        status="rejected",
        error="InsufficientFunds",
    )
    return tape


def unanswered() -> Tape:
    """The process dies while the order is under way."""
    tape = Tape()
    tape.order(client_id="cl-4", answered=False)
    tape.log("sending cl-4", 0.2, span="a1")
    tape.event(
        events.TRADING_BOT_UNHANDLED_EXCEPTION,
        35,
        trace="",
        exception="MemoryError",
        message="out of memory",
        stacktrace=STACKTRACE,
    )
    return tape


def amended() -> Tape:
    """Cancel and replace: the order gets new ids of both kinds, and fills under these."""
    tape = Tape()
    tape.order(client_id="cl-5", id="285")
    about: dict[str, Any] = {"venue": "binance", "symbol": "BTC/USDT"}
    tape.event(
        events.TRADING_ORDER_AMEND_REQUESTED,
        2000,
        span="m1",
        client_id="cl-5",
        id="285",
        quantity=0.4,
        price=60010.0,
        **about,
    )
    tape.span("amend_order binance", 1999.9, 40, span="m1", parent="a1", client_id="cl-5", id="285", **about)
    tape.event(
        events.TRADING_ORDER_AMENDED,
        2040,
        span="m1",
        client_id="cl-5b",
        original="cl-5",
        id="385",
        quantity=0.4,
        price=60010.0,
        **about,
    )
    tape.update(FILLED, 2500, execution="t9", filled=0.4, fill_price=60010.0, cumulative=0.4, status="filled", id="385")
    return tape


def without_client_id() -> Tape:
    """The bot sets no client id: the submission has no id at all, the rest the venue's."""
    tape = Tape()
    tape.order(client_id="", id="286")
    tape.log("order is out", 10, span="a1")
    tape.update(FILLED, 300, execution="t1", filled=0.5, fill_price=60001.0, status="filled", id="286")
    return tape


def three_in_one_trace() -> Tape:
    """A span of the bot around three orders, each with its own decision, and lines inside and between."""
    tape = Tape()
    tape.span("tick", -5, 900, span="00", kind=1)
    tape.log("tick begins", -4, span="00")
    for number in (1, 2, 3):
        at, around, submit = number * 200, f"0{number}", f"a{number}"
        tape.span("order", at - 3, 100, span=around, parent="00", kind=1)
        tape.event(events.TRADING_DECISION, at - 2, span=around, signal=f"signal-{number}", value=1)
        tape.order(at, span=submit, parent=around, client_id=f"cl-{number}", id=f"28{number}")
        tape.log(f"inside {number}", at + 1, span=f"{submit}f")
    tape.log("between orders", 390, span="00")
    return tape


def batch() -> Tape:
    """One request submits three orders without client ids; the answers come in its order."""
    tape = Tape()
    about: dict[str, Any] = {"venue": "binance", "symbol": "BTC/USDT", "side": "buy", "type": "limit"}
    tape.log("sending a batch", -1, span="00")
    for number in (1, 2, 3):
        price = 60000.0 + number
        tape.event(events.TRADING_ORDER_SUBMITTED, number / 10, span="b0", quantity=0.1, price=price, **about)
    for number in (1, 2, 3):
        tape.event(
            events.TRADING_ORDER_ACKNOWLEDGED, 40 + number / 10, span="b0", id=f"29{number}", status="new", **about
        )
    tape.span("submit_orders binance", 0, 41, span="b0", parent="00", venue="binance")
    tape.span("order", -2, 50, span="00", kind=1)
    return tape


def same_id_at_two_venues() -> Tape:
    """Two venues use the same number for an order."""
    tape = Tape()
    tape.order(client_id="cl-b", id="777")
    tape.order(50, trace="b" * 32, client_id="cl-k", id="777", venue="kraken", symbol="ETH/USD")
    return tape


def everything() -> Tape:
    """Several orders of one bot, each in a trace of its own."""
    tape = filled_in_two()
    for at, scene in ((5_000, canceled_after_part()), (9_000, rejected()), (12_000, unanswered())):
        trace = f"{at:032x}"
        for kept in scene.logs_kept:
            moved = kept.record._replace(
                time_ns=kept.record.time_ns + at * 10**6, trace_id=trace if kept.record.trace_id == TRACE else ""
            )
            tape.logs_kept.append(kept._replace(record=moved))
        for span in scene.spans_kept:
            start, end = span.record.start_ns + at * 10**6, span.record.end_ns + at * 10**6
            tape.spans_kept.append(
                span._replace(record=span.record._replace(start_ns=start, end_ns=end, trace_id=trace))
            )
    return tape
