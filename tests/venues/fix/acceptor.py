"""A QuickFIX acceptor with an exchange behind it: the engine itself plays the venue, in this process."""

from __future__ import annotations

import queue
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import quickfix as fix

from tests.venues.fix.exchange import Answer, Exchange
from tests.venues.fix.wire import decode

if TYPE_CHECKING:
    from collections.abc import Callable

VENUE = "EXCH"
DICTIONARY = Path(sys.prefix) / "share" / "quickfix" / "FIX44.xml"
_QUOTES_EVERY = 0.1
_POLL_EVERY = 0.002
_SECONDS = 10.0
_HEADER = frozenset({43, 97})
_NO_MD_ENTRIES, _MD_ENTRY_TYPE = 268, 269  # the latter begins an entry


def free_port() -> int:
    """Return a port that nobody listens on: the engine does not tell which one it took."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def settings(text: str) -> fix.SessionSettings:
    """Return settings that are no file."""
    found = fix.SessionSettings()
    default = fix.Dictionary()
    session = fix.Dictionary()
    into = default
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith("["):
            into = session if line == "[SESSION]" else default
            continue
        name, _, value = line.partition("=")
        into.setString(name, value)
    found.set(default)
    ends = (session.getString(name) for name in ("BeginString", "SenderCompID", "TargetCompID"))
    found.set(fix.SessionID(*ends), session)
    return found


def settings_of_bot(sender: str, port: int) -> fix.SessionSettings:
    """Return the settings of an initiator that trades as ``sender`` with the acceptor on ``port``."""
    return settings(
        f"""
        [DEFAULT]
        ConnectionType=initiator
        StartTime=00:00:00
        EndTime=00:00:00
        HeartBtInt=30
        ReconnectInterval=1
        SocketConnectHost=127.0.0.1
        SocketConnectPort={port}
        DataDictionary={DICTIONARY}
        [SESSION]
        BeginString=FIX.4.4
        SenderCompID={sender}
        TargetCompID={VENUE}
        """
    )


class Acceptor(fix.Application):  # type: ignore[misc] # untyped upstream
    """The venue's application: it is shown orders and sends reports, so it has callbacks that a bot has too."""

    def __init__(self, bot: str) -> None:
        super().__init__()
        self.exchange = Exchange()
        self.requests: list[str] = []
        self.port = free_port()
        self.session_id = fix.SessionID("FIX.4.4", VENUE, bot)
        self._symbol = ""
        self._lock = threading.RLock()
        self._ending = threading.Event()
        self._asked: queue.SimpleQueue[Callable[[Any], None]] = queue.SimpleQueue()
        self._settings = settings(
            f"""
            [DEFAULT]
            ConnectionType=acceptor
            StartTime=00:00:00
            EndTime=00:00:00
            SocketAcceptPort={self.port}
            SocketReuseAddress=Y
            DataDictionary={DICTIONARY}
            [SESSION]
            BeginString=FIX.4.4
            SenderCompID={VENUE}
            TargetCompID={bot}
            """
        )
        self._store = fix.MemoryStoreFactory()
        self._engine = fix.SocketAcceptor(self, self._store, self._settings)
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._run, self._stream)]

    @property
    def session(self) -> Any:
        """The engine's session with the bot."""
        return fix.Session.lookupSession(self.session_id)

    def start(self) -> None:
        """Begin to listen."""
        self._engine.poll()  # opens the port
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads, then the engine."""
        self._ending.set()
        for thread in self._threads:
            thread.join()
        self._engine.stop(True)
        del self._engine  # before the application and the store, which it asks while it is destroyed

    def drop(self) -> None:
        """Break off the connection, soon."""
        self._asked.put(lambda session: session.disconnect())

    def wake(self) -> None:
        """Send a heartbeat: the bot's engine looks at what it was asked for when there is a message, or each second."""
        message = fix.Message()
        message.getHeader().setField(fix.MsgType(fix.MsgType_Heartbeat))
        fix.Session.sendToTarget(message, self.session_id)

    def execute(self, name: str, quantity: float) -> None:
        """Execute a part of an order that rests."""
        with self._lock:  # not while it is sent: the engine has a lock of its own
            report = self.exchange.execute(name, quantity)
        self.send(report)

    def send(self, answer: Answer) -> None:
        """Send a message to the bot."""
        fix.Session.sendToTarget(message_of(answer), self.session_id)

    def _run(self) -> None:
        """Run the engine here: one that has a thread of its own may crash the process when it is stopped.

        A session is disconnected here too: the engine keeps its connections without a lock.
        """
        while not self._ending.wait(_POLL_EVERY):
            self._engine.poll()
            while not self._asked.empty():
                self._asked.get()(self.session)

    def _stream(self) -> None:
        while not self._ending.wait(_QUOTES_EVERY):
            if self._symbol and not self.exchange.faults.ignore_streams:
                self.send(Answer("W", self.exchange.quote(self._symbol)))

    def onCreate(self, session_id: fix.SessionID) -> None:  # noqa: N802 - the engine's name
        """Take note of nothing."""

    def onLogon(self, session_id: fix.SessionID) -> None:  # noqa: N802 - the engine's name
        """Take note of nothing."""

    def onLogout(self, session_id: fix.SessionID) -> None:  # noqa: N802 - the engine's name
        """Take note of nothing."""

    def toAdmin(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: N802 - the engine's name
        """Take note of nothing."""

    def toApp(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: N802 - the engine's name
        """Take note of nothing."""

    def fromAdmin(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: ARG002, N802 - the engine's name
        """Keep what the bot's session sends."""
        self.requests.append(message.toString())

    def fromApp(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: ARG002, N802 - the engine's name
        """Answer what the bot asks."""
        text = message.toString()
        self.requests.append(text)
        asked = decode(text.encode())
        with self._lock:
            answers = self.exchange.answer(asked)
        if asked["35"] == "V":
            self._symbol = asked["55"]
        if answers is None:
            self.drop()
            return
        for answer in answers:
            self.send(answer)


def close(bot: Any, venue: Acceptor) -> None:
    """Log a bot out, and end its engine and the venue's.

    ``bot`` is an application with its ``session_id``, its ``engine``, and ``logged_on``, which its callbacks set.
    """
    fix.Session.lookupSession(bot.session_id).logout()
    venue.wake()
    deadline = time.monotonic() + _SECONDS
    while bot.logged_on.is_set() and time.monotonic() < deadline:
        time.sleep(0.005)
    bot.engine.stop()
    del bot.engine  # as in Acceptor.stop
    venue.stop()
    assert not bot.logged_on.is_set(), "the bot did not log out"


def message_of(answer: Answer) -> fix.Message:
    """Return an answer as the engine's message."""
    if answer.kind == "W":
        return _snapshot(answer)
    message = fix.Message()
    message.getHeader().setField(fix.MsgType(answer.kind))
    for tag, value in answer.body:
        (message.getHeader() if tag in _HEADER else message).setField(tag, str(value))
    return message


def _snapshot(answer: Answer) -> fix.Message:
    """Return a snapshot of the market, whose entries are a repeating group."""
    message = fix.Message()
    message.getHeader().setField(fix.MsgType(answer.kind))
    entry: Any = None
    for tag, value in answer.body:
        if tag == _MD_ENTRY_TYPE:
            if entry is not None:
                message.addGroup(entry)
            entry = fix.Group(_NO_MD_ENTRIES, _MD_ENTRY_TYPE)
        if entry is not None:
            entry.setField(tag, str(value))
        elif tag != _NO_MD_ENTRIES:  # the engine counts them
            message.setField(tag, str(value))
    message.addGroup(entry)
    return message
