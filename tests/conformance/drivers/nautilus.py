"""NautilusTrader: a live node at the simulated venue, with its own Binance adapter, and a back-test."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from otel_trading import settings
from tests.conformance.driver import Behaviour, Placed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Driver
    from tests.venues.nautilus.backtest import Backtest
    from tests.venues.nautilus.node import LiveNode
    from tests.venues.nautilus.venue import NautilusVenue

_LIVE, _BACKTEST = "live", "back-test"
_MESSAGES = "a strategy sends messages and is told by events: no call of its raises what became of an order"
_NO_VENUE = "a back-test has no venue outside the process"
_MISSING: Mapping[tuple[str, Behaviour], str] = {
    (_LIVE, Behaviour.AMEND): "the adapter of Binance spot changes no orders; a back-test does",
    (_LIVE, Behaviour.UNANSWERED): f"{_MESSAGES}; what is told of it is tested with the library's own",
    (_LIVE, Behaviour.EXCEPTIONS): _MESSAGES,
    (_BACKTEST, Behaviour.EXCEPTIONS): _MESSAGES,
    (_BACKTEST, Behaviour.REJECT): "the simulated exchange refuses no order for want of money: the risk engine does, "
    "before it leaves",
    (_BACKTEST, Behaviour.UNANSWERED): "the simulated exchange always answers",
    (
        _BACKTEST,
        Behaviour.LATE_FILL,
    ): "reports of a simulation come in from nowhere: they stand in the order's own span",
    (_BACKTEST, Behaviour.QUERY): _NO_VENUE,
    (_BACKTEST, Behaviour.MARKET_DATA): "market data of a back-test has no age",
    (_BACKTEST, Behaviour.SILENCE): _NO_VENUE,
    (_BACKTEST, Behaviour.RECONNECT): _NO_VENUE,
}


class _Live:
    """A bot on a live node."""

    def __init__(self, live: LiveNode, venue: NautilusVenue) -> None:
        self._live = live
        self._strategy = live.strategy
        self._venue = venue

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        order = self._strategy.limit(side, quantity, price, client_id)
        await self._live.submit(order)
        return _placed(order)

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        self._strategy.change(self._native(order), quantity, price)
        return order

    async def cancel(self, order: Placed) -> None:
        await self._live.cancel(self._native(order))

    async def query(self) -> Any:
        return await self._live.query_account()

    async def follow_orders(self) -> None:
        """The node has followed them since it began."""

    async def follow_market(self) -> None:
        await self._live.follow_market()

    def said(self) -> Sequence[str]:
        return list(self._strategy.said)

    def execute(self, order: Placed, quantity: float) -> None:
        self._venue.execute(order.client_id, quantity)

    def refuse_next(self) -> None:
        self._venue.refuse_next()

    def ignore_next(self) -> None:
        self._venue.ignore_next()

    def drop_streams(self) -> None:
        self._venue.faults.disconnect_websockets()

    def silence_streams(self) -> None:
        self._venue.faults.silence(60)

    def seen(self) -> Sequence[str]:
        return self._venue.seen()

    def _native(self, order: Placed) -> Any:
        return self._strategy.known(order.client_id)


class _Backtest:
    """A bot in a back-test, which waits for each tick."""

    def __init__(self, backtest: Backtest) -> None:
        self._backtest = backtest
        self._strategy = backtest.strategy

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        return _placed(self._backtest.submit(self._strategy.limit(side, quantity, price, client_id)))

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        known = self._strategy.known(order.client_id)
        self._backtest.do(lambda: self._strategy.change(known, quantity, price))
        return _placed(known)

    async def cancel(self, order: Placed) -> None:
        known = self._strategy.known(order.client_id)
        self._backtest.do(lambda: self._strategy.cancel_order(known))

    async def look_up(self, order: Placed) -> Any:
        self._backtest.tick()
        return self._strategy.known(order.client_id)

    async def query(self) -> Any:
        """There is nobody to ask."""

    async def follow_orders(self) -> None:
        """A strategy is told of its orders."""

    async def follow_market(self) -> None:
        self._backtest.tick()

    def said(self) -> Sequence[str]:
        return list(self._strategy.said)

    def execute(self, order: Placed, quantity: float) -> None:
        self._backtest.execute(self._strategy.known(order.client_id), quantity)

    def refuse_next(self) -> None:
        raise NotImplementedError(_MISSING[_BACKTEST, Behaviour.REJECT])

    def ignore_next(self) -> None:
        raise NotImplementedError(_MISSING[_BACKTEST, Behaviour.UNANSWERED])

    def drop_streams(self) -> None:
        raise NotImplementedError(_NO_VENUE)

    def silence_streams(self) -> None:
        raise NotImplementedError(_NO_VENUE)

    def seen(self) -> Sequence[str]:
        """Return what the simulated exchange was handed: the orders, and what was asked of each."""
        return [str(event.to_dict(event)) for order in self._backtest.engine.cache.orders() for event in order.events]


def _placed(order: Any) -> Placed:
    venue_order_id = order.venue_order_id
    return Placed(order.client_order_id.value, "" if venue_order_id is None else venue_order_id.value, repr(order))


class _Driver:
    library = "nautilus-trader"
    venue = "binance"
    symbol = "BTCUSDT"
    price = 50_000.0
    quantity = 0.1
    variants: Sequence[str] = (_LIVE, _BACKTEST)
    streams_follow = True
    missing = _MISSING

    def instrumentor(self) -> BaseInstrumentor:
        from otel_trading.instrumentation.nautilus import NautilusInstrumentor  # noqa: PLC0415 - as the other drivers do

        return NautilusInstrumentor()

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[_Live | _Backtest]:
        if variant == _BACKTEST:
            from tests.venues.nautilus.backtest import Backtest  # noqa: PLC0415 - docs are made without the library

            before = settings.current()
            settings.replace_current(before._replace(backtests="on"))
            backtest = Backtest()
            try:
                yield _Backtest(backtest)
            finally:
                backtest.end()
                settings.replace_current(before)
            return
        from tests.venues.nautilus.node import running  # noqa: PLC0415 - docs are made without the library
        from tests.venues.nautilus.venue import NautilusVenue  # noqa: PLC0415 - needs aiohttp, as above

        async with NautilusVenue(seed=7, tick_ms=50) as venue, running(venue) as live:
            yield _Live(live, venue)


DRIVER: Driver = _Driver()
