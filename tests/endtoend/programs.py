"""Bots that several tests run: short, and without a trading library where none is needed."""

from __future__ import annotations

ONE_ORDER = """
import logging
from otel_trading import order

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
log = logging.getLogger("bot.orders")
with order(client_id="cl-7f3a-0001", venue="binance", symbol="BTC/USDT", side="buy", type="limit",
           quantity=0.5, price=60000) as this:
    log.info("sending")
    this.submitted()
    this.acknowledged(id="28173645")
    this.filled(quantity=0.5, price=60000, execution_id="e1")
log.info("order 28173645 is filled")
print("done", flush=True)
"""

ONLY_LOGS = """
import logging
logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
logging.getLogger("bot").info("hello")
print("done", flush=True)
"""
