"""Pictures of the terminal, the same bytes for the same content."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

from rich.terminal_theme import TerminalTheme

from otel_trading.cli.screen import recording, visible

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import RenderableType

PICTURE_WIDTH = 104
"""Columns of a picture unless told otherwise."""

# Foreground and the eight colours on a dark ground; contrast of at least 4.5 to 1 for each that is used.
_THEME = TerminalTheme(
    (22, 27, 34),
    (214, 220, 228),
    [
        (22, 27, 34),
        (248, 113, 105),
        (86, 211, 120),
        (227, 179, 65),
        (110, 168, 254),
        (188, 140, 255),
        (86, 200, 216),
        (240, 246, 252),
    ],
)

# Fonts that machines have, for a picture in a page may load none. The places in braces are rich's.
_FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
 font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: ui-sans-serif, system-ui, sans-serif; font-size: 16px; font-weight: 600; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def picture(view: Callable[[int], RenderableType], *, title: str, width: int = PICTURE_WIDTH) -> str:
    """Return what ``view`` shows on ``width`` columns as SVG; ``title`` stands in the window's bar."""
    plain = io.StringIO()
    console = recording(width, plain)
    console.print(view(width))
    mark = zlib.crc32(f"{title}\n{plain.getvalue()}".encode())
    return console.export_svg(title=visible(title), theme=_THEME, code_format=_FORMAT, unique_id=f"story-{mark:08x}")
