"""A bot that works with threads: what they do and log for an order is in its story."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots

BOT = """
import logging, threading
from concurrent.futures import ThreadPoolExecutor
from otel_trading import find_order, order

log = logging.getLogger("bot")

def hedge(name):
    log.warning("hedging in %s", name)

def late_fill():
    find_order("28173645").filled(quantity=0.5, price=60000, execution_id="e1")

with ThreadPoolExecutor(2) as pool:
    for number in (1, 2):
        with order(client_id=f"cl-7f3a-000{number}", venue="binance", symbol="BTC/USDT", quantity=0.5) as this:
            this.submitted()
            pool.submit(hedge, f"pool {number}").result()
            thread = threading.Thread(target=hedge, args=(f"thread {number}",))
            thread.start()
            thread.join()
            if number == 1:
                this.acknowledged(id="28173645")
feed = threading.Thread(target=late_fill)
feed.start()
feed.join()
"""


def test_what_threads_do_for_an_order_is_in_its_story(bots: Bots) -> None:
    ended = bots.run(BOT)
    assert ended.returncode == 0, ended.stderr

    for number in (1, 2):
        story = ended.store.story(f"cl-7f3a-000{number}")
        logs = [step["body"] for step in story["steps"] if step["kind"] == "log"]
        assert logs == [f"hedging in pool {number}", f"hedging in thread {number}"]
        assert len(story["trace_ids"]) == 1
    filled = ended.store.story("cl-7f3a-0001")
    assert (filled["status"], filled["fills"]) == ("filled", 1)
