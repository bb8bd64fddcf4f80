"""The example bot, an asyncio one on ccxt.pro that knows nothing of us: every order of it is a whole story."""

from __future__ import annotations

import fcntl
import json
import os
import re
from pathlib import Path

import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread
from tests.endtoend.bots import Ended, Store, bots_in

BOT = Path(__file__).parents[2] / "examples" / "ccxt_bot.py"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run, one for all processes that run these tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "example_bot"
    folder.mkdir(exist_ok=True)
    result = folder / "result.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not result.exists():
            result.write_text(json.dumps(run(folder)[:3]))
    returncode, stdout, stderr = json.loads(result.read_text())
    return Ended(returncode, stdout, stderr, Store(folder / "store"))


def run(folder: Path) -> Ended:
    with VenueThread(seed=7) as venue, bots_in(folder) as bots:
        environ = {"VENUE_URL": venue.url, "VENUE_KEY": DEMO_KEY, "VENUE_SECRET": DEMO_SECRET, "BOT_SECONDS": "3.5"}
        return bots.start_script(BOT, environ).end()


def client_ids(ended: Ended) -> list[str]:
    return sorted({word.rstrip(":") for word in re.findall(r"grid-[0-9a-f]{4}-\d{3}\b(?!-)", ended.stderr)})


def test_the_bot_sent_some_orders(ended: Ended) -> None:
    assert ended.returncode == 0, ended.stderr
    assert len(client_ids(ended)) >= 4
    assert ended.store.services() == ["ccxt_bot"]


def test_each_order_is_a_story_from_decision_to_end(ended: Ended) -> None:
    for client_id in client_ids(ended):
        story = ended.store.story(client_id)
        kinds = [step["kind"] for step in story["steps"]]
        assert "submit" in kinds, client_id
        assert story["status"] in {"filled", "canceled", "rejected"}, client_id
        assert ("acknowledged" in kinds) == (story["status"] != "rejected"), client_id


def test_each_plain_log_line_that_names_an_order_is_in_its_story(ended: Ended) -> None:
    for client_id in client_ids(ended):
        printed = [
            line.partition("grid_bot: ")[2]
            for line in ended.stderr.splitlines()
            if "grid_bot: " in line and re.search(rf"{client_id}\b", line)
        ]
        story = ended.store.story(client_id)
        told = [step["body"] for step in story["steps"] if step["kind"] == "log"]
        assert printed, client_id
        assert [line for line in printed if line not in told] == [], client_id


def test_each_story_is_one_trace(ended: Ended) -> None:
    for client_id in client_ids(ended):
        assert len(ended.store.story(client_id)["trace_ids"]) == 1, client_id


def test_the_story_is_found_by_the_venue_s_id_too(ended: Ended) -> None:
    story = next(story for story in map(ended.store.story, client_ids(ended)) if story["venue_ids"])

    assert ended.store.story(story["venue_ids"][0])["client_ids"] == story["client_ids"]


def test_the_bot_s_metrics_are_there(ended: Ended) -> None:
    assert {
        "trading.order.submissions",
        "trading.order.ack.duration",
        "trading.order.updates",
        "trading.order.rejections",
        "trading.order.active",
    } <= ended.store.metric_names()


def test_no_secret_of_the_bot_is_on_disk(ended: Ended) -> None:
    kept = "".join(path.read_text() for path in ended.store.folder.rglob("*.jsonl"))

    assert "grid_bot" in kept
    assert "signature=" not in kept
    assert DEMO_KEY not in kept
    assert DEMO_SECRET not in kept


def test_the_bot_printed_nothing_of_ours(ended: Ended) -> None:
    assert "otel" not in ended.stderr.lower()
