"""Market data as the bot receives it: its age, its latency, its gaps, and the last quote of each instrument.

One symbol may name several: ``BTCUSDT`` is a pair and a perpetual future at the same venue, each with its own price.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry._logs import SeverityNumber
from opentelemetry.metrics import Observation

from otel_trading.orders import instruments
from otel_trading.semconv import attributes, events, metrics
from otel_trading.semconv.attributes import TradingInstrumentTypeValues as InstrumentType
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.metrics import CallbackOptions


class Quote(NamedTuple):
    """The mid price of an instrument and when it was received (``time.monotonic``, seconds)."""

    mid: float
    received: float


class _Stream(NamedTuple):
    venue: str
    symbol: str
    name: str


_lock = threading.Lock()
_quotes: dict[tuple[str, str], dict[str, Quote]] = {}  # by venue and symbol, then by the instrument's type
_received: dict[_Stream, float] = {}


def _dimensions(stream: _Stream) -> dict[str, str]:
    found = {
        attributes.TRADING_VENUE: stream.venue,
        attributes.TRADING_SYMBOL: stream.symbol,
        attributes.TRADING_STREAM_NAME: stream.name,
    }
    return {key: value for key, value in found.items() if value}


def _ages(_: CallbackOptions) -> Iterable[Observation]:
    now = time.monotonic()
    with _lock:
        last = list(_received.items())
    return [Observation(now - received, _dimensions(stream)) for stream, received in last]


def received(
    venue: str,
    symbol: str,
    stream: str,
    *,
    mid: float | None = None,
    sent_at: float | None = None,
    instrument_type: str = "",
) -> None:
    """Take note of market data that just arrived.

    ``mid`` is the middle of the best bid and ask where the data has them; ``sent_at`` is the venue's time of
    the data in seconds since the epoch. ``instrument_type`` is needed where the venue's symbols name several.
    """
    key = _Stream(venue, instruments.bounded_symbol(symbol), stream)
    now = time.monotonic()
    with _lock:
        known = key in _received
        _received[key] = now
        if mid is not None:
            _quotes.setdefault((venue, symbol), {})[_traded_as(instrument_type)] = Quote(mid, now)
    if not known:
        instruments.observe(metrics.TRADING_MARKET_DATA_AGE, _ages)
    if sent_at is not None:
        # Below zero a clock is wrong, which trading.clock.offset tells; a histogram takes no negative values.
        instruments.record(metrics.TRADING_MARKET_DATA_LATENCY, max(time.time() - sent_at, 0.0), _dimensions(key))


def quoted(venue: str, symbol: str, mid: float, *, instrument_type: str = "") -> None:
    """Take note of a quote that was asked for; unlike a stream, what is asked for has no age to watch."""
    with _lock:
        _quotes.setdefault((venue, symbol), {})[_traded_as(instrument_type)] = Quote(mid, time.monotonic())


def gap(venue: str, symbol: str, stream: str) -> None:
    """Record that market data is missing: a sequence number was skipped."""
    from otel_trading.orders import emit  # noqa: PLC0415 - a gap is rare, and emit knows orders

    key = _Stream(venue, instruments.bounded_symbol(symbol), stream)
    instruments.add(metrics.TRADING_MARKET_DATA_SEQUENCE_GAPS, 1, _dimensions(key))
    emit.event(
        events.TRADING_MARKET_DATA_GAP,
        f"gap in {stream} of {symbol}",
        _dimensions(key) | {attributes.TRADING_SYMBOL: symbol},
        SeverityNumber.WARN,
    )


def last_quote(venue: str, symbol: str, instrument_type: str = "") -> Quote | None:
    """Return the last quote of an instrument, if it is younger than OTEL_TRADING_ARRIVAL_SECONDS.

    A quote of that very type counts first, then one whose type was not told. Where the type asked for is not known,
    it must be the only one that the symbol has.
    """
    with _lock:
        found = dict(_quotes.get((venue, symbol), ()))
    is_plain = not instrument_type and len(found) == 1
    wanted = found.values() if is_plain else map(found.get, (_traded_as(instrument_type), ""))
    earliest = time.monotonic() - settings().arrival_seconds
    return next((quote for quote in wanted if quote is not None and quote.received >= earliest), None)


def _traded_as(instrument_type: str) -> str:
    """Return the type of instrument whose prices are meant: bought on margin, a pair has the price that it has."""
    return InstrumentType.SPOT.value if instrument_type == InstrumentType.MARGIN.value else instrument_type


def reset() -> None:
    """Forget every quote and stream."""
    with _lock:
        _quotes.clear()
        _received.clear()
