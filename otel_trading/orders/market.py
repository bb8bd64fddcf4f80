"""Market data as the bot receives it: its age, its latency, its gaps, and the last quote of each symbol."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from opentelemetry._logs import SeverityNumber
from opentelemetry.metrics import Observation

from otel_trading.orders import instruments
from otel_trading.semconv import attributes, events, metrics
from otel_trading.settings import current as settings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.metrics import CallbackOptions


class Quote(NamedTuple):
    """The mid price of a symbol and when it was received (``time.monotonic``, seconds)."""

    mid: float
    received: float


class _Stream(NamedTuple):
    venue: str
    symbol: str
    name: str


_lock = threading.Lock()
_quotes: dict[tuple[str, str], Quote] = {}
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
) -> None:
    """Take note of market data that just arrived.

    ``mid`` is the middle of the best bid and ask where the data has them; ``sent_at`` is the venue's time of
    the data in seconds since the epoch.
    """
    key = _Stream(venue, instruments.bounded_symbol(symbol), stream)
    now = time.monotonic()
    with _lock:
        known = key in _received
        _received[key] = now
        if mid is not None:
            _quotes[venue, symbol] = Quote(mid, now)
    if not known:
        instruments.observe(metrics.TRADING_MARKET_DATA_AGE, _ages)
    if sent_at is not None:
        # Below zero a clock is wrong, which trading.clock.offset tells; a histogram takes no negative values.
        instruments.record(metrics.TRADING_MARKET_DATA_LATENCY, max(time.time() - sent_at, 0.0), _dimensions(key))


def quoted(venue: str, symbol: str, mid: float) -> None:
    """Take note of a quote that was asked for; unlike a stream, what is asked for has no age to watch."""
    with _lock:
        _quotes[venue, symbol] = Quote(mid, time.monotonic())


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


def last_quote(venue: str, symbol: str) -> Quote | None:
    """Return the last quote of a symbol, if it is younger than OTEL_TRADING_ARRIVAL_SECONDS."""
    quote = _quotes.get((venue, symbol))
    if quote is None or time.monotonic() - quote.received > settings().arrival_seconds:
        return None
    return quote


def reset() -> None:
    """Forget every quote and stream."""
    with _lock:
        _quotes.clear()
        _received.clear()
