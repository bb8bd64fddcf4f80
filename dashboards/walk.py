"""Everything that the boards ask, one by one: for whoever runs, checks or lists the queries."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, NamedTuple

from dashboards.boards import boards
from dashboards.variables import offered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dashboards.board import Board
    from dashboards.panel import Panel
    from dashboards.queries import Query


class Asked(NamedTuple):
    """A query in its place. ``query.empty`` is the reason why it may return nothing; else it has to return data."""

    board: Board
    panel: Panel
    number: int
    letter: str
    query: Query


def queries() -> Iterator[Asked]:
    """Yield every query of every panel of every board."""
    for board in boards():
        for placed in board.panels():
            for letter, query in zip(ascii_uppercase, placed.panel.queries, strict=False):
                yield Asked(board, placed.panel, placed.number, letter, query)


def choices() -> Iterator[tuple[Board, str, str]]:
    """Yield every query of a variable: its board, the variable's name, and ``label_values(SELECTOR, LABEL)``."""
    for board in boards():
        for shared in board.shared:
            yield board, shared.name, offered(shared)


def panel_number(uid: str, title: str) -> int:
    """Return the number of a panel, which an alert rule names with the board's uid."""
    (board,) = (each for each in boards() if each.uid == uid)
    return board.number_of(title)
