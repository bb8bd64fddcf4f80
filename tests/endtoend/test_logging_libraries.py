"""Bots that log with structlog or loguru: their fields arrive, and their lines join the order that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots

ORDER = """
from otel_trading import order
with order(client_id="cl-7f3a-0001", venue="binance", symbol="BTC/USDT", side="buy", quantity=0.5) as this:
    this.submitted()
    this.acknowledged(id="42")
"""

STRUCTLOG = (
    ORDER
    + """
import structlog
log = structlog.get_logger("bot")
log.info("order filled", order_id="42", price=60000.5)
log.bind(strategy="grid").warning("cl-7f3a-0001 lags")
"""
)

LOGURU = (
    ORDER
    + """
from loguru import logger
logger.bind(order_id=42).info("order filled at {}", 60000.5)
logger.warning("cl-7f3a-0001 lags")
"""
)


def test_lines_of_structlog_join_the_order_they_name(bots: Bots) -> None:
    ended = bots.run(STRUCTLOG)
    assert ended.returncode == 0, ended.stderr

    first, second = ended.store.logs()
    assert (first.body, first.attributes["price"]) == ("order filled", 60000.5)
    assert (second.body, second.attributes["strategy"]) == ("cl-7f3a-0001 lags", "grid")
    story = ended.store.story("cl-7f3a-0001")
    assert [step["body"] for step in story["steps"] if step["kind"] == "log"] == ["order filled", "cl-7f3a-0001 lags"]


def test_lines_of_loguru_join_the_order_they_name(bots: Bots) -> None:
    ended = bots.run(LOGURU)
    assert ended.returncode == 0, ended.stderr

    story = ended.store.story("cl-7f3a-0001")
    assert [step["body"] for step in story["steps"] if step["kind"] == "log"] == [
        "order filled at 60000.5",
        "cl-7f3a-0001 lags",
    ]
