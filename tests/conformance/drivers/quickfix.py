"""QuickFIX: a bot on the engine's initiator, which trades with the engine's acceptor on loopback."""

from __future__ import annotations

import itertools
import logging
import re
import threading
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.quickfix import QuickfixInstrumentor
from tests.conformance.driver import Behaviour, Driver, Placed
from tests.venues.fix.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Bot

SYMBOL = "BTC/USD"
_senders = itertools.count(1)
_log = logging.getLogger("quickfix_bot")
# Times, what depends on them, and the CompID of the bot: each has one of its own, since the engine keeps sessions.
_VARYING = re.compile(r"(?<=\x01)(9|10|52|60|122)=[^\x01]*|DESK\d+")


class QuickfixBot:
    """A bot that waits for the report of each request before it goes on."""

    def __init__(self, application: Any, venue: Any) -> None:
        self._application = application
        self._venue = venue
        self._client_ids = itertools.count(1)

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        import quickfix as fix  # noqa: PLC0415 - the table of libraries is made without them

        order = fix.Message()
        order.getHeader().setField(fix.MsgType(fix.MsgType_NewOrderSingle))
        name = client_id or f"bot-{next(self._client_ids)}"
        order.setField(fix.ClOrdID(name))
        order.setField(fix.Symbol(SYMBOL))
        order.setField(fix.Side(fix.Side_BUY if side == "buy" else fix.Side_SELL))
        order.setField(fix.OrderQty(quantity))
        order.setField(fix.OrdType(fix.OrdType_MARKET if price is None else fix.OrdType_LIMIT))
        order.setField(fix.TransactTime())
        if price is not None:
            order.setField(fix.Price(price))
        told = len(self._application.reports)
        sent = fix.Session.sendToTarget(order, self._application.session_id)
        report = await self._report(told, lambda report: report["11"] == name and report["39"] in "0128")
        return Placed(name, report["37"] if report["39"] != "8" else "", sent)

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        import quickfix as fix  # noqa: PLC0415

        message, name = self._about(order, fix.MsgType_OrderCancelReplaceRequest)
        message.setField(fix.OrderQty(quantity))
        message.setField(fix.OrdType(fix.OrdType_LIMIT))
        message.setField(fix.Price(price))
        told = len(self._application.reports)
        sent = fix.Session.sendToTarget(message, self._application.session_id)
        report = await self._report(told, lambda report: report["11"] == name and report["150"] == "5")
        return Placed(name, report["37"], sent)

    async def cancel(self, order: Placed) -> None:
        import quickfix as fix  # noqa: PLC0415

        message, name = self._about(order, fix.MsgType_OrderCancelRequest)
        told = len(self._application.reports)
        fix.Session.sendToTarget(message, self._application.session_id)
        await self._report(told, lambda report: report["11"] == name and report["39"] == "4")

    async def look_up(self, order: Placed) -> None:
        """Ask what became of an order: the answer is a report that tells nothing new."""
        import quickfix as fix  # noqa: PLC0415

        message = fix.Message()
        message.getHeader().setField(fix.MsgType(fix.MsgType_OrderStatusRequest))
        message.setField(fix.ClOrdID(order.client_id))
        message.setField(fix.Symbol(SYMBOL))
        message.setField(fix.Side(fix.Side_BUY))
        told = len(self._application.reports)
        fix.Session.sendToTarget(message, self._application.session_id)
        await self._report(told, lambda report: report["150"] == "I")

    async def query(self) -> None:
        """Do nothing: FIX has no question that is answered in the call."""

    async def follow_orders(self) -> None:
        """Do nothing more: a session brings the reports of its orders."""

    async def follow_market(self) -> None:
        import quickfix as fix  # noqa: PLC0415

        message = fix.Message()
        message.getHeader().setField(fix.MsgType(fix.MsgType_MarketDataRequest))
        message.setField(fix.MDReqID("market"))
        message.setField(fix.SubscriptionRequestType(fix.SubscriptionRequestType_SNAPSHOT_AND_UPDATES))
        message.setField(fix.MarketDepth(0))
        for kind in (fix.MDEntryType_BID, fix.MDEntryType_OFFER):
            entry = fix.Group(267, 269)
            entry.setField(fix.MDEntryType(kind))
            message.addGroup(entry)
        symbol = fix.Group(146, 55)
        symbol.setField(fix.Symbol(SYMBOL))
        message.addGroup(symbol)
        fix.Session.sendToTarget(message, self._application.session_id)
        await until(lambda: self._application.snapshots)

    def said(self) -> Sequence[str]:
        return [*self._application.said]

    def execute(self, order: Placed, quantity: float) -> None:
        self._venue.execute(order.client_id, quantity)

    def refuse_next(self) -> None:
        self._venue.exchange.faults.refuse = (99, "Insufficient funds for the order")

    def ignore_next(self) -> None:
        self._venue.exchange.faults.break_off = True

    def drop_streams(self) -> None:
        self._venue.drop()

    def silence_streams(self) -> None:
        self._venue.exchange.faults.ignore_streams = True

    def seen(self) -> Sequence[str]:
        return [*self._venue.requests]

    def _about(self, order: Placed, kind: str) -> tuple[Any, str]:
        import quickfix as fix  # noqa: PLC0415

        name = f"{order.client_id}-{next(self._client_ids)}"
        message = fix.Message()
        message.getHeader().setField(fix.MsgType(kind))
        message.setField(fix.ClOrdID(name))
        message.setField(fix.OrigClOrdID(order.client_id))
        message.setField(fix.OrderID(order.id))
        message.setField(fix.Symbol(SYMBOL))
        message.setField(fix.Side(fix.Side_BUY))
        message.setField(fix.TransactTime())
        return message, name

    async def _report(self, told: int, holds: Callable[[Mapping[str, str]], bool]) -> Mapping[str, str]:
        def found() -> list[Mapping[str, str]]:
            return [report for report in self._application.reports[told:] if holds(report)]

        await until(found)
        return found()[0]


def application(port: int, sender: str) -> Any:
    """Return the bot's application, and with it its engine, for the acceptor on ``port``."""
    import quickfix as fix  # noqa: PLC0415

    from tests.venues.fix.acceptor import VENUE, settings_of_bot  # noqa: PLC0415
    from tests.venues.fix.wire import decode  # noqa: PLC0415

    class DeskApplication(fix.Application):  # type: ignore[misc] # untyped upstream
        """What a user of QuickFIX writes: callbacks that keep what they are shown."""

        def __init__(self) -> None:
            super().__init__()
            self.session_id = fix.SessionID("FIX.4.4", sender, VENUE)
            self.logged_on = threading.Event()
            self.reports: list[Mapping[str, str]] = []
            self.said: list[str] = []
            self.snapshots = 0

        def onCreate(self, session_id: Any) -> None:  # noqa: ARG002, N802 - the engine's name
            return

        def onLogon(self, session_id: Any) -> None:  # noqa: ARG002, N802 - the engine's name
            self.logged_on.set()

        def onLogout(self, session_id: Any) -> None:  # noqa: ARG002, N802 - the engine's name
            self.logged_on.clear()

        def toAdmin(self, message: Any, session_id: Any) -> None:  # noqa: ARG002, N802 - the engine's name
            return

        def toApp(self, message: Any, session_id: Any) -> None:  # noqa: ARG002, N802 - the engine's name
            return

        def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: ARG002, N802 - the engine's name
            return

        def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: ARG002, N802 - the engine's name
            fields = decode(message.toString().encode())
            if fields["35"] == "W":
                self.snapshots += 1
                return
            line = f"{fields['35']} says {fields.get('39')}, {fields.get('14')} filled"
            _log.info(line)
            self.said.append(line)
            self.reports.append(fields)

    made = DeskApplication()
    made.settings = settings_of_bot(sender, port)
    made.store = fix.MemoryStoreFactory()
    made.engine = fix.SocketInitiator(made, made.store, made.settings)
    return made


class QuickfixDriver:
    """Drives QuickFIX."""

    library = "quickfix"
    venue = "exch"
    symbol = SYMBOL
    price = 59_000.0
    quantity = 2.0
    variants: Sequence[str] = ("initiator",)
    streams_follow = True
    missing: Mapping[tuple[str, Behaviour], str] = MappingProxyType(
        {
            ("initiator", Behaviour.QUERY): "FIX has no question that is answered in the call that asks it.",
            ("initiator", Behaviour.UNANSWERED): (
                "Nothing is raised where a session ends without an answer; the order is told as unconfirmed then."
            ),
            ("initiator", Behaviour.EXCEPTIONS): (
                "A request of a session fails by a message, and not by an exception of the call."
            ),
        }
    )

    def comparable(self, text: str) -> str:
        """Return a text without times, lengths, checksums and the bot's own CompID."""
        return _VARYING.sub("*", text)

    def instrumentor(self) -> BaseInstrumentor:
        return QuickfixInstrumentor()

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[Bot]:  # noqa: ARG002 - there is one
        from tests.venues.fix.acceptor import Acceptor, close  # noqa: PLC0415

        sender = f"DESK{next(_senders)}"
        venue = Acceptor(sender)
        venue.start()
        made = application(venue.port, sender)
        try:
            made.engine.start()
            await until(made.logged_on.is_set)
            yield QuickfixBot(made, venue)
        finally:
            close(made, venue)


DRIVER: Driver = QuickfixDriver()
