"""The example bot of pybit, unchanged under ``opentelemetry-instrument``: each order is a whole story."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation.versions import installed
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events
from tests.endtoend.bots import bots_in, eventually
from tests.venues.bybit import KEY, SECRET, BybitVenue

if TYPE_CHECKING:
    from tests.endtoend.bots import Ended

pytestmark = pytest.mark.skipif(not installed("pybit"), reason="pybit is not installed here")

BOT = Path(__file__).parents[2] / "examples" / "bybit_bot.py"


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The bot's run; the venue executes a part of its first order."""
    with BybitVenue() as venue, bots_in(tmp_path_factory.mktemp("bybit_bot")) as bots:
        environ = {"BYBIT_URL": venue.url, "BYBIT_KEY": KEY, "BYBIT_SECRET": SECRET, "BOT_PATIENCE": "1"}
        bot = bots.start_script(BOT, environ)
        eventually(lambda: venue.subscribed("order") and venue.subscribed("execution"))
        (order,) = eventually(venue.open_orders)
        venue.execute(order, "0.2")
        return bot.end()


def client_ids(ended: Ended) -> list[str]:
    """Return the ids that the bot gave its orders."""
    return sorted(set(re.findall(r"quote-[0-9a-f]{4}-\d", ended.stderr)))


def kinds(ended: Ended, client_id: str) -> list[str]:
    """Return what happened in an order's story, without spans, log lines, and states that pass too fast to be told."""
    steps = ended.store.story(client_id)["steps"]
    return [step["kind"] for step in steps if step["kind"] not in ("span", "request", "log", "updated")]


def test_the_bot_ended_well(ended: Ended) -> None:
    assert ended.returncode == 0, ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(client_ids(ended)) == 2


def test_an_order_that_was_moved_and_given_up_is_a_story_to_its_end(ended: Ended) -> None:
    first = client_ids(ended)[0]
    assert kinds(ended, first) == [
        "submit", "acknowledged", "fill", "amend_requested", "amended", "cancel_requested", "canceled",
    ]  # fmt: skip
    assert ended.store.story(first)["status"] == "canceled"


def test_its_fill_is_told_once_with_its_fee_though_two_streams_tell_of_it(ended: Ended) -> None:
    (fill,) = [event.attributes for event in ended.store.events(events.TRADING_ORDER_FILLED)]
    assert fill[a.TRADING_EXECUTION_QUANTITY] == pytest.approx(0.2)
    assert fill[a.TRADING_EXECUTION_FEE_AMOUNT] == pytest.approx(0.2 * 59_995 * 0.0002)


def test_the_price_that_the_bot_asked_for_is_the_one_that_its_order_was_decided_at(ended: Ended) -> None:
    submitted = [event.attributes for event in ended.store.events(events.TRADING_ORDER_SUBMITTED)]
    assert [each[a.TRADING_ORDER_ARRIVAL_PRICE] for each in submitted] == [60_000.5, 60_000.5]


def test_an_order_that_was_refused_says_why(ended: Ended) -> None:
    assert kinds(ended, client_ids(ended)[1]) == ["submit", "rejected"]
    (rejected,) = ended.store.events(events.TRADING_ORDER_REJECTED)
    assert rejected.attributes[a.TRADING_ORDER_REJECTION_CATEGORY] == "insufficient_funds"


def test_each_plain_log_line_that_names_an_order_is_in_its_story(ended: Ended) -> None:
    for client_id in client_ids(ended):
        lines = [line.partition("quoter: ")[2] for line in ended.stderr.splitlines() if client_id in line]
        told = [step["body"] for step in ended.store.story(client_id)["steps"] if step["kind"] == "log"]
        assert lines
        assert [line for line in lines if line and line not in told] == []


def test_a_line_that_the_handler_logs_without_naming_the_order_is_in_its_story_too(ended: Ended) -> None:
    told = [step.get("body") for step in ended.store.story(client_ids(ended)[0])["steps"]]
    assert "1 executions" in told


def test_each_story_is_one_trace(ended: Ended) -> None:
    for client_id in client_ids(ended):
        assert len(ended.store.story(client_id)["trace_ids"]) == 1


def test_no_secret_of_the_bot_is_on_disk(ended: Ended) -> None:
    kept = "".join(path.read_text() for path in ended.store.folder.rglob("*.jsonl"))
    assert client_ids(ended)[0] in kept
    assert KEY not in kept
    assert SECRET not in kept
