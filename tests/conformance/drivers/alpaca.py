"""alpaca-py at the venue that speaks its protocols: the one client that it has, with its streams in threads."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.conformance.driver import Behaviour, Placed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Driver
    from tests.venues.alpaca import AlpacaVenue

_log = logging.getLogger("bot.alpaca")
_SYNC, _RAW = "sync", "raw data"
_SECONDS = 20.0


class _Bot:
    """A bot that trades with models, or with the dictionaries that ``raw_data=True`` gives."""

    def __init__(self, venue: AlpacaVenue, *, raw: bool) -> None:
        from alpaca.trading.client import TradingClient  # noqa: PLC0415 - docs are made without it

        from tests.venues.alpaca import SECRET  # noqa: PLC0415 - needs aiohttp, which docs are made without

        self._venue = venue
        self._keys: dict[str, Any] = {"api_key": SECRET[0], "secret_key": SECRET[1], "raw_data": raw}
        self._client: Any = TradingClient(**self._keys, url_override=venue.url)
        self._running: list[tuple[Any, threading.Thread]] = []
        self._said: list[str] = []
        self._news: set[str] = set()
        self._follows = False

    async def submit(
        self, *, side: str = "buy", quantity: float = 1.0, price: float | None = None, client_id: str = ""
    ) -> Placed:
        from alpaca.trading.requests import LimitOrderRequest, MarketOrderRequest  # noqa: PLC0415 - as above

        asked: dict[str, Any] = {"symbol": _Driver.symbol, "qty": quantity, "side": side, "time_in_force": "day"}
        if client_id:
            asked["client_order_id"] = client_id
        if price is None:
            answer = self._client.submit_order(MarketOrderRequest(**asked))
        else:
            answer = self._client.submit_order(LimitOrderRequest(limit_price=price, **asked))
        order = _placed(answer)
        if self._follows:  # "Order cannot be replaced when the status is accepted, pending_new …"
            await _until(lambda: order.id in self._news)
        return order

    async def amend(self, order: Placed, *, quantity: float, price: float) -> Placed:
        from alpaca.trading.requests import ReplaceOrderRequest  # noqa: PLC0415 - as above

        return _placed(
            self._client.replace_order_by_id(order.id, ReplaceOrderRequest(qty=int(quantity), limit_price=price))
        )

    async def cancel(self, order: Placed) -> Any:
        return self._client.cancel_order_by_id(order.id)

    async def query(self) -> Any:
        return self._client.get_account()

    async def look_up(self, order: Placed) -> Any:
        return self._client.get_order_by_id(order.id)

    async def follow_orders(self) -> None:
        from alpaca.trading.stream import TradingStream  # noqa: PLC0415 - as above

        stream = TradingStream(**self._keys, url_override=self._venue.trading_stream)
        stream.subscribe_trade_updates(self._on_update)
        self._run(stream)
        await _until(lambda: self._venue.listening)
        self._follows = True

    async def follow_market(self) -> None:
        from alpaca.data.live import StockDataStream  # noqa: PLC0415 - as above

        received: list[Any] = []

        async def on_quote(quote: Any) -> None:
            received[:] = [quote]

        stream = StockDataStream(**self._keys, url_override=self._venue.data_stream())
        stream.subscribe_quotes(on_quote, _Driver.symbol)
        self._run(stream)
        await _until(lambda: received)

    def said(self) -> Sequence[str]:
        return list(self._said)

    def execute(self, order: Placed, quantity: float) -> None:
        self._venue.execute(order.id, quantity)

    def refuse_next(self) -> None:
        self._venue.faults.next("refuse")

    def ignore_next(self) -> None:
        self._venue.faults.next("ignore")

    def drop_streams(self) -> None:
        self._venue.drop_streams()

    def silence_streams(self) -> None:
        self._venue.faults.silent = True

    def seen(self) -> Sequence[str]:
        return self._venue.seen()

    async def close(self) -> None:
        for stream, _ in self._running:
            stream.stop()
        self._venue.drop_streams()  # a stream looks whether it was stopped when it has received something, or after 5 s
        for _, thread in self._running:
            thread.join(_SECONDS)
            assert not thread.is_alive(), "a stream did not stop"
        self._client._session.close()

    def _run(self, stream: Any) -> None:
        stream._reconnect_min_backoff = 0.01
        thread = threading.Thread(target=stream.run, daemon=True)
        thread.start()
        self._running.append((stream, thread))

    async def _on_update(self, update: Any) -> None:
        told = _plain(update)
        line = f"order {told['order']['client_order_id']}: {told['event']}"
        _log.info(line)
        self._said.append(line)
        if told["event"] == "new":
            self._news.add(told["order"]["id"])


def _plain(update: Any) -> dict[str, Any]:
    found: dict[str, Any] = update["data"] if isinstance(update, dict) else update.model_dump(mode="json")
    return found


def _placed(order: Any) -> Placed:
    if isinstance(order, dict):
        return Placed(order["client_order_id"], order["id"], order)
    return Placed(order.client_order_id, str(order.id), order)


async def _until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        await asyncio.sleep(0.005)


class _Driver:
    library = "alpaca-py"
    venue = "alpaca"
    symbol = "AAPL"
    price = 180.0
    quantity = 10.0
    variants: Sequence[str] = (_SYNC, _RAW)
    streams_follow = True  # the answer says pending_new and, to a cancel, nothing: the stream says new and canceled
    missing: Mapping[tuple[str, Behaviour], str] = {}

    def instrumentor(self) -> BaseInstrumentor:
        from otel_trading.instrumentation.alpaca import AlpacaInstrumentor  # noqa: PLC0415 - as the other drivers do

        return AlpacaInstrumentor()

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[_Bot]:
        from tests.venues.alpaca import AlpacaVenue  # noqa: PLC0415 - needs aiohttp, which docs are made without

        with AlpacaVenue() as venue:
            bot = _Bot(venue, raw=variant == _RAW)
            try:
                yield bot
            finally:
                await bot.close()


DRIVER: Driver = _Driver()
