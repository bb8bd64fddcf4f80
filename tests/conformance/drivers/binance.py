"""python-binance: its two clients, their websocket API, futures, and both ways of reading a stream."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from tests.conformance.comparing import without_varying
from tests.instrumentation.binance.async_bots import AsyncBot, FuturesBot, WebsocketBot
from tests.instrumentation.binance.bots import SYMBOL, SyncBot, addresses

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from opentelemetry.instrumentation.instrumentor import BaseInstrumentor  # type: ignore[attr-defined] # untyped

    from tests.conformance.driver import Behaviour, Driver

_SYNC, _ASYNC, _WS, _FUTURES = "sync", "async", "websocket", "futures"
_LENGTH = re.compile(r"'Content-Length': '\d+'")  # the library's random ids begin with no zero, so they vary in length
_OWN_IDS = re.compile(r"x-(?:HNA2TXFJ|Cb7ytekJ)[0-9a-f]+|(?<='id': ')[0-9a-f]{16,22}|(?<=\"id\":\")[0-9a-f]{16,22}")


class _Driver:
    library = "python-binance"
    venue = "binance"
    symbol = SYMBOL
    price = 50_000.0
    quantity = 0.1
    variants: Sequence[str] = (_SYNC, _ASYNC, _WS, _FUTURES)
    missing: Mapping[tuple[str, Behaviour], str] = {}
    streams_follow = False
    pulls = (_ASYNC, _WS, _FUTURES)

    def instrumentor(self) -> BaseInstrumentor:
        from otel_trading.instrumentation.binance import BinanceInstrumentor  # noqa: PLC0415 - as the others do

        return BinanceInstrumentor()

    def comparable(self, text: str) -> str:
        return without_varying(_LENGTH.sub("*", _OWN_IDS.sub("*", text)))

    @asynccontextmanager
    async def open(self, variant: str) -> AsyncIterator[SyncBot | AsyncBot]:
        from otel_trading.demo.venue import VenueThread  # noqa: PLC0415 - needs aiohttp, which docs are made without
        from tests.venues.binance import FuturesVenue  # noqa: PLC0415 - the same

        found: Any = FuturesVenue() if variant == _FUTURES else VenueThread(seed=7, tick_ms=50)
        with found as venue, addresses(venue.url, venue.ws_url):
            bot = await self._bot(variant, venue)
            try:
                yield bot
            finally:
                await bot.close()

    async def _bot(self, variant: str, venue: Any) -> SyncBot | AsyncBot:
        from binance import AsyncClient  # noqa: PLC0415 - docs are made without it

        keys = {"api_key": venue.account.key, "api_secret": venue.account.secret}
        if variant == _SYNC:
            return SyncBot(venue, keys)
        kinds = {_ASYNC: AsyncBot, _WS: WebsocketBot, _FUTURES: FuturesBot}
        client = AsyncClient(**keys) if variant == _FUTURES else await AsyncClient.create(**keys)
        return kinds[variant](venue, client)


DRIVER: Driver = _Driver()
