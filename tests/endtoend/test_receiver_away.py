"""A receiver that refuses, hangs or is overloaded holds no bot up for more than the bound, and costs it no record."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.programs import ONE_ORDER
from tests.endtoend.waiting import waiting

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots, Ended
    from tests.endtoend.receiver import Receiver

BOUND = 2.0
SLACK = 1.5
"""For a machine with other work to do."""


EVERYTHING = {
    "traces": ["order"],
    "logs": [
        "sending",
        "submit buy 0.5 BTC/USDT limit at 60000",
        "acknowledged 28173645",
        "filled 0.5 @ 60000",
        "order 28173645 is filled",
    ],
}
"""What the bot records, in the order in which it did."""


def seconds_from_its_last_line(bots: Bots, url: str, *, watched: bool) -> tuple[float, Ended]:
    bot = bots.start(ONE_ORDER, {"OTEL_EXPORTER_OTLP_ENDPOINT": url}, watched=watched)
    assert bot.read_line() == "done"
    begun = time.monotonic()
    ended = bot.end()
    return time.monotonic() - begun, ended


def nobody() -> str:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


@pytest.mark.parametrize("trouble", ["refuses", "hangs", "answers 503"])
def test_the_end_of_a_bot_is_held_up_no_longer_than_the_bound(bots: Bots, receiver: Receiver, trouble: str) -> None:
    url = nobody() if trouble == "refuses" else receiver.url
    if trouble == "hangs":
        receiver.hang()
    receiver.status = 503

    without, expected = seconds_from_its_last_line(bots, url, watched=False)
    watched, ended = seconds_from_its_last_line(bots, url, watched=True)

    assert watched - without < BOUND + SLACK
    assert (ended.returncode, ended.stdout) == (expected.returncode, expected.stdout)
    assert "lost so far" not in "".join(line for line in ended.stderr.splitlines() if "of metrics" not in line)
    assert waiting(ended.store.folder) == EVERYTHING
    assert "Traceback" not in ended.stderr


def test_a_receiver_that_comes_up_late_gets_what_waited(bots: Bots, receiver: Receiver) -> None:
    receiver.hang()
    bot = bots.start(
        ONE_ORDER + "import time\ntime.sleep(1.5)\n",
        {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_TRADING_FLUSH_SECONDS": "0.05"},
    )
    assert receiver.asked.wait(30)
    receiver._go_on.set()

    ended = bot.end()

    assert ended.returncode == 0, ended.stderr
    assert "lost" not in ended.stderr
    assert "order 28173645 is filled" in [log.name for log in receiver.logs]


def test_a_receiver_of_grpc_that_is_away_holds_the_end_up_no_longer(bots: Bots) -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": nobody(), "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}
    bot = bots.start(ONE_ORDER, environ)
    assert bot.read_line() == "done"

    assert bot.seconds_to_end() < BOUND + SLACK
    assert bot.end().returncode == 0
    assert waiting(bots.store.folder) == EVERYTHING
