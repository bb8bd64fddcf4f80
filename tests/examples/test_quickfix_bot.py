"""The example bot on QuickFIX under ``opentelemetry-instrument``: its order is a whole story."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import Ended, bots_in
from tests.examples.fix_story import assert_moved_and_canceled, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.venues.fix.acceptor import Acceptor

BOT = Path(__file__).parents[2] / "examples" / "quickfix_bot.py"
SETTINGS = """
[DEFAULT]
ConnectionType=initiator
StartTime=00:00:00
EndTime=00:00:00
HeartBtInt=30
ReconnectInterval=1
UseDataDictionary=N
[SESSION]
BeginString=FIX.4.4
SenderCompID=GRID
TargetCompID=EXCH
SocketConnectHost=127.0.0.1
SocketConnectPort={port}
"""


@pytest.fixture(scope="module")
def venue() -> Iterator[Acceptor]:
    """A venue for the bot."""
    from tests.venues.fix.acceptor import Acceptor  # noqa: PLC0415 - it needs QuickFIX

    found = Acceptor("GRID")
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def ended(venue: Acceptor, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run."""
    folder = tmp_path_factory.mktemp("quickfix_bot")
    settings = folder / "quickfix_bot.cfg"
    settings.write_text(SETTINGS.format(port=venue.port))
    with bots_in(folder) as bots:
        return bots.start_script(BOT, {"FIX_SETTINGS": str(settings), "BOT_SECONDS": "0.3"}).end()


def test_an_order_that_was_moved_and_canceled_is_one_story(ended: Ended) -> None:
    assert_moved_and_canceled(ended)


def test_what_the_callbacks_logged_is_in_the_story_of_the_order_they_were_called_for(ended: Ended) -> None:
    name = name_of(ended)
    told = [step["body"] for step in ended.store.story(f"{name}-1")["steps"] if step["kind"] == "log"]
    assert {f"sending {name}-{number}" for number in (1, 2, 3)} <= set(told)
    assert [body for body in told if body.startswith("the venue says")] == [
        f"the venue says status {status}" for status in "0E064"
    ]


def test_nothing_of_ours_reached_the_venue(ended: Ended, venue: Acceptor) -> None:
    name_of(ended)
    kinds = [re.search(r"\x0135=(\w+)", request)[1] for request in venue.requests]  # type: ignore[index] # each has one
    assert [kind for kind in kinds if kind not in ("0", "1")] == ["A", "D", "G", "F", "5"]
    assert "traceparent" not in "".join(venue.requests)


def test_the_metrics_of_the_session_are_there(ended: Ended) -> None:
    assert {
        "trading.order.submissions",
        "trading.order.ack.duration",
        "trading.order.amendments",
        "trading.order.cancellations",
        "trading.stream.connection.active",
    } <= ended.store.metric_names()
