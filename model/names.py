"""How a name of the registry is spelled in Python and in Prometheus."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from model.schema import Metric

_UNIT_WORDS: Final = {"s": "seconds", "By": "bytes"}


def constant(name: str) -> str:
    """Spell a dotted name as a constant: ``trading.order.id`` as ``TRADING_ORDER_ID``."""
    return name.replace(".", "_").upper()


def values_class(name: str) -> str:
    """Spell an attribute as the class of its values: ``trading.order.side`` as ``TradingOrderSideValues``."""
    return "".join(part.capitalize() for part in re.split(r"[._]", name)) + "Values"


def prometheus(metric: Metric) -> str:
    """Spell a metric as Prometheus stores it under ``UnderscoreEscapingWithSuffixes``.

    A unit becomes a word, a unit in braces nothing, a counter ends in ``_total``, and only a gauge of unit 1
    in ``_ratio``. A histogram has the series ``_bucket``, ``_sum`` and ``_count`` besides. Source: the metric
    namer of prometheus/otlptranslator.
    """
    parts = [part for part in re.split(r"[^a-zA-Z0-9:]+", metric.name) if part]
    unit = _UNIT_WORDS.get(metric.unit, "")
    if unit and unit not in parts:
        parts.append(unit)
    if metric.kind == "counter":
        parts = [*(part for part in parts if part != "total"), "total"]
    if metric.unit == "1" and metric.kind in {"gauge", "observable_gauge"}:
        parts = [*(part for part in parts if part != "ratio"), "ratio"]
    return "_".join(parts)


def prometheus_label(key: str) -> str:
    """Spell an attribute as Prometheus and Loki do: ``trading.order.side`` as ``trading_order_side``."""
    return re.sub(r"[^a-zA-Z0-9_]", "_", key)
