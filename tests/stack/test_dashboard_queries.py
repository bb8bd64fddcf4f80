"""Every query of every board and alert rule, put to the real Prometheus and Loki after a night of bots and faults."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.stack.harness.boards import page
from tests.stack.harness.boards.exceptions import RULES, reason
from tests.stack.harness.boards.files import boards, rules
from tests.stack.harness.night import demo
from tests.stack.harness.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.boards.asked import Answer

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.alone,
    pytest.mark.skipif(sys.version_info < (3, 11), reason="the SDK of the dashboards needs Python 3.11"),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Answer]]:
    """What everything returned, asked as Grafana asks: each board as it opens, with the last 15 minutes."""
    folder = tmp_path_factory.mktemp("night")
    (folder / "bots").mkdir()
    with Stack(folder, environment=page.OFTEN) as stack:
        yield page.everything(stack, demo.run(stack, folder / "bots"))


def test_no_query_is_refused_or_warned_of(answers: list[Answer]) -> None:
    assert [f"{answer.query.place}: {answer.trouble} in {answer.sent}" for answer in answers if answer.trouble] == []


def test_every_query_returns_something_or_says_why_not(answers: list[Answer]) -> None:
    missing = [answer for answer in answers if not answer.found and not reason(answer.query)]
    assert [f"{answer.query.place}: {answer.sent}" for answer in missing] == []


def test_every_panel_of_a_board_shows_something(answers: list[Answer]) -> None:
    """Not only one query of each: a panel all of whose queries are excused would be a panel nobody has seen filled."""
    panels = {(a.query.board, a.query.panel): 0 for a in answers if a.query.kind == "panel"}
    for answer in answers:
        if answer.query.kind == "panel":
            panels[answer.query.board, answer.query.panel] += answer.found
    assert sorted(panel for board, panel in (place for place, found in panels.items() if not found)) == sorted(EMPTY)


EMPTY = ("Failed deliveries", "Lost by the Collector", "Refused by stores")
"""Panels that are empty while the pipeline is well: it takes more than a night on a well stack to fill them."""


def test_nothing_is_excused_that_is_not_asked(answers: list[Answer]) -> None:
    assert set(RULES) <= {answer.query.uid for answer in answers if answer.query.kind == "rule"}


def test_everything_that_the_files_ask_was_asked(answers: list[Answer]) -> None:
    asked = {(answer.query.uid, answer.query.panel, answer.query.ref) for answer in answers}
    there = [*(query for board in boards() for query in board.queries), *rules()]
    assert asked == {(query.uid, query.panel, query.ref) for query in there if query.source != "tempo"}
    assert len(asked) > 200


def test_the_table_in_the_docs_has_every_board_and_panel() -> None:
    there = [page.Row(board.title, query.panel) for board in boards() for query in board.queries]
    there += [page.Row("Alert rules", query.panel) for query in rules()]
    assert page.rows(page.PAGE.read_text(encoding="utf-8")) == list(dict.fromkeys(there)), (
        "run python -m tests.stack.harness.boards.page"
    )
