"""A story on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from otel_trading.cli.order_words import asked, counts, results, state
from otel_trading.cli.screen import WIDEST, styled, visible
from otel_trading.cli.story_rows import rows
from otel_trading.story.notices import DIED, NO_SUBMISSION, OUTCOME_UNKNOWN
from otel_trading.story.times import moment, zone
from otel_trading.story.wording import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, ConsoleOptions, RenderableType

    from otel_trading.cli.story_rows import Row
    from otel_trading.story.model import Notice, Story

NARROW = 84
"""Below this width the outcome of a step stands behind its text instead of in a column of its own."""

_BETWEEN = 4
"""Blanks between the items of a line."""

_GAP = "  "
_LEAST = 16
"""Columns that a step's text gets in any case."""


def story_view(story: Story, width: int, *, local: bool = False, full: bool = False) -> RenderableType:
    """Return the story as it is shown on ``width`` columns."""
    width = min(width, WIDEST)
    parts: list[RenderableType] = [_head(story, local=local), *_ids(story, width - 2)]
    if story.notices:
        parts += [Text(), *(_notice(notice) for notice in story.notices)]
    parts += [Text(), Steps(list(rows(story, local=local, full=full, brief=width < NARROW))), Text()]
    parts += [line for items in results(story) for line in _lines([styled(item) for item in items], width - 2)]
    parts += [styled(counts(story), "quiet")]
    return _page(parts, width)


def _page(parts: list[RenderableType], width: int) -> RenderableType:
    page = Table.grid(padding=0)
    page.add_column(width=width)
    for part in parts:
        page.add_row(Padding(part, (0, 1)))
    return page


def _head(story: Story, *, local: bool) -> Table:
    head = Table.grid(padding=(0, 2), expand=True)
    head.add_column(ratio=1, overflow="fold")
    head.add_column(justify="right", no_wrap=True)
    order, began = story.order, story.numbers.started_ns
    words, style = state(story)
    shown = Text.assemble((f" {words} " if style == "alarm" else words, style))
    shown.stylize("bold")
    head.add_row(styled(asked(order) or "order", "title"), shown)
    place = " · ".join(dict.fromkeys(filter(None, (order.venue, order.strategy, order.service))))
    day = f"{moment(began, local=local):%Y-%m-%d %H:%M:%S}{zone(began, local=local)}"
    head.add_row(styled(place, "quiet"), Text(day, style="quiet"))
    return head


def _ids(story: Story, width: int) -> list[Text]:
    order = story.order
    groups = (("client id", order.client_ids), ("venue id", order.venue_ids), ("trace", order.trace_ids))
    items = [
        Text.assemble((f"{name}s " if len(ids) > 1 else f"{name} ", "quiet"), styled(", ".join(ids)))
        for name, ids in groups
        if ids
    ]
    return _lines(items, width)


def _notice(notice: Notice) -> Table:
    grave = notice.code in OUTCOME_UNKNOWN or notice.code == DIED
    style = "quiet" if notice.code == NO_SUBMISSION else "bad" if grave else "warn"
    row = Table.grid(padding=(0, 1))
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(Text("!", style=style), styled(notice.text, style))
    return row


class Steps:
    """The table of steps. A step without outcome has the width of that column for its text."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._when = max((len(row.when) for row in rows), default=0)
        self._labels = max((cell_len(_label(row)) for row in rows), default=0)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Yield the lines, for rich."""
        before = self._when + self._labels + 2 * len(_GAP)
        wide = options.max_width >= NARROW
        for row in self._rows:
            text = styled(row.line.text, "quiet" if row.line.tone is Tone.QUIET else "plain")
            outcome = styled(row.line.outcome, _style(row))
            if outcome.plain and not wide:
                text = Text.assemble(text, (" · " if text.plain else "", "quiet"), outcome)
                outcome = Text()
            taken = outcome.cell_len + len(_GAP) if outcome.plain else 0
            space = max(options.max_width - before - taken, _LEAST)
            lines = text.wrap(console, space, overflow="fold") or [Text()]
            lines[0].pad_right(space - lines[0].cell_len)
            if outcome.plain:
                lines[0].append(_GAP).append_text(outcome)
            head = Text.assemble(
                (f"{row.when:>{self._when}}{_GAP}", "quiet"), styled(_label(row).ljust(self._labels), _style(row)), _GAP
            )
            yield head.append_text(lines[0])
            for line in lines[1:]:
                yield Text(" " * before).append_text(line)


def _label(row: Row) -> str:
    return visible(f"  {row.line.label}" if row.line.is_aside else row.line.label)


def _style(row: Row) -> str:
    return row.line.tone.value


def _lines(items: list[Text], width: int) -> list[Text]:
    """Set items side by side, as many on a line as fit whole."""
    lines: list[Text] = []
    for item in items:
        if lines and lines[-1].cell_len + _BETWEEN + item.cell_len <= width:
            lines[-1].append(" " * _BETWEEN).append_text(item)
        else:
            lines.append(item.copy())
    return lines
