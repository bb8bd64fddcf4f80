"""A list of orders on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from otel_trading.cli.order_words import asked, state, traded
from otel_trading.cli.screen import styled, visible
from otel_trading.story.times import moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from otel_trading.story.model import Order, Story

NARROW = 130
"""Below this width an order takes two lines."""


def orders_view(stories: Sequence[Story], width: int, *, local: bool = False) -> RenderableType:
    """Return the list as it is shown on ``width`` columns."""
    return _narrow(stories, local=local) if width < NARROW else _wide(stories, local=local)


def _wide(stories: Sequence[Story], *, local: bool) -> Table:
    columns = ["SUBMITTED " + ("(local)" if local else "(UTC)"), "STATE", "ORDER", "FILLED", "VENUE"]
    table = Table.grid(padding=(0, 2))
    has_strategy = any(story.order.strategy for story in stories)
    columns += ["STRATEGY", "ID"] if has_strategy else ["ID"]
    for _ in columns:
        table.add_column(no_wrap=True)
    table.add_row(*(Text(name, style="quiet") for name in columns))
    for story in stories:
        order = story.order
        cells = [
            _when(story, local=local),
            _state(story),
            styled(asked(order)),
            styled(traded(order, story.numbers)),
            styled(order.venue),
        ]
        cells += [styled(order.strategy)] if has_strategy else []
        table.add_row(*cells, styled(_id(order)))
    return table


def _narrow(stories: Sequence[Story], *, local: bool) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for story in stories:
        order = story.order
        table.add_row(_when(story, local=local), _state(story), styled(asked(order)))
        words = (traded(order, story.numbers), order.venue, order.strategy)
        more = "".join(f" · {word}" for word in words if word)
        table.add_row("", "", Text.assemble(styled(_id(order)), (visible(more), "quiet")))
    return table


def _when(story: Story, *, local: bool) -> Text:
    return Text(f"{moment(story.numbers.started_ns, local=local):%Y-%m-%d %H:%M:%S}", style="quiet")


def _state(story: Story) -> Text:
    words, style = state(story, with_time=False)
    return Text(words, style=style)


def _id(order: Order) -> str:
    """Return the id by which the order is best asked for."""
    ids = (*order.client_ids[-1:], *order.venue_ids[-1:], *order.trace_ids[:1])
    return ids[0] if ids else ""
