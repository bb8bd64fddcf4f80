"""The example bot on NautilusTrader under ``opentelemetry-instrument``: every order of it is a whole story."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET
from otel_trading.semconv import attributes as a
from tests.endtoend.bots import Ended, bots_in
from tests.venues.nautilus.venue import NautilusVenue

BOT = Path(__file__).parents[2] / "examples" / "nautilus_bot.py"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run."""
    return asyncio.run(_run(tmp_path_factory.mktemp("nautilus_bot")))


async def _run(folder: Path) -> Ended:
    async with NautilusVenue(seed=7, tick_ms=50) as venue:
        environ = {
            "BINANCE_HTTP_URL": venue.url,
            "BINANCE_WS_URL": venue.ws_url,
            "BINANCE_API_KEY": DEMO_KEY,
            "BINANCE_API_SECRET": DEMO_SECRET,
        }
        with bots_in(folder) as bots:
            return await asyncio.to_thread(bots.start_script(BOT, environ).end)


def order_ids(ended: Ended) -> list[str]:
    assert ended.returncode == 0, ended.stderr
    return sorted(set(re.findall(r"O-\d{8}-\d{6}-001-000-\d+", ended.stderr)))


def kinds(story: dict[str, Any]) -> list[str]:
    """Return the steps of a story that the venue or the bot took, without the bare requests."""
    return [step["kind"] for step in story["steps"] if step["kind"] not in ("span", "request", "log", "updated")]


def test_an_order_at_the_market_is_told_from_its_leaving_to_its_fill(ended: Ended) -> None:
    bought, _ = order_ids(ended)
    story = ended.store.story(bought)
    assert kinds(story) == ["submit", "acknowledged", "fill"]
    assert (story["status"], len(story["venue_ids"]), len(story["trace_ids"])) == ("filled", 1, 1)


def test_an_order_sent_because_of_a_fill_is_a_story_and_a_trace_of_its_own(ended: Ended) -> None:
    bought, offered = (ended.store.story(name) for name in order_ids(ended))
    assert kinds(offered) == ["submit", "acknowledged", "cancel_requested", "canceled"]
    assert len(offered["trace_ids"]) == 1
    assert offered["trace_ids"] != bought["trace_ids"]


def test_what_the_bot_logs_with_python_s_logging_is_in_its_order_s_story(ended: Ended) -> None:
    _, offered = order_ids(ended)
    told = [step["body"] for step in ended.store.story(offered)["steps"] if step["kind"] == "log"]
    assert f"{offered}: nobody wants it, taking it back" in told


def test_what_the_bot_logs_of_no_order_names_its_strategy(ended: Ended) -> None:
    (line,) = [record for record in ended.store.logs() if str(record.body).startswith("buying at")]
    assert line.attributes[a.TRADING_STRATEGY_ID] == "Turn-000"


def test_the_bot_s_metrics_are_there(ended: Ended) -> None:
    assert {
        "trading.order.submissions",
        "trading.order.ack.duration",
        "trading.execution.fills",
        "trading.position.quantity",
        "trading.pnl.realized",
        "trading.market_data.age",
        "trading.tick_to_trade.duration",
        "trading.stream.connection.active",
    } <= ended.store.metric_names()


def test_no_secret_of_the_bot_is_on_disk(ended: Ended) -> None:
    kept = "".join(path.read_text() for path in ended.store.folder.rglob("*.jsonl"))
    assert "turn_bot" in kept
    assert "signature=" not in kept
    assert DEMO_SECRET not in kept
