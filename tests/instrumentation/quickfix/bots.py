"""A bot on QuickFIX's initiator, which trades with the engine's acceptor on loopback."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

import quickfix as fix

from tests.venues.fix.acceptor import VENUE, Acceptor, close, settings_of_bot
from tests.venues.fix.wire import decode

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 10.0
_senders = itertools.count(1)
log = logging.getLogger("quickfix_desk")


class Quiet(fix.Application):  # type: ignore[misc] # untyped upstream
    """What an application has to define, and what a bot's own base class may."""

    def onCreate(self, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Do nothing."""

    def onLogon(self, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Do nothing."""

    def onLogout(self, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Do nothing."""

    def toAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Do nothing."""

    def toApp(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Do nothing."""

    def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Do nothing."""

    def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Do nothing."""


class Received:
    """A mix-in of the bot's, with callbacks of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.received: list[dict[str, str]] = []
        self.on_message: Callable[[Any], None] = lambda _: None

    def fromApp(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
        """Keep the message, as the next class may."""
        super().fromApp(message, session_id)  # type: ignore[misc] # that of Quiet
        log.info("took a message")
        self.on_message(message)
        self.received.append(decode(message.toString().encode()))


class Bot(Received, Quiet):
    """A bot of the kind that overrides what it needs, and calls what it inherits."""

    def __init__(self, sender: str, port: int) -> None:
        super().__init__()
        self.session_id = fix.SessionID("FIX.4.4", sender, VENUE)
        self.logged_on = threading.Event()
        self.on_sending: Callable[[Any], None] = lambda _: None
        self._client_ids = itertools.count(1)
        self._settings = settings_of_bot(sender, port)
        self._store = fix.MemoryStoreFactory()
        self.engine = fix.SocketInitiator(self, self._store, self._settings)

    @property
    def session(self) -> Any:
        """The engine's session."""
        return fix.Session.lookupSession(self.session_id)

    def onLogon(self, session_id: Any) -> None:  # noqa: N802 - the engine's name
        super().onLogon(session_id)
        self.logged_on.set()

    def onLogout(self, session_id: Any) -> None:  # noqa: N802 - the engine's name
        super().onLogout(session_id)
        self.logged_on.clear()

    def toApp(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
        super().toApp(message, session_id)
        log.info("sending a message")
        self.on_sending(message)

    def fromAdmin(self, message: Any, session_id: Any) -> None:  # noqa: N802 - the engine's name
        super().fromAdmin(message, session_id)
        self.received.append(decode(message.toString().encode()))

    def order(self, **changes: Any) -> tuple[Any, str]:
        """Return a new order and its client id."""
        name = f"cl-{self.session_id.getSenderCompID().getString()}-{next(self._client_ids)}"
        message = fix.Message()
        message.getHeader().setField(fix.MsgType(fix.MsgType_NewOrderSingle))
        body = {"ClOrdID": name, "Symbol": "BTC/USD", "Side": "1", "OrderQty": 2, "OrdType": "2", "Price": 59_000}
        for field, value in (body | changes).items():
            message.setField(getattr(fix, field)(value))
        message.setField(fix.TransactTime())
        return message, name

    def send(self, **changes: Any) -> str:
        """Send an order, and wait until the venue reports it; return its client id."""
        message, name = self.order(**changes)
        assert fix.Session.sendToTarget(message, self.session_id)
        self.wait(lambda report: report.get("11") == name)
        return name

    def wait(self, holds: Callable[[dict[str, str]], object]) -> None:
        """Wait for a message."""
        until(lambda: any(holds(report) for report in [*self.received]))


def until(holds: Callable[[], object]) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.005)


class Pair:
    """A bot and its venue."""

    def __init__(self) -> None:
        sender = f"UNIT{next(_senders)}"
        self.venue = Acceptor(sender)
        self.venue.start()
        self.bot = Bot(sender, self.venue.port)

    def start(self) -> None:
        """Log on."""
        self.bot.engine.start()
        until(self.bot.logged_on.is_set)

    def stop(self) -> None:
        """Log out, and end both."""
        close(self.bot, self.venue)
