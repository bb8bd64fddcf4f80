"""A bot's session, run as a process of its own: prints what ccxt gave back, as one line of JSON.

``python session.py URL``: trades over REST, async REST and websockets at the venue at URL, lets some requests
fail, logs at DEBUG whatever ccxt logs, and logs what a careless bot logs.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import sys
from typing import Any

import ccxt
import ccxt.async_support
import ccxt.pro
from opentelemetry import baggage, context

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, ccxt_urls

SYMBOL = "BTC/USDT"
logger = logging.getLogger("bot")


class Session:
    """Calls one after the other, keeping what each gave back or raised."""

    def __init__(self, exchange: Any, prefix: str) -> None:
        self.exchange = exchange
        self.prefix = prefix
        self.kept: list[Any] = []

    async def __call__(self, method: str, *args: Any) -> Any:
        """Call ``method`` and keep what comes of it."""
        try:
            result = getattr(self.exchange, method)(*args)
            result = await result if inspect.isawaitable(result) else result
        except ccxt.BaseError as error:
            logger.exception("failed for %s", self.exchange.last_request_url)
            cause, context_ = error.__cause__, error.__context__
            self.kept.append([method, _name(error), error.args, _name(cause), _name(context_)])
            return None
        self.kept.append([method, _name(result), result])
        return result

    def client_id(self, name: str) -> dict[str, str]:
        """Return the parameters that give an order an id of the bot's own."""
        return {"clientOrderId": f"{self.prefix}-{name}"}


def _name(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


async def rest(call: Session) -> None:
    """Trade over REST."""
    await call("load_markets")
    call.kept.clear()
    await call("fetch_time")
    await call("fetch_order_book", SYMBOL, 5)
    await call("fetch_balance")
    order = await call("create_order", SYMBOL, "limit", "buy", 0.01, 59_000, call.client_id("one"))
    logger.info("sent %s", call.exchange.last_request_url)
    order = await call("edit_order", order["id"], SYMBOL, "limit", "buy", 0.02, 58_000, call.client_id("two"))
    await call("fetch_order", order["id"], SYMBOL)
    await call("cancel_order", order["id"], SYMBOL)
    await call("create_order", SYMBOL, "market", "sell", 0.01)  # under an id that ccxt makes
    await call("create_order", "NO/PE", "market", "buy", 1)
    await call("create_order", SYMBOL, "limit", "buy", 100, 59_000)
    await call("cancel_order", "4711", SYMBOL)
    await call("fetch_my_trades", SYMBOL)
    urls, call.exchange.urls = call.exchange.urls, {**call.exchange.urls, **ccxt_urls("http://127.0.0.1:9")}
    await call("fetch_open_orders", SYMBOL)  # nobody there: the exception names the signed address
    call.exchange.urls = urls


def watched(exchange: Any) -> bool:
    """Tell whether somebody waits for a message about orders."""
    return any("orders" in name for client in exchange.clients.values() for name in client.futures)


async def websocket(call: Session) -> None:
    """Trade over the websocket."""
    call.exchange.handle_balance = lambda *_: None
    watch = asyncio.ensure_future(call("watch_orders", SYMBOL))
    while not watched(call.exchange):  # noqa: ASYNC110 - ccxt has no event for it
        await asyncio.sleep(0.01)
    order = await call("create_order_ws", SYMBOL, "limit", "buy", 0.01, 59_000, call.client_id("ws"))
    await watch
    await call("cancel_order_ws", order["id"], SYMBOL)
    await call("watch_order_book", SYMBOL)


async def main(url: str) -> None:
    """Run the sessions."""
    config = {
        "apiKey": DEMO_KEY,
        "secret": DEMO_SECRET,
        "urls": ccxt_urls(url),
        "enableRateLimit": False,
        "timeout_on_exit": 0,
        "options": {"recvWindow": 59_000},
        "verbose": True,
    }
    kept = {}
    context.attach(baggage.set_baggage("desk", "secret-desk"))
    for name, module in (("sync", ccxt), ("async", ccxt.async_support), ("pro", ccxt.pro)):
        exchange = module.binance(config)
        exchange.log = lambda *words: logger.debug(" ".join(map(str, words)))
        call = Session(exchange, name)
        await (websocket(call) if name == "pro" else rest(call))
        closing = exchange.close()
        if inspect.isawaitable(closing):
            await closing
        kept[name] = call.kept
    print(json.dumps(kept, default=str))  # noqa: T201 - this is the script's answer


if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    asyncio.run(main(sys.argv[1]))
