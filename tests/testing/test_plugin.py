"""The plugin in the suites of users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.telemetry.store import StoreReader
from tests.testing.suites import outcome, passed, run

if TYPE_CHECKING:
    from pathlib import Path

SUITE = """
import asyncio
import pytest
import otel_trading

def trade(client_id):
    with otel_trading.order(venue="desk-1", client_id=client_id) as this:
        this.submitted()
        this.acknowledged()

@pytest.mark.parametrize("number", range(4))
def test_sync(recorded_orders, number):
    trade(f"cl-sync-{number}")
    assert [story.order.client_ids for story in recorded_orders.stories()] == [(f"cl-sync-{number}",)]
    assert recorded_orders.metric("trading.order.submissions") == 1

@pytest.mark.asyncio
@pytest.mark.parametrize("number", range(4))
async def test_async(recorded_orders, number):
    async def one(name):
        with otel_trading.order(venue="desk-1", client_id=name) as this:
            await asyncio.sleep(0)
            this.submitted()

    names = [f"cl-{number}-{task}" for task in range(3)]
    await asyncio.gather(*map(one, names))
    assert {story.order.client_ids[0] for story in recorded_orders.stories()} == set(names)
    assert len({span.trace_id for span in recorded_orders.spans("order")}) == 3
"""

BESIDE_THE_APPLICATION = """
import logging
import otel_trading

def trade(client_id):
    with otel_trading.order(venue="desk-1", client_id=client_id) as this:
        this.submitted()
        logging.getLogger("bot").info("sending %s", client_id)

def test_before():
    trade("cl-before")

def test_recorded(recorded_orders):
    trade("cl-recorded")
    assert [line.body for line in recorded_orders.logs()] == ["sending cl-recorded"]
    assert recorded_orders.story("cl-recorded").order.venue == "desk-1"

def test_after():
    trade("cl-after")
"""

WITHOUT_ANY = """
import sys

def test_that_asks_for_nothing():
    assert [name for name in sys.modules if name.startswith("opentelemetry.sdk")] == []
    assert "otel_trading.testing.record" not in sys.modules
    assert "rich" not in sys.modules
"""

LEVELS = """
import logging
import pytest

def level():
    root = logging.getLogger()
    return (type(root.level), root.level)

def test_caplog_comes_first(caplog, recorded_orders):
    caplog.set_level(logging.DEBUG)

def test_nothing_is_left_of_the_one_before():
    assert level() == (int, logging.WARNING)

def test_caplog_comes_last(recorded_orders, caplog):
    caplog.set_level(logging.DEBUG)

def test_nothing_is_left_of_this_one_either():
    assert level() == (int, logging.WARNING)

def test_caplog_hears_what_it_would_hear_anyway(caplog, recorded_orders):
    log = logging.getLogger("bot")
    log.info("unheard")
    log.warning("heard")
    assert caplog.messages == ["heard"]
    assert [line.body for line in recorded_orders.logs()] == ["unheard", "heard"]
"""

VENUE = """
def test_a_venue(simulated_venue):
    pass
"""


def test_sync_and_async_tests_record_side_by_side_in_several_processes(tmp_path: Path) -> None:
    passed(run(tmp_path, SUITE, "--numprocesses", "2"), 8)


def test_nothing_is_loaded_for_tests_that_do_not_ask(tmp_path: Path) -> None:
    passed(run(tmp_path, WITHOUT_ANY), 1)


def test_the_level_of_the_root_logger_is_put_back_although_caplog_changes_it(tmp_path: Path) -> None:
    passed(run(tmp_path, LEVELS), 5)


def test_a_recording_inside_an_instrumented_process_takes_its_own_and_leaves_the_rest(tmp_path: Path) -> None:
    store = tmp_path / "store"
    suite = run(tmp_path, BESIDE_THE_APPLICATION, instrument=True, OTEL_TRADING_STORE=str(store))
    passed(suite, 3)
    stored = list(StoreReader(store).logs())
    assert [log.record.body for log in stored if not log.record.event_name] == ["sending cl-before", "sending cl-after"]
    assert "cl-recorded" not in str(stored)


def test_the_plugin_can_be_left_out(tmp_path: Path) -> None:
    done = run(tmp_path, VENUE, "-p", "no:otel_trading")
    assert outcome(done) == "1 error"
    assert "fixture 'simulated_venue' not found" in done.stdout


def test_a_missing_extra_is_told_with_its_remedy_and_no_traceback(tmp_path: Path) -> None:
    done = run(tmp_path, VENUE, conftest="import sys\nsys.modules['aiohttp'] = None\n")
    assert outcome(done) == "1 error"
    assert "the simulated venue needs aiohttp: pip install 'otel-trading[demo]'" in done.stdout
    assert "Traceback" not in done.stdout
    assert "plugin.py" not in done.stdout
