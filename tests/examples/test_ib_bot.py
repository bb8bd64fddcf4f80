"""The example bot of ib_async, unchanged under ``opentelemetry-instrument``; and of ib_insync, but for its import."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import bots_in
from tests.venues.ib.account import ACCOUNT
from tests.venues.ib.gateway import Gateway

if TYPE_CHECKING:
    from tests.endtoend.bots import Ended

BOT = Path(__file__).parents[2] / "examples" / "ib_bot.py"


@pytest.fixture(scope="module", params=["ib_async", "ib_insync"])
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run."""
    source = BOT.read_text().replace("ib_async", request.param)
    with Gateway() as gateway, bots_in(tmp_path_factory.mktemp("ib_bot")) as bots:
        return bots.run(source, {"IB_PORT": str(gateway.port), "BOT_SECONDS": "0.2"}, name="ib_bot")


def reference(ended: Ended, number: int) -> str:
    """Return the reference that the bot gave to one of its orders."""
    (found,) = set(re.findall(rf"dip-[0-9a-f]{{4}}-{number}\b", ended.stderr))
    return str(found)


def kinds(ended: Ended, number: int) -> list[str]:
    """Return what happened in an order's story, without spans and log lines."""
    steps = ended.store.story(reference(ended, number))["steps"]
    return [step["kind"] for step in steps if step["kind"] not in ("span", "request", "log")]


def test_the_bot_ended_well_and_printed_nothing_of_ours(ended: Ended) -> None:
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert "otel" not in ended.stderr.lower()


def test_an_order_that_was_moved_and_given_up_is_one_story(ended: Ended) -> None:
    told = [kind for kind in kinds(ended, 1) if kind != "updated"]
    assert told == ["submit", "acknowledged", "amend_requested", "amended", "cancel_requested", "canceled"]
    assert ended.store.story(reference(ended, 1))["status"] == "canceled"


def test_an_order_that_was_filled_has_its_fill_and_its_fee(ended: Ended) -> None:
    assert kinds(ended, 2) == ["submit", "acknowledged", "fill", "fee"]
    assert ended.store.story(reference(ended, 2))["status"] == "filled"


def test_a_story_is_found_by_the_brokers_id_too(ended: Ended) -> None:
    story = ended.store.story(reference(ended, 2))
    (perm_id,) = story["venue_ids"]
    assert ended.store.story(perm_id)["client_ids"] == story["client_ids"]


def test_what_the_bots_handler_logged_is_in_the_story_of_its_order(ended: Ended) -> None:
    bodies = [step["body"] for step in ended.store.story(reference(ended, 2))["steps"] if step["kind"] == "log"]
    assert [body for body in bodies if body.startswith("filled 10")] != []


def test_each_story_is_one_trace(ended: Ended) -> None:
    for number in (1, 2):
        assert len(ended.store.story(reference(ended, number))["trace_ids"]) == 1


def test_what_tws_tells_of_account_and_market_is_measured(ended: Ended) -> None:
    assert {
        "trading.position.quantity",
        "trading.market_data.age",
        "trading.request.duration",
        "trading.order.ack.duration",
        "trading.execution.fees",
        "trading.stream.connection.active",
    } <= ended.store.metric_names()


def test_no_account_is_on_disk(ended: Ended) -> None:
    kept = "".join(path.read_text() for path in ended.store.folder.rglob("*.jsonl"))
    assert reference(ended, 1) in kept
    assert ACCOUNT not in kept
