"""A small python-binance bot, as one finds them: it knows nothing of OpenTelemetry.

It bids below the market, gives up on that, buys at the market instead, and once asks for more than it has money for.
VENUE_URL is an address that speaks Binance's spot protocol.
"""

import asyncio
import logging
import os

from binance import AsyncClient, BinanceSocketManager
from binance.exceptions import BinanceAPIException

log = logging.getLogger("dip_buyer")

SYMBOL = os.environ.get("BOT_SYMBOL", "BTCUSDT")
VENUE = os.environ.get("VENUE_URL", "http://127.0.0.1:9000")


AsyncClient.API_URL = f"{VENUE}/api"
AsyncClient.WS_API_URL = f"{VENUE.replace('http', 'ws', 1)}/ws-api/v3"


async def follow_orders(sockets: BinanceSocketManager, ready: asyncio.Event) -> None:
    """Log what becomes of the orders, as the venue's stream tells it."""
    async with sockets.user_socket() as stream:
        ready.set()
        while True:
            message = await stream.recv()
            if message["e"] == "executionReport":
                log.info("order %s is %s, %s filled", message["C"] or message["c"], message["X"], message["z"])


async def trade(client: AsyncClient) -> None:
    """Bid, give up, buy, and overreach."""
    book = await client.get_orderbook_ticker(symbol=SYMBOL)
    bid = round(float(book["bidPrice"]) * 0.9, 2)
    order = await client.order_limit_buy(symbol=SYMBOL, quantity=0.01, price=bid, newClientOrderId="dip-1")
    log.info("dip-1: bidding %s", order["price"])
    await asyncio.sleep(0.5)
    await client.cancel_order(symbol=SYMBOL, orderId=order["orderId"])
    order = await client.order_market_buy(symbol=SYMBOL, quantity=0.01, newClientOrderId="dip-2")
    log.info("dip-2: %s for %s", order["executedQty"], order["cummulativeQuoteQty"])
    try:
        await client.order_market_buy(symbol=SYMBOL, quantity=20, newClientOrderId="dip-3")
    except BinanceAPIException as error:
        log.error("dip-3: %s", error)  # noqa: TRY400 - no stack: nothing is wrong with the code


async def main() -> None:
    """Trade once."""
    client = await AsyncClient.create(os.environ.get("VENUE_KEY", "key"), os.environ.get("VENUE_SECRET", "secret"))
    client.ws_api.TIMEOUT = 2  # seconds; closing waits as long for a last message
    try:
        ready = asyncio.Event()
        follower = asyncio.create_task(follow_orders(BinanceSocketManager(client), ready))
        await ready.wait()
        await trade(client)
        await asyncio.sleep(0.5)
        follower.cancel()
        await asyncio.gather(follower, return_exceptions=True)
    finally:
        await client.close_connection()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    asyncio.run(main())
