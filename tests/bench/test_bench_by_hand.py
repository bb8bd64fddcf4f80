"""The baseline is honest: written by hand, an order's telemetry is what this distribution records of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.sdk.metrics.export import HistogramDataPoint
from opentelemetry.trace import SpanKind

from bench.by_hand import ByHand
from bench.ours import Ours
from bench.venue import Ccxt, Direct
from tests.recording import Recorded, attributes

if TYPE_CHECKING:
    from collections.abc import Callable

OF_THE_MOMENT = ("trading.order.ack.duration",)  # measures time: other values each time


def told(recorded: Recorded, trade: Callable[[str], object]) -> dict[str, Any]:
    """Return all that is recorded of one order, without times."""
    trade("cl-1")
    points = {}
    for name, metric in recorded.metrics().items():
        for point in metric.data.data_points:
            amount = point.sum if isinstance(point, HistogramDataPoint) else getattr(point, "value", None)
            where = (name, frozenset(dict(point.attributes or {}).items()))
            points[where] = "timed" if name in OF_THE_MOMENT else amount
    return {
        "spans": [(span.name, span.kind, attributes(span)) for span in recorded.spans()],
        "events": [(event.event_name, event.severity_text, attributes(event)) for event in recorded.events()],
        "points": points,
    }


@pytest.fixture
def by_hand(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found = Recorded()
    found.install(monkeypatch)
    return told(found, ByHand(Direct(), "order", SpanKind.INTERNAL).trade)


def test_by_hand_the_same_is_recorded_as_by_the_public_api(by_hand: dict[str, Any], recorded: Recorded) -> None:
    ours = told(recorded, Ours(Direct()).trade)
    assert by_hand["spans"] == ours["spans"]
    assert by_hand["events"] == ours["events"]
    assert by_hand["points"] == ours["points"]


def test_an_order_is_one_span_three_events_and_nine_metrics(by_hand: dict[str, Any]) -> None:
    assert [len(by_hand[signal]) for signal in ("spans", "events", "points")] == [1, 3, 9]


def test_the_real_ccxt_takes_the_answer_of_the_process_for_a_filled_order() -> None:
    venue = Ccxt()
    first, second = venue.send("cl-1"), venue.send("cl-2")
    assert first.order_id.isdigit()
    assert (first.execution_id, second.order_id) == (first.order_id, str(int(first.order_id) + 1))
