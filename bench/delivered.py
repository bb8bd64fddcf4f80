"""What of the telemetry arrived: counted where it was sent to, since a cost without delivery means nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.semconv.metrics import TRADING_ORDER_SUBMISSIONS
from otel_trading.telemetry.store import StoreReader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class Delivered(NamedTuple):
    """Spans and logs that arrived, and the orders that the metrics counted."""

    spans: int
    logs: int
    orders: int

    def per_order(self, orders: int) -> str:
        """Write it as shares of so many orders: spans, logs, orders counted."""
        return " ".join(f"{count / orders:.2f}" for count in self)


def in_store(root: Path) -> Delivered:
    """Return what the local store at ``root`` holds."""
    reader = StoreReader(root)
    spans, logs = sum(1 for _ in reader.spans()), sum(1 for _ in reader.logs())
    counted = [
        sum(int(point["asInt"]) for point in metric["sum"]["dataPoints"])
        for export in reader.metrics()
        for metric in _metrics(export)
        if metric["name"] == TRADING_ORDER_SUBMISSIONS.name
    ]
    return Delivered(spans, logs, max(counted, default=0))


def _metrics(export: dict[str, Any]) -> Iterable[dict[str, Any]]:
    for resource in export["resourceMetrics"]:
        for scope in resource["scopeMetrics"]:
            yield from scope["metrics"]
