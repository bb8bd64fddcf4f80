"""A live node whose strategy raises ends at once, by os._exit: what was told until then is kept all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

from otel_trading.semconv import events
from tests.endtoend.bots import Ended, bots_in
from tests.venues.nautilus.venue import NautilusVenue

_ROOT = Path(__file__).parents[3]
_BOT = f"""
import asyncio, os, sys
sys.path.insert(0, {str(_ROOT)!r})
from tests.venues.nautilus.node import running
from tests.venues.nautilus.strategy import Puppet

class Place:
    url = os.environ["VENUE"]
    ws_url = url.replace("http", "ws")

def fail(self, event):
    raise ZeroDivisionError("cannot handle it")

Puppet.on_order_accepted = fail

async def main():
    async with running(Place) as node:
        node.strategy.submit_order(node.strategy.limit("buy", 0.1, 50000, "crash"))
        await asyncio.sleep(20)

asyncio.run(main())
"""


async def test_a_strategy_that_raises_is_told_before_the_process_is_gone(tmp_path: Path) -> None:
    async with NautilusVenue(seed=7) as venue:
        with bots_in(tmp_path) as bots:
            started = bots.start(_BOT, {"VENUE": venue.url})
            ended: Ended = await asyncio.to_thread(started.end)
    assert ended.returncode == 1
    (crash,) = ended.store.events(events.TRADING_BOT_UNHANDLED_EXCEPTION)
    assert "ZeroDivisionError: cannot handle it" in str(crash.body)
    assert "event queue of LiveExecutionEngine" in str(crash.body)
    assert ended.store.story("O-crash")["status"] == "new"
