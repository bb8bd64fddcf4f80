"""What QuickFIX brings: reports, refusals, repetitions, and sessions that come and go."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
import quickfix as fix

from otel_trading.instrumentation.quickfix import hooks
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from otel_trading.settings import load
from otel_trading.telemetry import logs
from tests.instrumentation.quickfix.bots import until
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.instrumentation.quickfix.bots import Bot
    from tests.venues.fix.acceptor import Acceptor


@pytest.fixture
def captured(recorded: Recorded, caplog: pytest.LogCaptureFixture) -> Iterator[None]:  # noqa: ARG001 - records them
    """The bot's logging captured, as the configurator does it."""
    caplog.set_level(logging.INFO)
    logs.install(load({})[0])
    yield
    logs.uninstall()


@pytest.mark.usefixtures("captured")
def test_what_the_callbacks_log_belongs_to_the_order_they_are_called_for(bot: Bot, recorded: Recorded) -> None:
    name = bot.send()
    lines = {line.body: line for line in recorded.logs()}
    submit = recorded.span("submit_order exch")
    for body in ("sending a message", "took a message"):
        assert attributes(lines[body])[a.TRADING_ORDER_CLIENT_ID] == name
        assert lines[body].trace_id == submit.context.trace_id


def test_an_order_that_a_callback_sends_is_an_order_of_its_own(bot: Bot, recorded: Recorded) -> None:
    hedges: list[str] = []

    def hedge(_: Any) -> None:
        if not hedges:
            order, name = bot.order(Side="2")
            hedges.append(name)
            fix.Session.sendToTarget(order, bot.session_id)

    bot.on_message = hedge
    name = bot.send()
    bot.wait(lambda report: report.get("11") == hedges[0])
    submitted = [
        attributes(event)[a.TRADING_ORDER_CLIENT_ID] for event in recorded.events(events.TRADING_ORDER_SUBMITTED)
    ]
    assert submitted == [name, hedges[0]]
    assert len(recorded.events(events.TRADING_ORDER_ACKNOWLEDGED)) == 2


@pytest.mark.parametrize(
    "error", ["FieldNotFound", "IncorrectDataFormat", "IncorrectTagValue", "UnsupportedMessageType"]
)
def test_what_a_callback_raises_is_what_the_engine_answers_the_venue(bot: Bot, venue: Acceptor, error: str) -> None:
    def raise_it(_: Any) -> None:
        kind = getattr(fix, error)
        raise kind() if error == "UnsupportedMessageType" else kind(58)

    bot.on_message = raise_it
    message, _ = bot.order()
    fix.Session.sendToTarget(message, bot.session_id)
    kind = "3" if error.startswith("Incorrect") else "j"
    until(lambda: [request for request in venue.requests if f"\x0135={kind}\x01" in request])


@pytest.mark.parametrize("kind", ["3", "j"])
def test_a_message_that_the_venue_refuses_is_a_refused_order(
    bot: Bot, venue: Acceptor, recorded: Recorded, kind: str
) -> None:
    venue.exchange.faults.reject_message = (kind, 5, "not like this")
    message, _ = bot.order()
    fix.Session.sendToTarget(message, bot.session_id)
    until(lambda: recorded.events(events.TRADING_ORDER_REJECTED))
    told = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert (told[a.TRADING_ORDER_REJECTION_CATEGORY], told[a.TRADING_ORDER_REJECTION_REASON]) == (
        "invalid_order",
        "not like this",
    )


def test_a_refusal_that_is_quicker_than_the_bots_own_thread_is_told(
    bot: Bot, venue: Acceptor, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = hooks._settle

    def held_up(*arguments: Any) -> None:
        bot.wait(lambda report: report["35"] == "3")
        settle(*arguments)

    monkeypatch.setattr(hooks, "_settle", held_up)
    venue.exchange.faults.reject_message = ("3", 5, "not like this")
    message, _ = bot.order()
    fix.Session.sendToTarget(message, bot.session_id)
    assert len(recorded.events(events.TRADING_ORDER_REJECTED)) == 1


def test_a_refusal_is_told_once_though_a_callback_calls_the_one_it_overrides(
    bot: Bot, venue: Acceptor, names: Callable[[], list[str]]
) -> None:
    name = bot.send()
    venue.exchange.faults.refuse_cancel = (0, "too late")
    cancel = fix.Message()
    cancel.getHeader().setField(fix.MsgType(fix.MsgType_OrderCancelRequest))
    for field in (fix.ClOrdID(f"{name}-c"), fix.OrigClOrdID(name), fix.Symbol("BTC/USD"), fix.Side("1")):
        cancel.setField(field)
    cancel.setField(fix.TransactTime())
    fix.Session.sendToTarget(cancel, bot.session_id)
    bot.wait(lambda report: report["35"] == "9")
    assert names() == ["submitted", "acknowledged", "cancel_requested", "cancel_rejected"]


def test_reports_that_the_venue_sends_again_are_not_counted_again(
    bot: Bot, venue: Acceptor, recorded: Recorded, names: Callable[[], list[str]]
) -> None:
    name = bot.send()
    venue.execute(name, 0.5)
    bot.wait(lambda report: report.get("32") == "0.5")
    bot.received.clear()
    bot.session.setNextTargetMsgSeqNum(bot.session.getExpectedTargetNum() - 2)  # the bot forgot two: it asks for them
    venue.execute(name, 0.5)
    bot.wait(lambda report: report.get("43") == "Y" and report.get("35") == "8")
    bot.wait(lambda report: report.get("14") in ("1", "1.0"))
    until(lambda: len(recorded.events(events.TRADING_ORDER_FILLED)) == 2)
    assert recorded.total(metrics.TRADING_EXECUTION_QUANTITY) == 1.0
    assert names() == ["submitted", "acknowledged", "filled", "filled"]


def test_a_report_that_the_bot_missed_is_told_once_when_the_gap_is_filled(
    bot: Bot, venue: Acceptor, recorded: Recorded, names: Callable[[], list[str]]
) -> None:
    name = bot.send()
    bot.received.clear()
    venue.drop()
    until(lambda: not bot.logged_on.is_set())
    venue.execute(name, 2)
    bot.wait(lambda report: report.get("32") == "2")
    (report,) = [report for report in bot.received if report["35"] == "8"]
    assert report["43"] == "Y"
    assert recorded.total(metrics.TRADING_EXECUTION_FILLS) == 1
    assert names() == ["submitted", "acknowledged", "filled"]


def test_a_session_that_breaks_off_leaves_the_order_unconfirmed_and_is_a_reconnect_later(
    bot: Bot, venue: Acceptor, recorded: Recorded, names: Callable[[], list[str]]
) -> None:
    active = recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE)
    venue.exchange.faults.break_off = True
    message, _ = bot.order()
    fix.Session.sendToTarget(message, bot.session_id)
    until(lambda: recorded.events(events.TRADING_ORDER_UNCONFIRMED))
    told = attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))
    assert (told[a.TRADING_ORDER_REJECTION_CATEGORY], told[a.TRADING_ORDER_STATUS]) == ("network", "pending_new")
    assert names() == ["submitted", "unconfirmed"]
    until(lambda: recorded.total(metrics.TRADING_STREAM_RECONNECTS) == 1)
    assert recorded.total(metrics.TRADING_STREAM_CONNECTION_ACTIVE) == active
    assert len(recorded.events(events.TRADING_STREAM_CONNECTED)) == 1, "the acceptor's side of it is no stream"
