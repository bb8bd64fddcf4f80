"""The example bot on simplefix under ``opentelemetry-instrument``: its order is a whole story."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import Ended, bots_in
from tests.examples.fix_story import assert_moved_and_canceled, name_of
from tests.venues.fix.server import FixServer

if TYPE_CHECKING:
    from collections.abc import Iterator

BOT = Path(__file__).parents[2] / "examples" / "simplefix_bot.py"


@pytest.fixture(scope="module")
def venue() -> Iterator[FixServer]:
    """A venue for the bot."""
    found = FixServer()
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="module")
def ended(venue: FixServer, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run."""
    with bots_in(tmp_path_factory.mktemp("simplefix_bot")) as bots:
        environ = {"FIX_HOST": "127.0.0.1", "FIX_PORT": str(venue.port), "BOT_SECONDS": "0.3"}
        return bots.start_script(BOT, environ).end()


def test_an_order_that_was_moved_and_canceled_is_one_story(ended: Ended) -> None:
    assert_moved_and_canceled(ended)


def test_what_the_bot_logged_of_the_order_is_in_its_story(ended: Ended) -> None:
    name = name_of(ended)
    told = [step["body"] for step in ended.store.story(f"{name}-1")["steps"] if step["kind"] == "log"]
    assert f"{name}-1: the venue says status 0" in told
    assert f"{name}-2: too old, canceling" in told


def test_the_venue_saw_the_bots_own_messages_and_no_others(ended: Ended, venue: FixServer) -> None:
    name_of(ended)
    assert [re.search(r"\x0135=(\w+)", request)[1] for request in venue.requests] == ["A", "D", "G", "F", "5"]  # type: ignore[index] # each has one
    assert "traceparent" not in "".join(venue.requests)


def test_the_metrics_of_the_session_are_there(ended: Ended) -> None:
    assert {
        "trading.order.submissions",
        "trading.order.ack.duration",
        "trading.order.amendments",
        "trading.order.cancellations",
        "trading.stream.connection.active",
    } <= ended.store.metric_names()
