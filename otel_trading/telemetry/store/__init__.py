"""The local store: OTLP/JSON lines on this machine, written by the bot, read by the command line.

A process that only writes imports no reader: names are loaded when they are first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from otel_trading.telemetry.store.encode import LineEncoder as LineEncoder
    from otel_trading.telemetry.store.encode import metrics_line as metrics_line
    from otel_trading.telemetry.store.errors import StoreError as StoreError
    from otel_trading.telemetry.store.housekeeper import sweep as sweep
    from otel_trading.telemetry.store.layout import Signal as Signal
    from otel_trading.telemetry.store.limits import StoreLimits as StoreLimits
    from otel_trading.telemetry.store.reader import Found as Found
    from otel_trading.telemetry.store.reader import StoredLog as StoredLog
    from otel_trading.telemetry.store.reader import StoredSpan as StoredSpan
    from otel_trading.telemetry.store.reader import StoreReader as StoreReader
    from otel_trading.telemetry.store.writer import SignalWriter as SignalWriter

_HOMES = {
    "Found": "reader",
    "LineEncoder": "encode",
    "Signal": "layout",
    "SignalWriter": "writer",
    "StoreError": "errors",
    "StoreLimits": "limits",
    "StoreReader": "reader",
    "StoredLog": "reader",
    "StoredSpan": "reader",
    "metrics_line": "encode",
    "sweep": "housekeeper",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
