"""The second promise: nothing is lost in silence. What is dropped is counted by signal and reason."""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from otel_trading.orders import instruments
from otel_trading.semconv import attributes, metrics

if TYPE_CHECKING:
    from otel_trading.semconv.attributes import (
        TradingTelemetryDropReasonValues as Reason,
    )
    from otel_trading.semconv.attributes import (
        TradingTelemetrySignalValues as Signal,
    )

_EVERY_SECONDS = 30.0

_logger = logging.getLogger("otel_trading")
_lock = threading.Lock()
_counts: dict[tuple[Signal, Reason], int] = {}
_told: dict[tuple[Signal, Reason], float] = {}


def count(signal: Signal, reason: Reason, records: int, why: str = "") -> None:
    """Count ``records`` as lost, and say so in the log at most once in 30 s for each signal and reason."""
    key = (signal, reason)
    now = time.monotonic()
    with _lock:
        total = _counts[key] = _counts.get(key, 0) + records
        due = now - _told.get(key, -_EVERY_SECONDS) >= _EVERY_SECONDS
        if due:
            _told[key] = now
    instruments.add(
        metrics.TRADING_TELEMETRY_DROPPED,
        records,
        {
            attributes.TRADING_TELEMETRY_SIGNAL: signal.value,
            attributes.TRADING_TELEMETRY_DROP_REASON: reason.value,
        },
    )
    if due:
        _logger.warning("%d records of %s lost so far (%s)%s", total, signal.value, reason.value, why and f": {why}")


def counts() -> dict[tuple[Signal, Reason], int]:
    """Return what was lost in this process so far."""
    with _lock:
        return dict(_counts)
