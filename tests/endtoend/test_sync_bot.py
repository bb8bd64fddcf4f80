"""A synchronous ccxt bot: each order is a story, with the plain log lines that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots

BOT = """
import logging, os
import ccxt
from otel_trading.demo.venue import ccxt_urls

logging.basicConfig(level=logging.INFO, format="%(message)s")
log = logging.getLogger("bot.orders")
exchange = ccxt.binance({
    "apiKey": os.environ["KEY"], "secret": os.environ["SECRET"], "urls": ccxt_urls(os.environ["VENUE"]),
    "options": {"fetchMarkets": {"types": ["spot"]}},
})
log.info("sending cl-7f3a-0001")
order = exchange.create_order("BTC/USDT", "market", "buy", 0.5, None, {"clientOrderId": "cl-7f3a-0001"})
log.info("order %s is %s", order["id"], order["status"])
try:
    exchange.create_order("BTC/USDT", "market", "buy", 20, None, {"clientOrderId": "cl-7f3a-0002"})
except ccxt.InsufficientFunds:
    log.exception("cl-7f3a-0002 failed")
exchange.session.close()
print(order["id"])
"""


def test_the_stories_of_a_synchronous_bot_are_whole(bots: Bots, venue: VenueThread) -> None:
    ended = bots.run(BOT, {"VENUE": venue.url, "KEY": DEMO_KEY, "SECRET": DEMO_SECRET}, name="grid_btc")
    assert ended.returncode == 0, ended.stderr
    venue_id = ended.stdout.strip()

    story = ended.store.story("cl-7f3a-0001")
    assert story["status"] == "filled"
    assert story["service"] == "grid_btc"
    assert story["venue_ids"] == [venue_id]
    assert story["fills"] >= 1
    logs = [step["body"] for step in story["steps"] if step["kind"] == "log"]
    assert logs == ["sending cl-7f3a-0001", f"order {venue_id} is closed"]
    kinds = [step["kind"] for step in story["steps"]]
    assert kinds.index("submit") < kinds.index("acknowledged") < kinds.index("fill")
    assert ended.store.story(venue_id)["client_ids"] == ["cl-7f3a-0001"]

    refused = ended.store.story("cl-7f3a-0002")
    assert refused["status"] == "rejected"
    assert [step["severity"] for step in refused["steps"] if step["kind"] == "log"] == ["ERROR"]

    assert {"trading.order.submissions", "trading.order.rejections"} <= ended.store.metric_names()

    kept = "".join(path.read_text() for path in ended.store.folder.rglob("*.jsonl"))
    assert "signature=" not in kept
    assert DEMO_KEY not in kept
    headers = {name.lower() for request in venue.requests for name in request.headers}
    assert not {"traceparent", "tracestate", "baggage"} & headers
