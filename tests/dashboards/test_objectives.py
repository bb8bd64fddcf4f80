"""Service levels on the board are those that the alert rules compare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from alerts.rule import Rule  # noqa: TC001 - a parameter of a test
from alerts.table import levels as rules
from dashboards import objectives
from dashboards.boards import levels as board

if TYPE_CHECKING:
    from collections.abc import Callable

CHOICE = re.compile(r'\w+=~"\$\w+"(?:, )?')
"""What a variable of the board narrows."""


def without_choices(expr: str) -> str:
    return CHOICE.sub("", expr).replace("{}", "").replace(", }", "}")


@pytest.mark.parametrize("window", objectives.WINDOWS)
@pytest.mark.parametrize(
    ("shown", "compared"),
    [(objectives.failing, rules.order_failures), (objectives.late, rules.late_acks)],
    ids=["orders", "acknowledgements"],
)
def test_a_burn_rate_is_shown_as_it_is_compared(
    window: str, shown: Callable[[str], str], compared: Callable[[str], str]
) -> None:
    assert without_choices(shown(window)) == compared(window)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.uid)
def test_each_rule_of_a_service_level_has_its_panel_with_its_threshold(rule: Rule) -> None:
    assert rule.board == board.BOARD.name
    (panel,) = (each.panel for each in board.BOARD.panels() if each.panel.title == rule.panel)
    lines = [query.expr for query in panel.queries if query.line]
    assert any(f'threshold="{rule.threshold}"' in line for line in lines)
