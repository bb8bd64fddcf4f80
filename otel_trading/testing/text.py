"""A story as text, for snapshots."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console

from otel_trading.cli.screen import THEME, show
from otel_trading.cli.story_view import story_view

if TYPE_CHECKING:
    from otel_trading.story.model import Story


def as_text(story: Story, width: int) -> str:
    """Return a story as ``otel-trading order`` writes it to a file, on ``width`` columns."""
    file = StringIO()
    console = Console(
        file=file,
        width=width,
        theme=THEME,
        highlight=False,
        markup=False,
        emoji=False,
        force_terminal=False,  # whatever the environment of the test run says
        color_system=None,
        legacy_windows=False,
    )
    show(console, story_view(story, width))
    return file.getvalue()
