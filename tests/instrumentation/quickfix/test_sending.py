"""Sending by QuickFIX: what leaves, what the bot keeps back, and what the engine keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import quickfix as fix

from otel_trading.semconv import attributes as a
from otel_trading.semconv import events, metrics
from tests.instrumentation.quickfix.bots import until
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.instrumentation.quickfix.bots import Bot
    from tests.venues.fix.acceptor import Acceptor


def test_an_order_may_be_sent_by_a_session_id_by_both_ends_by_its_header_or_on_its_session(
    bot: Bot, recorded: Recorded
) -> None:
    sender = bot.session_id.getSenderCompID().getString()
    ways = (
        lambda message: fix.Session.sendToTarget(message, bot.session_id),
        lambda message: fix.Session.sendToTarget(message, sender, "EXCH"),
        fix.Session.sendToTarget,
        bot.session.send,
    )
    for way in ways:
        message, name = bot.order()
        for field in (fix.BeginString("FIX.4.4"), fix.SenderCompID(sender), fix.TargetCompID("EXCH")):
            message.getHeader().setField(field)
        assert way(message) is True
        bot.wait(lambda report, name=name: report.get("11") == name)  # type: ignore[misc] # bound at once
    assert len(recorded.spans("submit_order exch")) == len(ways)
    assert recorded.total(metrics.TRADING_ORDER_SUBMISSIONS, **{a.TRADING_VENUE: "exch"}) == len(ways)


def test_each_message_is_told_once_though_a_callback_calls_the_one_it_overrides(
    bot: Bot, names: Callable[[], list[str]]
) -> None:
    bot.send()
    assert names() == ["submitted", "acknowledged"]


def test_what_the_acceptor_in_this_process_is_shown_and_sends_is_told_of_no_order(bot: Bot, recorded: Recorded) -> None:
    bot.send()
    assert {span.name for span in recorded.spans()} == {"submit_order exch", "order_update exch"}


def test_an_order_that_to_app_keeps_back_did_not_leave(
    bot: Bot, venue: Acceptor, recorded: Recorded, names: Callable[[], list[str]]
) -> None:
    def keep_back(_: object) -> None:
        raise fix.DoNotSend("over the daily limit")

    bot.on_sending = keep_back
    message, name = bot.order()
    assert fix.Session.sendToTarget(message, bot.session_id) is False
    assert [request for request in venue.requests if name in request] == []
    assert names() == ["submitted", "rejected"]
    told = attributes(recorded.event(events.TRADING_ORDER_REJECTED))
    assert told["error.type"] == "quickfix.DoNotSend"
    assert "over the daily limit" in told[a.TRADING_ORDER_REJECTION_REASON]
    assert told[a.TRADING_ORDER_STATUS] == "rejected"
    span = recorded.span("submit_order exch")
    assert (span.status.status_code.name, attributes(span)["error.type"]) == ("ERROR", "quickfix.DoNotSend")


def test_a_session_that_is_not_there_raises_what_it_raised(bot: Bot, names: Callable[[], list[str]]) -> None:
    message, _ = bot.order()
    with pytest.raises(fix.SessionNotFound) as caught:
        fix.Session.sendToTarget(message, fix.SessionID("FIX.4.4", "NOBODY", "EXCH"))
    assert caught.value.__context__ is None
    assert names() == ["submitted", "rejected"]


def test_arguments_of_the_wrong_types_raise_what_they_raised(bot: Bot) -> None:
    message, _ = bot.order()
    with pytest.raises((TypeError, NotImplementedError)):
        fix.Session.sendToTarget(message, 7)
    with pytest.raises((TypeError, NotImplementedError)):
        fix.Session.sendToTarget()


def test_an_order_without_a_session_logged_on_waits_in_the_engine_and_is_unconfirmed(
    bot: Bot, venue: Acceptor, recorded: Recorded, names: Callable[[], list[str]]
) -> None:
    venue.drop()
    until(lambda: not bot.logged_on.is_set())
    message, name = bot.order()
    assert fix.Session.sendToTarget(message, bot.session_id) is True
    assert names() == ["submitted", "unconfirmed"]
    assert "resend" in attributes(recorded.event(events.TRADING_ORDER_UNCONFIRMED))[a.TRADING_ORDER_REJECTION_REASON]
    bot.wait(lambda report: report.get("11") == name)  # logged on again, the venue misses a number and asks for it
    assert names() == ["submitted", "unconfirmed", "acknowledged"]
    assert [request for request in venue.requests if name in request and "\x0143=Y\x01" in request] != []


def test_what_is_not_about_an_order_is_sent_as_it_is(bot: Bot, venue: Acceptor, recorded: Recorded) -> None:
    message = fix.Message()
    message.getHeader().setField(fix.MsgType(fix.MsgType_News))
    message.setField(fix.Headline("nothing"))
    message.addGroup(_line())
    assert fix.Session.sendToTarget(message, bot.session_id) is True
    bot.send()
    assert [request for request in venue.requests if "148=nothing" in request] != []
    assert len(recorded.spans("submit_order exch")) == 1


def _line() -> object:
    group = fix.Group(33, 58)
    group.setField(fix.Text("a line"))
    return group
