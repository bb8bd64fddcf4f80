"""The terminal: its width, its few colours, and text that cannot harm it."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TYPE_CHECKING, NoReturn

from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from otel_trading.cli.group import leave_pipe

if TYPE_CHECKING:
    from typing import IO

    from rich.console import RenderableType

WIDEST = 116
"""Columns beyond which a story gets no easier to read."""

PIPE_WIDTH = 100
"""Columns of a story that goes into a file or a pipe, unless COLUMNS says otherwise."""

UNBOUNDED = 1000
"""Columns of a list in a file or pipe: each entry stays on its line."""

THEME = Theme(
    {
        "plain": "none",
        "good": "green",
        "warn": "yellow",
        "bad": "bold red",
        "quiet": "dim",
        "title": "bold",
        "working": "cyan",
        "alarm": "bold reverse red",
    },
    inherit=False,
)
"""Colour carries state and nothing else; a tone is the name of its style."""

_HARMLESS = frozenset("\n")
_CONTROL = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")


class Screen(Console):
    """A console that takes a closed pipe for the end of interest."""

    def on_broken_pipe(self) -> NoReturn:
        """End the program quietly."""
        leave_pipe()


def screen(width: int | None = None, *, pipe_width: int = PIPE_WIDTH) -> Screen:
    """Return a console on stdout; without colours unless stdout is a terminal and NO_COLOR is unset.

    ``width`` overrides the terminal's, ``pipe_width`` is that of a file or pipe.
    """
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")  # a terminal without Unicode shows question marks, and no traceback
    return Screen(theme=THEME, highlight=False, markup=False, emoji=False, width=width or _width(pipe_width))


def recording(width: int, file: IO[str]) -> Console:
    """Return a console that writes coloured text to ``file`` and can export it."""
    return Console(
        theme=THEME,
        highlight=False,
        markup=False,
        emoji=False,
        width=width,
        file=file,
        record=True,
        force_terminal=True,
        color_system="truecolor",
        no_color=False,
        legacy_windows=False,
    )


def show(console: Console, *parts: RenderableType) -> None:
    """Print; what goes to a file or pipe has no blanks at the ends of its lines."""
    if console.is_terminal:
        console.print(*parts, sep="\n")
        return
    with console.capture() as capture:
        console.print(*parts, sep="\n")
    lines = [line.rstrip() for line in capture.get().splitlines()]
    console.file.write("\n".join(lines) + "\n")
    console.file.flush()


def visible(text: str) -> str:
    """Return text of unknown origin with control characters written out, so that it cannot steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text.expandtabs(4))


def styled(text: str, style: str = "") -> Text:
    """Return text of unknown origin as it can be printed, in a style of the theme."""
    return Text(visible(text), style=style)


def _shown(character: str) -> str:
    if character in _HARMLESS or character in _JOINERS:
        return character
    if unicodedata.category(character) in _CONTROL:
        return ascii(character)[1:-1]
    return character


def _width(pipe_width: int) -> int | None:
    """Return the width to use; None leaves it to the terminal."""
    if not sys.stdout.isatty():
        columns = os.environ.get("COLUMNS", "")
        return int(columns) if columns.isdecimal() and int(columns) else pipe_width
    return None
