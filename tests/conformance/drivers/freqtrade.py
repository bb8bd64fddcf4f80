"""freqtrade's exchange object, live and in dry-run, on the simulated venue.

What it is told is what the bot's loop tells it: an order is sent, asked for, canceled. The loop itself, its messages
and its strategy are run whole in ``tests/examples``.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from tests.conformance.comparing import without_varying
from tests.conformance.driver import Behaviour, Placed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from otel_trading.demo.venue import VenueThread
    from tests.conformance.driver import Driver

T = TypeVar("T")

_LIVE, _DRY_RUN = "live", "dry-run"
_ORDER_PATH = "/v3/order"
_SIMULATED_IDS = re.compile(r"dry_run_[^'\s]+")
_PASSED_BY = "42000"  # a price at which every order of the suite has been filled

_POLLS = "freqtrade opens no stream of its orders: each turn of its loop asks what became of them"
_CCXTS = "The one stream that freqtrade opens, of candles, is ccxt.pro's, and is told of by the instrumentor of ccxt"
_REPLACES = "freqtrade amends no order: it cancels it and sends another one"
_ITSELF = "In dry-run freqtrade takes every order and fills it, all at once, itself: no request of an order is made"
_FEW = {
    Behaviour.AMEND: _REPLACES,
    Behaviour.LATE_FILL: _POLLS,
    Behaviour.CORRELATION: _POLLS,
    Behaviour.RECONNECT: _CCXTS,
    Behaviour.SILENCE: _CCXTS,
}
_OF_REQUESTS = (
    Behaviour.REJECT,
    Behaviour.UNANSWERED,
    Behaviour.PARTIAL_FILL,
    Behaviour.QUERY,
    Behaviour.EXCEPTIONS,
)


class _Bot:
    """A bot with nothing but the exchange object."""

    def __init__(self, exchange: Any, venue: VenueThread, thread: ThreadPoolExecutor, *, is_live: bool) -> None:
        self._exchange = exchange
        self._venue = venue
        self._thread = thread
        self._is_live = is_live

    async def submit(
        self,
        *,
        side: str = "buy",
        quantity: float = 1.0,
        price: float | None = None,
        client_id: str = "",  # noqa: ARG002 - freqtrade lets nobody choose one
    ) -> Placed:
        order = self._exchange.create_order(
            pair=_Driver.symbol,
            ordertype="market" if price is None else "limit",
            side=side,
            amount=quantity,
            rate=_Driver.price if price is None else price,
            leverage=1.0,
        )
        return Placed(order.get("clientOrderId") or "", order["id"], dict(order))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        raise NotImplementedError(_REPLACES)

    async def cancel(self, order: Placed) -> Any:
        return self._exchange.cancel_order(order.id, _Driver.symbol)

    async def query(self) -> Any:
        # In dry-run there is no account to be asked for; a price is what both can ask.
        return self._exchange.get_balances() if self._is_live else self._exchange.fetch_ticker(_Driver.symbol)

    async def look_up(self, order: Placed) -> Any:
        return self._exchange.fetch_order(order.id, _Driver.symbol)

    async def follow_orders(self) -> None:
        raise NotImplementedError(_POLLS)

    async def follow_market(self) -> None:
        from freqtrade.enums import CandleType  # noqa: PLC0415 - docs are made without it

        wanted = [(_Driver.symbol, "1m", CandleType.SPOT)]
        # It runs a loop of its own, which it could not in the thread of this one.
        await _in(self._thread, lambda: self._exchange.refresh_latest_ohlcv(wanted))

    def said(self) -> Sequence[str]:
        return []

    def execute(self, order: Placed, quantity: float) -> None:
        from tests.instrumentation.ccxt.bots import execute  # noqa: PLC0415 - needs ccxt

        if self._is_live:
            execute(self._venue, order.id, str(Decimal(str(quantity))))
        else:
            self._venue.set_price("BTCUSDT", _PASSED_BY)

    def refuse_next(self) -> None:
        told = "Account has insufficient balance for requested action."
        self._venue.faults.fail_next(status=400, code=-2010, message=told, path=_ORDER_PATH)

    def ignore_next(self) -> None:
        self._venue.faults.drop_next(path=_ORDER_PATH)

    def drop_streams(self) -> None:
        raise NotImplementedError(_CCXTS)

    def silence_streams(self) -> None:
        raise NotImplementedError(_CCXTS)

    def seen(self) -> Sequence[str]:
        return [
            f"{each.kind} {each.method} {each.path} {each.params} {each.headers} {each.body}"
            for each in self._venue.requests
        ]


async def _in(thread: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    """Run ``work`` in another thread, in the context of this one."""
    return await asyncio.get_running_loop().run_in_executor(thread, contextvars.copy_context().run, work)


def config(url: str, *, dry_run: bool, **changes: Any) -> dict[str, Any]:
    """Return the configuration of a bot that trades at the venue at ``url``, as far as its exchange object needs it."""
    from freqtrade.enums import RunMode  # noqa: PLC0415 - docs are made without it

    from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, ccxt_urls  # noqa: PLC0415 - needs aiohttp

    pricing = {"price_side": "other", "use_order_book": True, "order_book_top": 1}
    return {
        "dry_run": dry_run,
        "runmode": RunMode.DRY_RUN if dry_run else RunMode.LIVE,
        "stake_currency": "USDT",
        "timeframe": "1m",
        "entry_pricing": pricing,
        "exit_pricing": pricing,
        "exchange": {
            "name": "binance",
            "key": DEMO_KEY,
            "secret": DEMO_SECRET,
            "enable_ws": False,
            "ccxt_config": {"urls": ccxt_urls(url), "enableRateLimit": False},
            "pair_whitelist": [_Driver.symbol],
        },
        **changes,
    }


@contextlib.contextmanager
def exchange(url: str, *, dry_run: bool) -> Iterator[Any]:
    """Give an exchange object of freqtrade's own making; to be used in a thread where no event loop runs."""
    from freqtrade.resolvers import ExchangeResolver  # noqa: PLC0415 - docs are made without it

    made = ExchangeResolver.load_exchange(config(url, dry_run=dry_run))
    try:
        yield made
    finally:
        made.close()


class _Driver:
    library = "freqtrade"
    venue = "binance"
    symbol = "BTC/USDT"
    price = 50_000.0
    quantity = 0.1
    variants: Sequence[str] = (_LIVE, _DRY_RUN)
    streams_follow = False
    timeless = (_LIVE, _DRY_RUN)
    nameless = (_LIVE, _DRY_RUN)
    missing: Mapping[tuple[str, Behaviour], str] = {
        **{(variant, behaviour): why for variant in (_LIVE, _DRY_RUN) for behaviour, why in _FEW.items()},
        **{(_DRY_RUN, behaviour): _ITSELF for behaviour in _OF_REQUESTS},
    }

    def instrumentor(self) -> BaseInstrumentor:
        from otel_trading.instrumentation.freqtrade import FreqtradeInstrumentor  # noqa: PLC0415 - as the others do

        return FreqtradeInstrumentor()

    def comparable(self, text: str) -> str:
        from tests.conformance.drivers.ccxt import DRIVER as CCXT  # noqa: PLC0415 - its ids are in the requests

        return without_varying(_SIMULATED_IDS.sub("*", CCXT.comparable(text)))  # type: ignore[attr-defined] # not every driver has it

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[_Bot]:
        from otel_trading.demo.venue import VenueThread  # noqa: PLC0415 - needs aiohttp, which docs are made without

        is_live = variant == _LIVE
        with VenueThread(seed=7) as venue, ThreadPoolExecutor(max_workers=1) as thread:
            opened = exchange(venue.url, dry_run=not is_live)
            made = await _in(thread, opened.__enter__)
            try:
                yield _Bot(made, venue, thread, is_live=is_live)
            finally:
                await _in(thread, lambda: opened.__exit__(None, None, None))


DRIVER: Driver = _Driver()
