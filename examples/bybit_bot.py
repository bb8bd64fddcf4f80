"""A small pybit bot, as one finds them: it knows nothing of OpenTelemetry.

It quotes one contract: a limit order near the touch, moved once when it waits too long, canceled when it gets old. Its
orders go over HTTP; its fills come on the private stream. Point it at another venue than Bybit with BYBIT_URL (an
address that speaks Bybit's V5).
"""

import logging
import os
import secrets
import threading
from decimal import Decimal
from typing import Any

from pybit import unified_trading
from pybit.exceptions import InvalidRequestError

log = logging.getLogger("quoter")

URL = os.environ.get("BYBIT_URL", "")
KEYS = {"api_key": os.environ.get("BYBIT_KEY", ""), "api_secret": os.environ.get("BYBIT_SECRET", "")}
CONTRACT = {"category": "linear", "symbol": os.environ.get("BOT_SYMBOL", "BTCUSDT")}
PATIENCE = float(os.environ.get("BOT_PATIENCE", "5"))  # seconds

done = threading.Event()


def on_order(message: dict[str, Any]) -> None:
    """Log what becomes of the orders."""
    for order in message["data"]:
        log.info("order %s is %s, %s filled", order["orderLinkId"], order["orderStatus"], order["cumExecQty"])
        if order["orderStatus"] in {"Filled", "Cancelled", "Rejected"}:
            done.set()


def quote(session: unified_trading.HTTP, name: str, qty: str) -> None:
    """Place one order below the touch, and look after it."""
    bid = Decimal(session.get_tickers(**CONTRACT)["result"]["list"][0]["bid1Price"])
    log.info("%s: buying %s below %s", name, qty, bid)
    done.clear()
    try:
        session.place_order(
            **CONTRACT, side="Buy", orderType="Limit", qty=qty, price=str(bid - 5), timeInForce="GTC", orderLinkId=name
        )
    except InvalidRequestError as error:
        log.error("%s: %s", name, error.message)  # noqa: TRY400 - no stack: nothing is wrong with the code
        return
    if not done.wait(PATIENCE):
        log.warning("%s: the market runs away, moving up", name)
        session.amend_order(**CONTRACT, orderLinkId=name, price=str(bid - 1))
    if not done.wait(PATIENCE):
        log.info("%s: too old, canceling", name)
        session.cancel_order(**CONTRACT, orderLinkId=name)
        done.wait(PATIENCE)


def main() -> None:
    """Quote twice; the second order is more than the account can pay."""
    if URL:
        unified_trading.PRIVATE_WSS = URL.replace("http", "ws", 1) + "/v5/private"
    session = unified_trading.HTTP(testnet=True, **KEYS)
    session.endpoint = URL or session.endpoint
    stream = unified_trading.WebSocket(testnet=True, channel_type="private", **KEYS)
    stream.order_stream(on_order)
    stream.execution_stream(lambda message: log.info("%d executions", len(message["data"])))
    run = secrets.token_hex(2)
    for number, qty in enumerate(("0.5", "5000"), start=1):
        quote(session, f"quote-{run}-{number}", qty)
    stream.exit()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    main()
