"""The first promise: whatever a bot passes, and whether or not an SDK is there, it never feels this library."""

from __future__ import annotations

import logging
import math
import subprocess
import sys
import textwrap
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.trace import SpanProcessor

import otel_trading
from otel_trading import Order
from otel_trading.orders import contain
from otel_trading.semconv import attributes as names
from otel_trading.semconv import events, metrics
from tests.orders.examples import sent, working
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.recording import Recorded

WRONG: dict[str, Any] = {
    "nothing": None,
    "a word": "a word",
    "not a number": math.nan,
    "infinity": math.inf,
    "a list": [],
    "a mapping": {},
    "an object": object(),
    "bytes": b"abc",
}

CALLS: dict[str, Callable[[Any], object]] = {
    "decision": lambda it: otel_trading.decision(it, it, arrival_price=it),
    "risk_check": lambda it: otel_trading.risk_check(it, passed=it, value=it, limit=it),
    "pnl": lambda it: otel_trading.pnl(realized=it, unrealized=it, currency=it, venue=it, drawdown_utilization=it),
    "position": lambda it: otel_trading.position(it, it, venue=it),
    "exposure": lambda it: otel_trading.exposure(gross=it, net=it, currency=it, leverage=it, var=it, venue=it),
    "market_data": lambda it: otel_trading.market_data(it, venue=it, stream=it, bid=it, ask=it, sent_at=it),
    "kill_switch": lambda it: otel_trading.kill_switch(active=it, reason=it),
    "find_order": lambda it: otel_trading.find_order(it, venue=it, symbol=it),
    "acknowledged": lambda it: sent().acknowledged(id=it, client_id=it, transact_time=it),
    "filled": lambda it: working().filled(
        quantity=it, price=it, execution_id=it, liquidity=it, fee=it, fee_currency=it, transact_time=it
    ),
    "report": lambda it: working().report(status=it, executions=it, cumulative_quantity=it, average_price=it),
    "canceled": lambda it: working().canceled(transact_time=it),
    "rejected": lambda it: sent().rejected(it, it, it),
    "unconfirmed": lambda it: sent().unconfirmed(it, it, it),
    "cancel_rejected": lambda it: working().cancel_rejected(it, it, it),
    "amend_requested": lambda it: working().amend_requested(quantity=it, price=it),
    "amended": lambda it: working().amended(quantity=it, price=it, client_id=it, id=it),
    "amend_rejected": lambda it: working().amend_rejected(it, it, it),
}


def an_order_of(it: Any) -> Order:
    with otel_trading.order(
        venue=it,
        symbol=it,
        side=it,
        type=it,
        quantity=it,
        price=it,
        stop_price=it,
        time_in_force=it,
        instrument_type=it,
        client_id=it,
        strategy=it,
        arrival_price=it,
    ) as this:
        this.submitted()
    return this


@pytest.mark.parametrize("it", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.usefixtures("recorded")
def test_no_argument_makes_a_call_raise(call: str, it: Any) -> None:
    CALLS[call](it)


@pytest.mark.parametrize("it", WRONG.values(), ids=WRONG)
def test_no_argument_makes_a_block_raise(recorded: Recorded, it: Any) -> None:
    with otel_trading.strategy(it):
        this = an_order_of(it)
    assert this.quantity is None
    assert len(recorded.events(events.TRADING_ORDER_SUBMITTED)) == 1


@pytest.mark.parametrize("it", ["a word", math.nan, [], object()], ids=["word", "nan", "list", "object"])
def test_a_number_that_is_none_is_counted_and_the_rest_is_recorded(recorded: Recorded, it: Any) -> None:
    otel_trading.risk_check("max_notional", passed=True, value=it, limit=50_000)
    found = attributes(recorded.event(events.TRADING_RISK_CHECK))
    assert found[names.TRADING_RISK_CHECK_LIMIT] == 50_000.0
    assert names.TRADING_RISK_CHECK_VALUE not in found
    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS) == 1


def test_one_figure_that_is_none_does_not_take_the_others_with_it(recorded: Recorded) -> None:
    otel_trading.pnl(realized="lots", unrealized=Decimal("4.5"), currency="USDT")  # type: ignore[arg-type] # wrong
    assert recorded.point(metrics.TRADING_PNL_UNREALIZED).value == 4.5
    assert recorded.metric(metrics.TRADING_PNL_REALIZED) == []


def test_what_is_missing_is_no_error(recorded: Recorded) -> None:
    an_order_of(None)
    for call in ("decision", "pnl", "exposure", "acknowledged", "amended"):
        CALLS[call](None)
    assert recorded.metric(metrics.TRADING_TELEMETRY_ERRORS) == []


def test_a_fault_is_logged_once_with_its_stack_however_often_it_happens(
    recorded: Recorded, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        otel_trading.position("BTC/USDT", "lots")  # type: ignore[arg-type] # wrong
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("otel_trading", logging.WARNING)
    assert record.exc_info is not None
    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS, **{"error.type": "ValueError"}) == 3


def test_a_call_with_a_wrong_keyword_is_counted_as_well(recorded: Recorded) -> None:
    sent().acknowledged(venue_id="1001")  # type: ignore[call-arg] # wrong
    assert recorded.total(metrics.TRADING_TELEMETRY_ERRORS, **{"error.type": "TypeError"}) == 1


def test_not_even_a_fault_in_telling_of_a_fault_reaches_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("otel_trading.orders.instruments.add", fail)
    otel_trading.position("BTC/USDT", "lots")  # type: ignore[arg-type] # wrong
    contain.report(ValueError())


def test_a_span_processor_at_fault_neither_breaks_a_block_nor_leaves_its_order_behind(recorded: Recorded) -> None:
    class Faulty(SpanProcessor):
        def on_start(self, *_: object) -> None:
            raise RuntimeError

        def on_end(self, _: object) -> None:
            raise RuntimeError

    recorded.tracers.add_span_processor(Faulty())
    with otel_trading.order(client_id="cl-1") as this:
        this.submitted()
    with otel_trading.order(client_id="cl-2"):
        otel_trading.decision("momentum")
    assert attributes(recorded.events()[-1])[names.TRADING_ORDER_CLIENT_ID] == "cl-2"


_WITHOUT_SDK = """
    import sys, threading, time
    import otel_trading
    from otel_trading import Order

    def trade(number):
        with otel_trading.strategy("grid"), otel_trading.order(symbol="BTC/USDT", client_id=str(number)) as order:
            otel_trading.decision("momentum", 0.8, arrival_price=100)
            otel_trading.risk_check("max_notional", passed=True, value=1, limit=2)
            order.submitted()
            order.acknowledged(id=f"v{number}")
        order.filled(quantity=1, price=100, execution_id=f"e{number}")
        otel_trading.market_data("BTC/USDT", bid=1, ask=2, sent_at=time.time())
        otel_trading.kill_switch(active=False)

    trade(0)
    began = time.perf_counter()
    for number in range(1, 201):
        trade(number)
    assert (time.perf_counter() - began) / 200 < 0.01
    assert otel_trading.find_order("v7") is otel_trading.find_order("7")
    assert threading.active_count() == 1
    loaded = [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter", "ccxt"))]
    assert loaded == []
"""


def test_without_an_sdk_it_is_all_there_and_costs_next_to_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(_WITHOUT_SDK)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr, ended.stdout) == (0, "", "")


def test_reports_from_many_threads_add_up(recorded: Recorded) -> None:
    this = working(quantity=100)
    ready = threading.Barrier(8)

    def feed() -> None:
        ready.wait()
        for number in range(100):
            this.filled(quantity=1, price=10.0, execution_id=f"e{number}")

    threads = [threading.Thread(target=feed) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert this.cumulative_quantity == 100
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 100
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 100
    assert recorded.total(metrics.TRADING_ORDER_ACTIVE) == 0
