"""A small alpaca-py bot, as one finds them: it knows nothing of OpenTelemetry.

It follows a stock's quotes and bids a little below them, raises its bid once and gives up when the order gets old;
then it buys at the market and closes the position. APCA_API_BASE_URL and APCA_API_DATA_URL say where: on paper if they
are not set.
"""

import logging
import os
import secrets
import threading
import time
from typing import Any

from alpaca.common.enums import BaseURL
from alpaca.common.exceptions import APIError
from alpaca.data.live import StockDataStream
from alpaca.trading.client import TradingClient
from alpaca.trading.enums import OrderSide, TimeInForce
from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest, ReplaceOrderRequest
from alpaca.trading.stream import TradingStream

log = logging.getLogger("dip_bot")

SYMBOL = os.environ.get("BOT_SYMBOL", "AAPL")
PATIENCE = float(os.environ.get("BOT_PATIENCE", "5"))
URL = os.environ.get("APCA_API_BASE_URL", BaseURL.TRADING_PAPER.value)
DATA_URL = os.environ.get("APCA_API_DATA_URL", BaseURL.MARKET_DATA_STREAM.value)
KEYS = (os.environ["APCA_API_KEY_ID"], os.environ["APCA_API_SECRET_KEY"])

quotes: dict[str, Any] = {}


async def on_quote(quote: Any) -> None:
    """Keep the last quote."""
    quotes[quote.symbol] = quote


async def on_update(update: Any) -> None:
    """Log what becomes of the orders."""
    log.info("%s: %s, %s filled", update.order.client_order_id, update.event, update.order.filled_qty)


def follow() -> None:
    """Run both streams, each in a thread of its own."""
    orders = TradingStream(*KEYS, url_override=URL.replace("http", "ws", 1) + "/stream")
    orders.subscribe_trade_updates(on_update)
    prices = StockDataStream(*KEYS, url_override=DATA_URL.replace("http", "ws", 1) + "/v2/iex")
    prices.subscribe_quotes(on_quote, SYMBOL)
    for stream in (orders, prices):
        threading.Thread(target=stream.run, daemon=True).start()
    while SYMBOL not in quotes:
        time.sleep(0.05)


def main() -> None:
    """Trade once."""
    name = f"dip-{secrets.token_hex(2)}"
    client: Any = TradingClient(*KEYS, url_override=URL)
    follow()
    buy = {"symbol": SYMBOL, "qty": 10, "side": OrderSide.BUY, "time_in_force": TimeInForce.DAY}
    bid = quotes[SYMBOL].bid_price
    order = client.submit_order(LimitOrderRequest(limit_price=round(bid * 0.99, 2), client_order_id=name, **buy))
    log.info("%s: bidding at %s", name, order.limit_price)
    time.sleep(PATIENCE)
    log.warning("%s: the market runs away, bidding more", name)
    order = client.replace_order_by_id(order.id, ReplaceOrderRequest(limit_price=round(bid * 0.995, 2)))
    time.sleep(PATIENCE)
    log.info("%s: too old, canceling", order.client_order_id)
    client.cancel_order_by_id(order.id)
    try:
        client.submit_order(MarketOrderRequest(client_order_id=f"{name}-all-in", **(buy | {"qty": 1_000_000})))
    except APIError as error:
        log.error("%s-all-in: %s", name, error.message)  # noqa: TRY400 - no stack: nothing is wrong with the code
    client.submit_order(MarketOrderRequest(client_order_id=f"{name}-now", **buy))
    time.sleep(PATIENCE)
    for position in client.get_all_positions():
        log.info("%s of %s, %s gained", position.qty, position.symbol, position.unrealized_pl)
        client.close_position(position.symbol)
    time.sleep(PATIENCE)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    main()
