"""simplefix: a bot that keeps its own FIX session over a socket, as its users have to."""

from __future__ import annotations

import itertools
import logging
import re
import socket
import threading
import time
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.simplefix import SimplefixInstrumentor
from tests.conformance.driver import Behaviour, Driver, Placed
from tests.venues.fix.server import VENUE, FixServer
from tests.venues.fix.waiting import until
from tests.venues.fix.wire import decode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Bot

SYMBOL = "BTC/USD"
_senders = itertools.count(1)
_log = logging.getLogger("simplefix_bot")
# Times, what depends on them, and the CompID of the bot: each has one of its own.
_VARYING = re.compile(r"(?<=\x01)(9|10|52|60|122)=[^\x01]*|DESK\d+")


class FixSession:
    """A session on a socket: logs on, answers for its heartbeat, logs on again when the connection is lost."""

    def __init__(self, port: int, sender: str) -> None:
        self._port = port
        self._sender = sender
        self._numbers = itertools.count(1)
        self._socket: socket.socket | None = None
        self._ending = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.logged_on = threading.Event()
        self.reports: list[Mapping[str, str]] = []
        self.said: list[str] = []
        self.snapshots = 0

    def start(self) -> None:
        """Connect, and read from then on."""
        self._thread.start()

    def stop(self) -> None:
        """Log out, and end the thread."""
        self._ending = True
        self.send("5")
        self._thread.join(5)

    def send(self, kind: str, *body: tuple[int, Any]) -> bytes:
        """Send a message; return it as it was sent."""
        import simplefix  # noqa: PLC0415 - the table of libraries is made without them

        message = simplefix.FixMessage()
        message.append_pair(8, "FIX.4.4")
        message.append_pair(35, kind)
        message.append_pair(49, self._sender)
        message.append_pair(56, VENUE)
        message.append_pair(34, next(self._numbers))
        message.append_utc_timestamp(52)
        for tag, value in body:
            message.append_pair(tag, value)
        encoded: bytes = message.encode()
        with suppress(OSError):
            if self._socket is not None:
                self._socket.sendall(encoded)
        return encoded

    def _run(self) -> None:
        while not self._ending:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 5) as self._socket:
                self.send("A", (98, 0), (108, 30))
                self._read(self._socket)
            self.logged_on.clear()
            time.sleep(0.02)  # before the next try

    def _read(self, connection: socket.socket) -> None:
        import simplefix  # noqa: PLC0415

        parser = simplefix.FixParser()
        while data := connection.recv(65536):
            parser.append_buffer(data)
            while (message := parser.get_message()) is not None:
                self._handle(decode(message.encode()))

    def _handle(self, fields: Mapping[str, str]) -> None:
        kind = fields["35"]
        if kind == "A":
            self.logged_on.set()
        elif kind == "1":
            self.send("0", (112, fields["112"]))
        elif kind == "W":
            self.snapshots += 1
        elif kind in "89j3":
            line = f"{fields.get('11')}: {kind} says {fields.get('39')}, {fields.get('14')} filled"
            _log.info(line)
            self.said.append(line)
            self.reports.append(fields)


class SimplefixBot:
    """A bot that waits for the report of each request before it goes on."""

    def __init__(self, session: FixSession, venue: FixServer) -> None:
        self._session = session
        self._venue = venue
        self._client_ids = itertools.count(1)

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        name = client_id or f"bot-{next(self._client_ids)}"
        told = len(self._session.reports)
        sent = self._session.send(
            "D",
            (11, name),
            (55, SYMBOL),
            (54, 1 if side == "buy" else 2),
            (38, quantity),
            (40, 1 if price is None else 2),
            (44, price),
        )
        report = await self._report(told, lambda report: report["11"] == name and report["39"] in "0128")
        return Placed(name, report["37"] if report["39"] != "8" else "", sent)

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        name = f"{order.client_id}-{next(self._client_ids)}"
        told = len(self._session.reports)
        sent = self._session.send("G", *_about(order, name), (38, quantity), (40, 2), (44, price))
        report = await self._report(told, lambda report: report["11"] == name and report["150"] == "5")
        return Placed(name, report["37"], sent)

    async def cancel(self, order: Placed) -> None:
        name = f"{order.client_id}-{next(self._client_ids)}"
        told = len(self._session.reports)
        self._session.send("F", *_about(order, name))
        await self._report(told, lambda report: report["11"] == name and report["39"] == "4")

    async def look_up(self, order: Placed) -> None:
        """Ask what became of an order: the answer is a report that tells nothing new."""
        told = len(self._session.reports)
        self._session.send("H", (11, order.client_id), (55, SYMBOL), (54, 1))
        await self._report(told, lambda report: report["150"] == "I")

    async def query(self) -> None:
        """Do nothing: FIX has no question that is answered in the call."""

    async def follow_orders(self) -> None:
        """Do nothing more: a session brings the reports of its orders."""

    async def follow_market(self) -> None:
        self._session.send("V", (262, "market"), (263, 1), (264, 0), (55, SYMBOL))
        await until(lambda: self._session.snapshots)

    def said(self) -> Sequence[str]:
        return [*self._session.said]

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

    async def _report(self, told: int, holds: Callable[[Mapping[str, str]], bool]) -> Mapping[str, str]:
        def found() -> list[Mapping[str, str]]:
            return [report for report in self._session.reports[told:] if holds(report)]

        await until(found)
        return found()[0]


def _about(order: Placed, name: str) -> list[tuple[int, Any]]:
    return [(11, name), (41, order.client_id), (37, order.id), (55, SYMBOL), (54, 1)]


class SimplefixDriver:
    """Drives simplefix."""

    library = "simplefix"
    venue = "exch"
    symbol = SYMBOL
    price = 59_000.0
    quantity = 2.0
    variants: Sequence[str] = ("socket",)
    pulls: Sequence[str] = ("socket",)
    streams_follow = True
    missing: Mapping[tuple[str, Behaviour], str] = MappingProxyType(
        {
            ("socket", Behaviour.QUERY): "FIX has no question that is answered in the call that asks it.",
            ("socket", Behaviour.UNANSWERED): (
                "The socket is the bot's own: an order without an answer is told as unconfirmed at the next logon."
            ),
            ("socket", Behaviour.EXCEPTIONS): (
                "A request fails by a message that is parsed later, and not by an exception of the call."
            ),
        }
    )

    def comparable(self, text: str) -> str:
        """Return a text without times, lengths, checksums and the bot's own CompID."""
        return _VARYING.sub("*", text.replace("\\x01", "\x01"))

    def instrumentor(self) -> BaseInstrumentor:
        return SimplefixInstrumentor()

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[Bot]:  # noqa: ARG002 - there is one
        venue = FixServer()
        venue.start()
        session = FixSession(venue.port, f"DESK{next(_senders)}")
        session.start()
        try:
            await until(session.logged_on.is_set)
            yield SimplefixBot(session, venue)
        finally:
            session.stop()
            venue.stop()


DRIVER: Driver = SimplefixDriver()
