"""Every query of every board and alert rule, put to the real Prometheus and Loki after a night of bots and faults."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.stack.harness.boards import page
from tests.stack.harness.boards.exceptions import RULES, reason
from tests.stack.harness.boards.files import boards, rules

if TYPE_CHECKING:
    from tests.stack.harness.boards.asked import Answer
    from tests.stack.harness.night.demo import Night
    from tests.stack.harness.stack import Stack

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.alone,
    pytest.mark.skipif(sys.version_info < (3, 11), reason="the SDK of the dashboards needs Python 3.11"),
]


@pytest.fixture(scope="module")
def answers(night: tuple[Stack, Night]) -> list[Answer]:
    """What everything returned, asked as Grafana asks: each board as it opens, with the last 15 minutes."""
    return page.everything(*night)


def test_no_query_is_refused_or_warned_of(answers: list[Answer]) -> None:
    assert [f"{answer.query.place}: {answer.trouble} in {answer.sent}" for answer in answers if answer.trouble] == []


def test_every_query_returns_something_or_says_why_not(answers: list[Answer]) -> None:
    missing = [answer for answer in answers if not answer.found and not reason(answer.query)]
    assert [f"{answer.query.place}: {answer.sent}" for answer in missing] == []


def test_every_panel_of_a_board_shows_something(answers: list[Answer]) -> None:
    """Not only one query of each: a panel all of whose queries are excused would be a panel nobody has seen filled."""
    panels: dict[tuple[str, str, int], int] = {}
    for answer in answers:
        if answer.query.kind == "panel":
            panels[answer.query.asker] = panels.get(answer.query.asker, 0) + answer.found
    assert [panel for (_, panel, _), found in panels.items() if not found] == [*EMPTY]


EMPTY = ("Failed deliveries",)
"""Panels that are empty while the pipeline is well."""


def test_nothing_is_excused_that_is_not_asked(answers: list[Answer]) -> None:
    assert set(RULES) <= {answer.query.uid for answer in answers if answer.query.kind == "rule"}


def test_everything_that_the_files_ask_was_asked(answers: list[Answer]) -> None:
    asked = {(answer.query.asker, answer.query.ref) for answer in answers}
    there = [*(query for board in boards() for query in board.queries), *rules()]
    assert asked == {(query.asker, query.ref) for query in there if query.source != "tempo"}
    assert len(asked) > 200


def test_the_table_in_the_docs_has_every_board_and_panel() -> None:
    there = [page.Row(board.title, found[0].panel) for board in boards() for found in page.by_asker(board.queries)]
    there += [page.Row("Alert rules", found[0].panel) for found in page.by_asker(rules())]
    assert page.rows(page.PAGE.read_text(encoding="utf-8")) == there, "run python -m tests.stack.harness.boards.page"
