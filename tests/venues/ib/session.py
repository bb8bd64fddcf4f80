"""One client's connection to the gateway: what it asks, and what it is told."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.venues.ib import account, contracts, reports, tickets, wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.venues.ib.gateway import Gateway

NEWEST = 178
"""The newest server version that this gateway speaks."""


class Session:
    """One client, from its greeting on."""

    def __init__(self, gateway: Gateway, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._gateway = gateway
        self._desk = gateway.desk
        self._reader, self._writer = reader, writer
        self.version = 0
        self.client_id = -1
        self.market: dict[int, contracts.Contract] = {}
        self._answers: dict[str, Callable[[Sequence[str]], Iterable[bytes]]] = {
            "1": self._market_data,
            "2": self._no_market_data,
            "3": self._place,
            "4": lambda fields: self._desk.cancel(self.client_id, int(fields[2])),
            "5": self._open_orders,
            "6": lambda _: (*self._holdings(), *account.account_updates()),
            "7": self._executions,
            "9": self._contract_details,
            "16": self._open_orders,
            "20": lambda fields: (account.bars(int(fields[1])),),
            "49": lambda _: (wire.message(49, 1, int(time.time() + gateway.clock_ahead)),),
            "58": self._cancel_all,
            "61": lambda _: (*(account.position(*held) for held in gateway.held.items()), wire.message(62, 1)),
            "62": lambda fields: account.summary(int(fields[2])),
            "71": self._start,
            "76": lambda fields: account.account_updates_multi(int(fields[2])),
            "92": lambda fields: (account.profit(int(fields[1]), *gateway.profit),),
            "94": lambda fields: (account.profit_single(int(fields[1]), 100, *gateway.profit),),
            "99": lambda _: (wire.message(102),),
        }

    async def serve(self) -> None:
        """Answer until one side ends the connection."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            assert await self._reader.readexactly(len(wire.GREETING)) == wire.GREETING
            greeted = await wire.read(self._reader)
            self._gateway.seen.append(greeted)
            self.version = wire.version(greeted, NEWEST)
            self.tell([wire.message(self.version, time.strftime("%Y%m%d %H:%M:%S UTC", time.gmtime()))])
            while True:
                received = await wire.read(self._reader)
                self._gateway.seen.append(received)
                fields = wire.fields(received)
                if fields[0] in {"3", "4"} and self._gateway.takes_break():
                    break
                answer = self._answers.get(fields[0])
                if answer is not None and fields[0] not in self._gateway.muted:
                    self.tell(answer(fields))

    def tell(self, messages: Iterable[bytes]) -> None:
        """Send messages, as one piece."""
        whole = b"".join(messages)
        if whole and not self._writer.is_closing():
            self._writer.write(whole)

    def drop(self) -> None:
        """Break the connection off."""
        self._writer.transport.abort()

    async def end(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()

    def _start(self, fields: Sequence[str]) -> Iterator[bytes]:
        self.client_id = int(fields[2])
        yield wire.message(15, 1, account.ACCOUNT)
        yield wire.message(9, 1, self._desk.next_order_id(self.client_id))
        yield reports.error(-1, 2104, "Market data farm connection is OK:usfarm")

    def _place(self, fields: Sequence[str]) -> Iterable[bytes]:
        return self._desk.place(tickets.ticket(fields, self.version), self.client_id, self.version)

    def _cancel_all(self, _: Sequence[str]) -> Iterator[bytes]:
        for order in self._desk.open():
            yield from self._desk.cancel(order.client_id, order.ticket.order_id)

    def _open_orders(self, _: Sequence[str]) -> Iterator[bytes]:
        for order in self._desk.open():
            if order.client_id == self.client_id:
                yield reports.open_order(order, self.version)
                yield reports.order_status(order)
        yield wire.message(53, 1)

    def _executions(self, fields: Sequence[str]) -> Iterator[bytes]:
        request = int(fields[2])
        for order in self._desk.of(self.client_id):
            for fill in order.fills:
                yield reports.execution(order, fill, self.version, request)
                yield reports.commission(fill)
        yield wire.message(55, 1, request)

    def _holdings(self) -> Iterator[bytes]:
        for contract, held in self._gateway.held.items():
            yield account.portfolio(contract, held, self._gateway.profit[1])

    def _contract_details(self, fields: Sequence[str]) -> Iterator[bytes]:
        request, contract = int(fields[2]), contracts.asked_for(fields[3:15])
        if contract is None:
            yield reports.error(request, 200, "No security definition has been found for the request")
        else:
            yield from account.details(request, contract)

    def _market_data(self, fields: Sequence[str]) -> Iterator[bytes]:
        request, contract = int(fields[2]), contracts.asked_for(fields[3:15])
        if contract is None:
            yield reports.error(request, 354, "Requested market data is not subscribed.")
        elif fields[17] == "1":  # a snapshot
            yield account.ticks(request, *self._gateway.quote())
            yield wire.message(57, 1, request)
        else:
            self.market[request] = contract
            yield account.ticks(request, *self._gateway.quote())

    def _no_market_data(self, fields: Sequence[str]) -> Iterable[bytes]:
        self.market.pop(int(fields[2]), None)
        return ()
