"""Why a query may return nothing after the night. Whatever is not here has to return something."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tests.stack.harness.boards.files import Query

RULES: Final = {
    "risk-checks-absent": "finds bots that check nothing before they trade: each of the night's does, or sends too few",
    "orders-stuck": "finds bots whose orders have been open for long",
    "market-data-absent": "finds feeds that were measured in the last hour, and are no more",
    "bot-silent": "finds bots that told of themselves in the last hour, and do no more",
    "collector-dropping": "the Collector tells it from the first loss on",
    "exporter-failing": "the Collector tells it from the first failure on",
    "alerts-undelivered": "Grafana is scraped where it runs, which it does not in the proof",
}
"""Rules that find nothing on a desk where what they look for has not happened. All fire in promtool's tests."""


def reason(query: Query) -> str:
    """Return why a query may find nothing, or ''."""
    if query.kind == "rule":
        return RULES.get(query.uid, "")
    return _of_panels().get((query.uid, query.number, query.ref), "")


@functools.cache
def _of_panels() -> dict[tuple[str, int, str], str]:
    from dashboards.walk import queries  # noqa: PLC0415 - its SDK wants a newer Python than the rest

    return {(asked.board.uid, asked.number, asked.letter): asked.query.empty for asked in queries()}
