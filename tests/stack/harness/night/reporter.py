"""A bot whose trading library nobody instruments: it reports its orders itself, in every way an order can end.

It logs thousands of lines at once, gives the API what it can't use, and ends with an exception nobody handles.
``NIGHT_SECONDS`` says how long it trades.
"""

from __future__ import annotations

import itertools
import logging
import os
import random
import secrets
import threading
import time
from typing import TYPE_CHECKING

import otel_trading
from otel_trading.semconv.attributes import TradingOrderRejectionCategoryValues as Category

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading import Order

log = logging.getLogger("otc")

VENUE = "otc-desk"
SYMBOL = "SOL/USDT"
_SECONDS = float(os.environ["NIGHT_SECONDS"])
_BURST = 4_000
_PRICE = 150.0
_chance = random.Random(11)  # noqa: S311 - no secret


def filled(order: Order) -> None:
    """Fill it in two parts, the price slipping either way."""
    for part, (share, liquidity) in enumerate(((0.25, "maker"), (0.75, "taker")), 1):
        time.sleep(abs(_chance.gauss(0.02, 0.01)))
        price = _PRICE * (1 + _chance.gauss(0.0003, 0.0008))
        order.filled(
            quantity=4.0 * share,
            price=price,
            execution_id=f"{order.client_id}-{part}",
            liquidity=liquidity,
            fee=price * 4.0 * share * 0.0005,
            fee_currency="USDT",
        )
    log.info("%s: filled", order.client_id)


def amended(order: Order) -> None:
    """Move it, then fill it."""
    order.amend_requested(price=_PRICE + 0.1)
    order.amended(price=_PRICE + 0.1)
    filled(order)


def canceled(order: Order) -> None:
    """Cancel it."""
    order.cancel_requested()
    order.canceled()


def refused_twice(order: Order) -> None:
    """Have neither the amendment nor the cancellation accepted."""
    order.amend_requested(quantity=1)
    order.amend_rejected(Category.INVALID_ORDER, "too small")
    order.cancel_requested()
    order.cancel_rejected(Category.UNKNOWN_ORDER, "no such order")
    filled(order)


def late(order: Order) -> None:
    """Report a fill after the end."""
    order.expired()
    order.filled(quantity=1.0, price=_PRICE)
    log.warning("%s: a fill after its end", order.client_id)


ENDS: tuple[Callable[[Order], None], ...] = (filled, amended, filled, canceled, filled, refused_twice, filled, late)
REFUSALS = (
    (Category.INSUFFICIENT_FUNDS, "margin"),
    (Category.RISK_LIMIT, "position limit"),
    (Category.RATE_LIMIT, "too many requests"),
)


def trade(number: int, run: str, end: Callable[[Order], None]) -> None:
    """Send one order; each twelfth is refused, each twenty-fifth is not answered."""
    now = time.time()
    otel_trading.market_data(SYMBOL, venue=VENUE, stream="quotes", bid=_PRICE - 0.05, ask=_PRICE + 0.05, sent_at=now)
    with otel_trading.order(
        venue=VENUE,
        symbol=SYMBOL,
        side=_chance.choice(("buy", "sell")),
        type="limit",
        quantity=4.0,
        price=_PRICE,
        instrument_type="spot",
        client_id=f"otc-{run}-{number:05d}",
    ) as order:
        otel_trading.decision("basis", _chance.gauss(0, 1), arrival_price=_PRICE)
        otel_trading.risk_check("price_collar", passed=number % 20 != 0, value=_PRICE, limit=_PRICE * 1.02)
        order.submitted()
        time.sleep(abs(_chance.gauss(0.03, 0.02)) + (0.4 if number % 30 == 0 else 0))
        if number % 25 == 0:
            order.unconfirmed(Category.TIMEOUT, "no answer within 2 s", "TimeoutError")
            log.error("%s: no answer", order.client_id)
            return
        if number % 12 == 0:
            order.rejected(*REFUSALS[number // 12 % len(REFUSALS)])
            log.warning("%s: refused", order.client_id)
            return
        order.acknowledged(id=f"{run}{number}")
        end(order)


def burst() -> None:
    """Log thousands of lines at once, and give the API what it can't use."""
    for line in range(_BURST):
        log.info("reconnect loop %d", line)
    otel_trading.position(SYMBOL, "lots")  # type: ignore[arg-type] # an error of ours, swallowed and counted


def numbered() -> Iterator[tuple[int, Callable[[Order], None]]]:
    """Number the orders and tell how each ends."""
    return enumerate(itertools.cycle(ENDS), 1)


def main() -> None:
    """Trade, then fail."""
    run = secrets.token_hex(2)
    end = time.monotonic() + _SECONDS
    bursts = threading.Timer(min(_SECONDS / 2, 40), burst)
    bursts.start()
    for number, ending in numbered():
        with otel_trading.strategy("basis"):
            trade(number, run, ending)
        if time.monotonic() > end:
            break
    bursts.join()
    raise RuntimeError("the hedge could not be placed")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)-7s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:
            handler.setLevel(logging.WARNING)  # a console would make the burst slow enough for any queue
    for noisy in ("urllib3", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    main()
