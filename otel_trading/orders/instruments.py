"""The metric instruments of the registry, each created at its first use, and the cap on symbols."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, cast

from opentelemetry import metrics as otel

from otel_trading.semconv import SCHEMA_URL
from otel_trading.settings import current as settings
from otel_trading.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from opentelemetry.metrics import (
        CallbackOptions,
        Counter,
        Histogram,
        Instrument,
        Observation,
        UpDownCounter,
        _Gauge,
    )

    from otel_trading.semconv.instrument import Instrument as Definition

    MetricAttributes = Mapping[str, str | bool | int | float]

OTHER = "_other"

_lock = threading.Lock()
_instruments: dict[str, Instrument] = {}
_symbols: set[str] = set()


def _meter() -> otel.Meter:
    return otel.get_meter("otel_trading", __version__, schema_url=SCHEMA_URL)


def _create(definition: Definition) -> Instrument:
    meter = _meter()
    name, unit, description = definition.name, definition.unit, definition.description
    if definition.kind == "histogram":
        return meter.create_histogram(name, unit, description, explicit_bucket_boundaries_advisory=definition.buckets)
    create: dict[str, Callable[[str, str, str], Instrument]] = {
        "counter": meter.create_counter,
        "updowncounter": meter.create_up_down_counter,
        "gauge": meter.create_gauge,
    }
    return create[definition.kind](name, unit, description)


def _instrument(definition: Definition) -> Instrument:
    found = _instruments.get(definition.name)
    if found is None:
        with _lock:
            found = _instruments.get(definition.name)
            if found is None:
                found = _instruments[definition.name] = _create(definition)
    return found


def add(definition: Definition, amount: float, attributes: MetricAttributes) -> None:
    """Add ``amount`` to a counter or an up-down counter."""
    cast("Counter | UpDownCounter", _instrument(definition)).add(amount, attributes)


def record(definition: Definition, value: float, attributes: MetricAttributes) -> None:
    """Record ``value`` in a histogram; the exemplar is the current span."""
    cast("Histogram", _instrument(definition)).record(value, attributes)


def set_gauge(definition: Definition, value: float, attributes: MetricAttributes) -> None:
    """Set a gauge to ``value``."""
    cast("_Gauge", _instrument(definition)).set(value, attributes)


def observe(definition: Definition, callback: Callable[[CallbackOptions], Iterable[Observation]]) -> None:
    """Have ``callback`` asked for the value at each collection; the first one given for a name stays."""
    with _lock:
        if definition.name not in _instruments:
            _instruments[definition.name] = _meter().create_observable_gauge(
                definition.name, [callback], definition.unit, definition.description
            )


def bounded_symbol(symbol: str) -> str:
    """Return ``symbol`` where it is among the first OTEL_TRADING_MAX_SYMBOLS seen, else ``_other``."""
    if symbol in _symbols:
        return symbol
    with _lock:
        if symbol in _symbols or len(_symbols) < settings().max_symbols:
            _symbols.add(symbol)
            return symbol
    return OTHER


def reset() -> None:
    """Forget instruments and symbols, so that a new meter provider gets new ones."""
    with _lock:
        _instruments.clear()
        _symbols.clear()
