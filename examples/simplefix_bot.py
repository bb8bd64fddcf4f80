"""A small simplefix bot, as one finds them: it knows nothing of OpenTelemetry.

It logs on to the venue at FIX_HOST and FIX_PORT, buys with a limit order, moves it, and cancels it if it is not filled
in BOT_SECONDS.
"""

import itertools
import logging
import os
import secrets
import socket

import simplefix

log = logging.getLogger("simplefix_bot")

ADDRESS = (os.environ.get("FIX_HOST", "127.0.0.1"), int(os.environ.get("FIX_PORT", "9880")))
SENDER, TARGET = os.environ.get("FIX_SENDER", "DESK"), os.environ.get("FIX_TARGET", "EXCH")
SECONDS = float(os.environ.get("BOT_SECONDS", "2"))


class Session:
    """A FIX session over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.parser = simplefix.FixParser()
        self.numbers = itertools.count(1)

    def send(self, kind: str, *fields: tuple[int, object]) -> None:
        """Send a message, given its body."""
        message = simplefix.FixMessage()
        message.append_pair(8, "FIX.4.4")
        message.append_pair(35, kind)
        message.append_pair(49, SENDER)
        message.append_pair(56, TARGET)
        message.append_pair(34, next(self.numbers))
        message.append_utc_timestamp(52)
        for tag, value in fields:
            message.append_pair(tag, value)
        self.connection.sendall(message.encode())

    def receive(self, *kinds: bytes) -> simplefix.FixMessage:
        """Return the next message of one of ``kinds``, and answer for the heartbeat meanwhile."""
        while True:
            message = self.parser.get_message()
            if message is None:
                data = self.connection.recv(4096)
                if not data:
                    raise ConnectionError("the venue hung up")
                self.parser.append_buffer(data)
            elif message.message_type == b"1":
                self.send("0", (112, message.get(112)))
            elif message.message_type in kinds:
                return message

    def wait(self, status: bytes) -> None:
        """Wait until the order has a status."""
        report = None
        while report is None or report.get(39) != status:
            report = self.receive(b"8")
            log.info("%s: the venue says status %s", report.get(11).decode(), report.get(39).decode())


def trade(session: Session) -> None:
    """Send one order, move it once, and give it up after a while."""
    name = f"fix-{secrets.token_hex(2)}"
    order = ((55, "BTC/USD"), (54, 1))
    session.send("D", (11, f"{name}-1"), *order, (38, 2), (40, 2), (44, 59_000))
    session.wait(b"0")
    session.send("G", (11, f"{name}-2"), (41, f"{name}-1"), *order, (38, 2), (40, 2), (44, 59_500))
    try:
        session.connection.settimeout(SECONDS)
        session.wait(b"2")
    except TimeoutError:
        log.info("%s-2: too old, canceling", name)
        session.send("F", (11, f"{name}-3"), (41, f"{name}-2"), *order)
        session.wait(b"4")
    log.info("done")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    with socket.create_connection(ADDRESS) as connected:
        bot = Session(connected)
        bot.send("A", (98, 0), (108, 30))
        bot.receive(b"A")
        trade(bot)
        bot.send("5")
        bot.receive(b"5")
