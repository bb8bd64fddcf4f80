"""The example bot of python-binance, unchanged under ``opentelemetry-instrument``: each order is a whole story."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread
from otel_trading.instrumentation.versions import installed
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events
from tests.endtoend.bots import bots_in

if TYPE_CHECKING:
    from tests.endtoend.bots import Ended

pytestmark = pytest.mark.skipif(not installed("python-binance"), reason="python-binance is not installed here")

BOT = Path(__file__).parents[2] / "examples" / "binance_bot.py"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run."""
    with VenueThread(seed=7) as venue, bots_in(tmp_path_factory.mktemp("binance_bot")) as bots:
        environ = {"VENUE_URL": venue.url, "VENUE_KEY": DEMO_KEY, "VENUE_SECRET": DEMO_SECRET}
        return bots.start_script(BOT, environ).end()


def kinds(ended: Ended, client_id: str) -> list[str]:
    """Return what happened in an order's story, without spans and log lines."""
    steps = ended.store.story(client_id)["steps"]
    return [step["kind"] for step in steps if step["kind"] not in ("span", "request", "log")]


def test_the_bot_ended_well(ended: Ended) -> None:
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_order_that_was_given_up_is_a_story_from_submit_to_cancel(ended: Ended) -> None:
    assert kinds(ended, "dip-1") == ["submit", "acknowledged", "cancel_requested", "canceled"]
    assert ended.store.story("dip-1")["status"] == "canceled"


def test_an_order_that_was_filled_has_its_fills_once_though_answer_and_stream_both_tell_them(ended: Ended) -> None:
    found = kinds(ended, "dip-2")
    assert found[:2] == ["submit", "acknowledged"]
    assert set(found[2:]) == {"fill"}
    assert ended.store.story("dip-2")["status"] == "filled"
    fills = [event.attributes for event in ended.store.events(events.TRADING_ORDER_FILLED)]
    assert sum(float(str(fill[a.TRADING_EXECUTION_QUANTITY])) for fill in fills) == pytest.approx(0.01)
    assert len({str(fill[a.TRADING_EXECUTION_ID]) for fill in fills}) == len(fills) == len(found) - 2


def test_an_order_that_was_refused_says_why(ended: Ended) -> None:
    assert kinds(ended, "dip-3") == ["submit", "rejected"]
    (rejected,) = ended.store.events(events.TRADING_ORDER_REJECTED)
    assert rejected.attributes[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"


def test_each_plain_log_line_that_names_an_order_is_in_its_story(ended: Ended) -> None:
    for client_id in ("dip-1", "dip-2"):
        lines = [line.partition("dip_buyer: ")[2] for line in ended.stderr.splitlines() if client_id in line]
        told = [step["body"] for step in ended.store.story(client_id)["steps"] if step["kind"] == "log"]
        assert lines
        assert [line for line in lines if line and line not in told] == []


def test_each_story_is_one_trace(ended: Ended) -> None:
    for client_id in ("dip-1", "dip-2", "dip-3"):
        assert len(ended.store.story(client_id)["trace_ids"]) == 1


def test_no_secret_of_the_bot_is_on_disk(ended: Ended) -> None:
    kept = "".join(path.read_text() for path in ended.store.folder.rglob("*.jsonl"))
    assert "dip-1" in kept
    assert DEMO_KEY not in kept
    assert DEMO_SECRET not in kept
    assert "signature=" not in kept
