"""A small ib_async bot, as one finds them: it knows nothing of OpenTelemetry.

It bids below the market, moves its bid up once and gives up on it; then it buys at the market. IB_HOST, IB_PORT and
IB_CLIENT_ID say which TWS or gateway it talks to: the one for paper trading on this machine if they are not set.
With ib_insync it is the same bot but for the name in the import.
"""

import logging
import os
import secrets

from ib_async import IB, Fill, LimitOrder, MarketOrder, Stock, Trade

log = logging.getLogger("ib_bot")

HOST = os.environ.get("IB_HOST", "127.0.0.1")
PORT = int(os.environ.get("IB_PORT", "7497"))
CLIENT_ID = int(os.environ.get("IB_CLIENT_ID", "7"))
PATIENCE = float(os.environ.get("BOT_SECONDS", "5"))


def on_fill(trade: Trade, fill: Fill) -> None:
    """Log an execution."""
    execution = fill.execution
    log.info("filled %s of %s at %s", execution.shares, trade.order.orderRef, execution.price)


def main() -> None:
    """Bid, move the bid, give up on it, and buy."""
    run = secrets.token_hex(2)
    ib = IB()
    ib.connect(HOST, PORT, clientId=CLIENT_ID)
    ib.execDetailsEvent += on_fill
    stock = Stock("AAPL", "SMART", "USD")
    ib.qualifyContracts(stock)
    ticker = ib.reqMktData(stock)
    while not ticker.bid > 0:
        ib.waitOnUpdate()

    bid = LimitOrder("BUY", 10, round(ticker.bid * 0.99, 2), orderRef=f"dip-{run}-1")
    log.info("%s: bidding %s below %s", bid.orderRef, bid.lmtPrice, ticker.bid)
    trade = ib.placeOrder(stock, bid)
    ib.sleep(PATIENCE)
    bid.lmtPrice = round(ticker.bid * 0.995, 2)
    ib.placeOrder(stock, bid)
    ib.sleep(PATIENCE)
    log.warning("%s: the market does not come, canceling", bid.orderRef)
    ib.cancelOrder(bid)
    while not trade.isDone():
        ib.waitOnUpdate()

    trade = ib.placeOrder(stock, MarketOrder("BUY", 10, orderRef=f"dip-{run}-2"))
    while not trade.isDone():
        ib.waitOnUpdate()
    log.info("holding %s", [position.position for position in ib.positions()])
    ib.disconnect()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    logging.getLogger("ib_async").setLevel(logging.WARNING)  # it logs every message from TWS
    main()
