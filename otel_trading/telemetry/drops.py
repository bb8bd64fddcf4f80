"""The second promise: nothing is lost in silence. What is dropped is counted by signal and reason."""

from __future__ import annotations

import logging
import os
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


class _Losses:
    """What one process lost, and what of it is still to be told."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.counts: dict[tuple[Signal, Reason], int] = {}
        self.untold: dict[tuple[Signal, Reason], str] = {}
        self.told_at: dict[tuple[Signal, Reason], float] = {}


_losses = _Losses()


def count(signal: Signal, reason: Reason, records: int, why: str = "") -> None:
    """Count ``records`` as lost. Called on the order's thread too: that it is logged is left to :func:`tell`."""
    key = (signal, reason)
    with _losses.lock:
        _losses.counts[key] = _losses.counts.get(key, 0) + records
        _losses.untold[key] = why or _losses.untold.get(key, "")
    instruments.add(
        metrics.TRADING_TELEMETRY_DROPPED,
        records,
        {
            attributes.TRADING_TELEMETRY_SIGNAL: signal.value,
            attributes.TRADING_TELEMETRY_DROP_REASON: reason.value,
        },
    )


def tell(*, at_end: bool = False) -> None:
    """Log what was lost since it was told last, for each signal and reason at most once in 30 s.

    ``at_end`` tells all that is untold. Not for the order's thread: the bot's log handlers may be slow.
    """
    if not _losses.untold:
        return
    now = time.monotonic()
    with _losses.lock:
        due = [
            (key, _losses.counts[key], _losses.untold.pop(key))
            for key in list(_losses.untold)
            if at_end or now - _losses.told_at.get(key, -_EVERY_SECONDS) >= _EVERY_SECONDS
        ]
        _losses.told_at.update((key, now) for key, _, _ in due)
    for (signal, reason), total, why in due:
        words = f"{total} records of {signal.value} lost so far ({reason.value})" if total else signal.value
        _logger.warning("%s%s", words, why and f": {why}")


def counts() -> dict[tuple[Signal, Reason], int]:
    """Return what was lost in this process so far."""
    with _losses.lock:
        return dict(_losses.counts)


def reset() -> None:
    """Begin anew, as a forked child does: its parent's losses are the parent's to tell."""
    global _losses  # noqa: PLW0603 - with its lock, which another thread of the parent may have held
    _losses = _Losses()


os.register_at_fork(after_in_child=reset)
