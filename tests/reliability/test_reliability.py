"""The page on reliability is true: of each pitfall both sides are run, and seen as recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reliability import recorded
from tests.reliability.pitfall import Pitfall, Run, Seen
from tests.reliability.running import run, run_both
from tests.reliability.table import FAMILIES, PITFALLS

if TYPE_CHECKING:
    from pathlib import Path

STOCK = """
import logging
from opentelemetry import trace
print([type(each).__name__ for each in trace.get_tracer_provider()._active_span_processor._span_processors])
log = logging.getLogger("bot")
log.warning("hello")
"""


@pytest.mark.parametrize("pitfall", PITFALLS.values(), ids=PITFALLS)
def test_the_plain_sdk_and_ours_do_as_the_page_says(pitfall: Pitfall, tmp_path: Path) -> None:
    seen = run_both(pitfall, tmp_path)

    expected = recorded.load()[pitfall.name]
    assert recorded.row(pitfall, seen.plain.words, seen.ours.words) == expected
    assert seen.plain.harmed == (not pitfall.not_reproduced), seen.plain.words
    assert seen.ours.harmed == bool(pitfall.still), seen.ours.words


def test_every_recorded_row_is_of_a_pitfall_that_there_is() -> None:
    assert list(recorded.load()) == list(PITFALLS)
    assert len(PITFALLS) == sum(map(len, FAMILIES.values())), "two have the same name"


def test_the_plain_sdk_is_plain(tmp_path: Path) -> None:
    pitfall = Pitfall("stock", "", STOCK, lambda _: Seen("", harmed=False))

    plain: Run = run(pitfall, tmp_path / "plain", ours=False)
    ours: Run = run(pitfall, tmp_path / "ours", ours=True)

    assert plain.stdout == "['BatchSpanProcessor']\n"
    assert ours.stdout == "['StampSpans', 'ShipSpans']\n"
    assert [line.resource.get("telemetry.distro.name") for line in plain.records()] == [None]
    assert [line.resource.get("telemetry.distro.name") for line in ours.records()] == ["otel-trading"]
