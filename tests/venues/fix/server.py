"""A FIX 4.4 acceptor of its own on a loopback socket: the session layer, and an exchange behind it."""

from __future__ import annotations

import itertools
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.venues.fix.exchange import Answer, Exchange
from tests.venues.fix.wire import Body, decode, encode, messages, now

if TYPE_CHECKING:
    from tests.venues.fix.wire import Fields

VENUE = "EXCH"
_QUOTES_EVERY = 0.1
_SESSION_TYPES = frozenset("A0123451")


class FixServer:
    """One bot after another may log on; sequence numbers go on from one connection to the next."""

    def __init__(self) -> None:
        self.exchange = Exchange()
        self.requests: list[str] = []
        self.logons = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connection: socket.socket | None = None
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self._sent: dict[int, tuple[Answer, Body]] = {}
        self._bot = ""
        self._symbol = ""
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._accept, self._stream)]

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._listener.getsockname()[1])

    def start(self) -> None:
        """Begin to listen."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End every connection, and the threads."""
        self._ending.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in self._threads:
            thread.join(5)

    def drop(self) -> None:
        """Break off the connection."""
        with self._lock:
            if self._connection is not None:
                with suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)

    def execute(self, name: str, quantity: float) -> None:
        """Execute a part of an order that rests."""
        with self._lock:
            self.send(self.exchange.execute(name, quantity))

    def send(self, answer: Answer, *more: tuple[int, object]) -> int:
        """Send a message under the next sequence number, with ``more`` in its header; return the number."""
        with self._lock:
            number = next(self._numbers)
            header: Body = [(49, VENUE), (56, self._bot), (34, number), (52, now()), *more]
            self._sent[number] = (answer, header)
            self._write(encode(answer.kind, header, answer.body))
        return number

    def send_again(self, number: int) -> None:
        """Send a message again under its own number, as a resend does."""
        answer, header = self._sent[number]
        with self._lock:
            self._write(encode(answer.kind, [*header, (43, "Y"), (122, now())], answer.body))

    def _write(self, data: bytes) -> None:
        with suppress(OSError):
            if self._connection is not None:
                self._connection.sendall(data)

    def _accept(self) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._connection = connection
            with connection:
                self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        buffer = bytearray()
        while True:
            try:
                data = connection.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            for raw in messages(buffer):
                self.requests.append(raw.decode())
                if not self._take(decode(raw)):
                    return

    def _take(self, message: Fields) -> bool:
        """Answer a message; tell whether the connection goes on."""
        kind = message["35"]
        if kind == "A":
            self._bot = message["49"]
            self.logons += 1
            self.send(Answer("A", [(98, 0), (108, message["108"])]))
        elif kind == "1":
            self.send(Answer("0", [(112, message["112"])]))
        elif kind == "2":
            self._resend(int(message["7"]))
        elif kind == "5":
            self.send(Answer("5", []))
            return False
        elif kind not in _SESSION_TYPES:
            return self._trade(message)
        return True

    def _trade(self, message: Fields) -> bool:
        with self._lock:
            answers = self.exchange.answer(message)
            if answers is None:
                return False
            if message["35"] == "V":
                self._symbol = message["55"]
            for answer in answers:
                self.send(answer)
        return True

    def _resend(self, begin: int) -> None:
        with self._lock:
            for number, (answer, header) in sorted(self._sent.items()):
                if number >= begin and answer.kind not in _SESSION_TYPES:
                    self.send_again(number)
                elif number >= begin:
                    gap: Body = [(123, "Y"), (36, number + 1)]
                    self._write(encode("4", [*header, (43, "Y")], gap))

    def _stream(self) -> None:
        while not self._ending.wait(_QUOTES_EVERY):
            with self._lock:
                if self._symbol and not self.exchange.faults.ignore_streams:
                    self.send(Answer("W", self.exchange.quote(self._symbol)))
