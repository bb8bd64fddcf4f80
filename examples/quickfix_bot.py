"""A small QuickFIX bot, as one finds them: it knows nothing of OpenTelemetry.

It logs on to the session that the settings file names (FIX_SETTINGS), buys with a limit order, moves it, and cancels
it if it is not filled in BOT_SECONDS.
"""

import logging
import os
import queue
import secrets

import quickfix as fix

log = logging.getLogger("fix_bot")

SETTINGS = os.environ.get("FIX_SETTINGS", "quickfix_bot.cfg")
SECONDS = float(os.environ.get("BOT_SECONDS", "2"))


class Bot(fix.Application):  # type: ignore[misc] # untyped upstream
    """Passes on what the venue reports, from the engine's thread to the bot's."""

    def __init__(self) -> None:
        super().__init__()
        self.logons: queue.Queue[fix.SessionID] = queue.Queue()
        self.statuses: queue.Queue[str] = queue.Queue()

    def onCreate(self, session_id: fix.SessionID) -> None:  # noqa: D102, N802 - QuickFIX's name
        self.session_id = session_id

    def onLogon(self, session_id: fix.SessionID) -> None:  # noqa: ARG002, D102, N802 - QuickFIX's name
        self.logons.put(self.session_id)

    def onLogout(self, session_id: fix.SessionID) -> None:  # noqa: D102, N802 - QuickFIX's name
        log.info("logged out of %s", session_id.toString())

    def toAdmin(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: N802 - QuickFIX's name
        """Send what the engine sends."""

    def fromAdmin(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: N802 - QuickFIX's name
        """Leave sessions to the engine."""

    def toApp(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: ARG002, D102, N802 - the same
        log.info("sending %s", message.getField(fix.ClOrdID().getTag()))

    def fromApp(self, message: fix.Message, session_id: fix.SessionID) -> None:  # noqa: ARG002, D102, N802 - the same
        status = message.getField(fix.OrdStatus().getTag())
        log.info("the venue says status %s", status)
        self.statuses.put(status)


def about_order(kind: str, client_id: str, **fields: object) -> fix.Message:
    """Return a message about an order, with ``fields`` by the names of their classes."""
    message = fix.Message()
    message.getHeader().setField(fix.MsgType(kind))
    for name, value in {"ClOrdID": client_id, "Symbol": "BTC/USD", "Side": fix.Side_BUY, **fields}.items():
        message.setField(getattr(fix, name)(value))
    message.setField(fix.TransactTime())
    return message


def trade(bot: Bot) -> None:
    """Send one order, move it once, and give it up after a while."""
    session_id = bot.logons.get(timeout=10)
    name = f"fix-{secrets.token_hex(2)}"
    limit = {"OrdType": fix.OrdType_LIMIT, "OrderQty": 2}
    fix.Session.sendToTarget(about_order("D", f"{name}-1", Price=59_000, **limit), session_id)
    while bot.statuses.get(timeout=10) != fix.OrdStatus_NEW:
        pass
    moved = about_order("G", f"{name}-2", OrigClOrdID=f"{name}-1", Price=59_500, **limit)
    fix.Session.sendToTarget(moved, session_id)
    try:
        while bot.statuses.get(timeout=SECONDS) != fix.OrdStatus_FILLED:
            pass
    except queue.Empty:
        log.info("%s-2: too old, canceling", name)
        fix.Session.sendToTarget(about_order("F", f"{name}-3", OrigClOrdID=f"{name}-2"), session_id)
        while bot.statuses.get(timeout=10) != fix.OrdStatus_CANCELED:
            pass
    log.info("done")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    application, store, settings = Bot(), fix.MemoryStoreFactory(), fix.SessionSettings(SETTINGS)
    initiator = fix.SocketInitiator(application, store, settings)
    initiator.start()
    trade(application)
    initiator.stop()
