"""The example bot on alpaca-py under ``opentelemetry-instrument``: every order of it is a whole story."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.endtoend.bots import Ended, bots_in
from tests.venues.alpaca import SECRET, AlpacaVenue

BOT = Path(__file__).parents[2] / "examples" / "alpaca_bot.py"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run."""
    with AlpacaVenue() as venue, bots_in(tmp_path_factory.mktemp("alpaca_bot")) as bots:
        environ = {
            "APCA_API_BASE_URL": venue.url,
            "APCA_API_DATA_URL": venue.url,
            "APCA_API_KEY_ID": SECRET[0],
            "APCA_API_SECRET_KEY": SECRET[1],
            "BOT_PATIENCE": "0.5",
        }
        return bots.start_script(BOT, environ).end()


def name_of(ended: Ended) -> str:
    assert ended.returncode == 0, ended.stderr
    match = re.search(r"dip-[0-9a-f]{4}", ended.stderr)
    assert match is not None, ended.stderr
    return match[0]


def kinds(story: dict[str, Any]) -> list[str]:
    """Return the steps of a story that the venue or the bot took, without the bare requests."""
    return [
        step["kind"] for step in story["steps"] if step["kind"] not in ("span", "request", "log", "updated", "event")
    ]


def test_an_order_that_was_replaced_and_canceled_is_one_story(ended: Ended) -> None:
    story = ended.store.story(name_of(ended))
    assert kinds(story) == ["submit", "acknowledged", "amend_requested", "amended", "cancel_requested", "canceled"]
    assert (story["status"], len(story["venue_ids"]), len(story["trace_ids"])) == ("canceled", 2, 1)


def test_what_the_bot_logged_of_an_order_is_in_its_story(ended: Ended) -> None:
    name = name_of(ended)
    told = [step["body"] for step in ended.store.story(name)["steps"] if step["kind"] == "log"]
    assert f"{name}: the market runs away, bidding more" in told
    assert [body for body in told if body.endswith(": canceled, 0 filled")], (
        "the handler logs it in the order's context"
    )


def test_a_market_order_is_told_from_the_arrival_price_to_its_fill(ended: Ended) -> None:
    story = ended.store.story(f"{name_of(ended)}-now")
    assert kinds(story) == ["submit", "acknowledged", "fill"]
    assert story["status"] == "filled"


def test_a_refusal_is_told_in_the_venues_words(ended: Ended) -> None:
    story = ended.store.story(f"{name_of(ended)}-all-in")
    assert kinds(story) == ["submit", "rejected"]
    assert "insufficient buying power" in str(story["steps"])


def test_the_metrics_of_both_streams_are_there(ended: Ended) -> None:
    assert {
        "trading.order.submissions",
        "trading.order.rejections",
        "trading.execution.fills",
        "trading.execution.slippage",
        "trading.market_data.age",
        "trading.market_data.latency",
        "trading.position.quantity",
        "trading.pnl.unrealized",
        "trading.rate_limit.utilization",
        "trading.stream.connection.active",
    } <= ended.store.metric_names()


def test_neither_keys_nor_the_account_are_on_disk(ended: Ended) -> None:
    kept = "".join(path.read_text() for path in ended.store.folder.rglob("*.jsonl"))
    assert "dip-" in kept
    assert [secret for secret in (*SECRET, "PA3XKQ7W2R9T") if secret in kept] == []
