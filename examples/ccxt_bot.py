"""A small ccxt bot, as one finds them: it knows nothing of OpenTelemetry.

It quotes one symbol: now and then a limit order near the touch, moved once when the market runs away and
canceled when it gets old. Point it at a venue with VENUE_URL (an address that speaks Binance's spot protocol)
and run it for BOT_SECONDS.
"""

import asyncio
import itertools
import logging
import os
import secrets
import time

import ccxt.pro

log = logging.getLogger("grid_bot")

SYMBOL = os.environ.get("BOT_SYMBOL", "BTC/USDT")
SECONDS = float(os.environ.get("BOT_SECONDS", "10"))
VENUE = os.environ.get("VENUE_URL", "http://127.0.0.1:9000")


def connect() -> ccxt.pro.binance:
    """Return the exchange, with its addresses turned to VENUE."""
    streams = VENUE.replace("http", "ws", 1)
    return ccxt.pro.binance(
        {
            "apiKey": os.environ.get("VENUE_KEY", "demo-key"),
            "secret": os.environ.get("VENUE_SECRET", "demo-secret"),
            "urls": {
                "api": {
                    "public": f"{VENUE}/api/v3",
                    "private": f"{VENUE}/api/v3",
                    "v1": f"{VENUE}/api/v1",
                    "sapi": f"{VENUE}/sapi/v1",
                    "fapiPublic": f"{VENUE}/fapi/v1",
                    "dapiPublic": f"{VENUE}/dapi/v1",
                    "ws": {"spot": f"{streams}/stream/ws", "ws-api": {"spot": f"{streams}/ws-api/v3"}},
                }
            },
        }
    )


async def follow_orders(exchange: ccxt.pro.binance) -> None:
    """Log what becomes of the orders, as the venue's stream tells it."""
    while True:
        for order in await exchange.watch_orders():
            log.info("order %s is %s, %s filled", order["clientOrderId"], order["status"], order["filled"])


async def follow_book(exchange: ccxt.pro.binance) -> None:
    """Keep the order book fresh."""
    while True:
        await exchange.watch_order_book(SYMBOL)


async def quote(exchange: ccxt.pro.binance, number: int, name: str) -> None:
    """Place one order, look after it, and give up on it when it gets old."""
    side = "buy" if number % 2 else "sell"
    book = exchange.orderbooks[SYMBOL]
    price = book["bids"][0][0] if side == "buy" else book["asks"][0][0]
    log.info("%s: %s signal, quoting at %s", name, side, price)
    order = await exchange.create_order(SYMBOL, "limit", side, 0.5, price, {"clientOrderId": name})
    await asyncio.sleep(1.5)
    order = await exchange.fetch_order(order["id"], SYMBOL)
    if order["status"] == "open" and number % 3 == 0:
        better = price * (1.0002 if side == "buy" else 0.9998)
        log.warning("%s: the market runs away, moving to %.2f", name, better)
        params = {"clientOrderId": f"{name}-b"}
        order = await exchange.edit_order(order["id"], SYMBOL, "limit", side, order["remaining"], better, params)
        await asyncio.sleep(1)
        order = await exchange.fetch_order(order["id"], SYMBOL)
    if order["status"] == "open":
        log.info("%s: too old, canceling", name)
        await exchange.cancel_order(order["id"], SYMBOL)


async def careful_quote(exchange: ccxt.pro.binance, number: int, name: str) -> None:
    """Place one order; an error is logged and ends this order, not the bot."""
    try:
        await quote(exchange, number, name)
    except ccxt.BaseError:
        log.exception("%s failed", name)


async def greedy_order(exchange: ccxt.pro.binance, name: str) -> None:
    """Ask for more than the account holds, as bots do when their view of the balance is stale."""
    try:
        await exchange.create_order(SYMBOL, "market", "buy", 20, None, {"clientOrderId": name})
    except ccxt.InsufficientFunds as error:
        log.error("%s: %s", name, error)  # noqa: TRY400 - no stack: nothing is wrong with the code


async def main() -> None:
    """Trade for SECONDS."""
    run = secrets.token_hex(2)
    exchange = connect()
    try:
        await exchange.load_markets()
        followers = [asyncio.create_task(follow(exchange)) for follow in (follow_orders, follow_book)]
        await exchange.watch_order_book(SYMBOL)
        end = time.monotonic() + SECONDS
        quotes = []
        for number in itertools.count(1):
            name = f"grid-{run}-{number:03d}"
            if number == 4:  # noqa: PLR2004 - some time in the run
                await greedy_order(exchange, name)
            else:
                quotes.append(asyncio.create_task(careful_quote(exchange, number, name)))
            await asyncio.sleep(1.1)
            if time.monotonic() > end:
                break
        await asyncio.gather(*quotes)
        for follower in followers:
            follower.cancel()
        log.info("done: %d quotes", len(quotes))
    finally:
        await exchange.close()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    asyncio.run(main())
