"""Pieces of Python source, laid out as ``ruff format`` lays them out."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH: Final = 120


def quoted(text: str) -> str:
    """Write a text as a literal in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def number(value: float) -> str:
    """Write a number without an exponent: ``0.00001``, ``30``."""
    plain = format(Decimal(repr(value)), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def docstring(paragraphs: Iterable[str], indent: str = "") -> str:
    """Write a docstring of one or more paragraphs, wrapped."""
    first, *rest = [part.replace("\\", "\\\\") for part in paragraphs if part]
    if not rest and len(indent) + len(first) + 6 <= WIDTH:
        return f'{indent}"""{first}"""'
    wrapped = [textwrap.wrap(f'"""{first}', WIDTH - len(indent))]
    wrapped += [textwrap.wrap(part, WIDTH - len(indent)) for part in rest]
    lines = [textwrap.indent("\n".join(block), indent) for block in wrapped]
    return "\n\n".join(lines) + f'\n{indent}"""'


def argument(name: str, text: str, indent: str) -> str:
    """Write a keyword argument with a text, in pieces where it is longer than a line."""
    line = f"{indent}{name}={quoted(text)},"
    if len(line) <= WIDTH:
        return line
    pieces = textwrap.wrap(text, WIDTH - len(indent) - 8, drop_whitespace=False)
    body = "\n".join(f"{indent}    {quoted(piece)}" for piece in pieces)
    return f"{indent}{name}=(\n{body}\n{indent}),"


def sequence(start: str, items: list[str], end: str = "") -> str:
    """Write ``start(item, item)end`` on one line, or with one item a line where that is too long."""
    inner = f"{items[0]}," if len(items) == 1 else ", ".join(items)
    line = f"{start}({inner}){end}"
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(start) - len(start.lstrip()))
    body = "\n".join(f"{indent}    {item}," for item in items)
    return f"{start}(\n{body}\n{indent}){end}"
