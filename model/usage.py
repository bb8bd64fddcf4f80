"""What a module of the code says about names: which it spells out, and which it takes from ``semconv``.

Read from its syntax tree, so a name in a comment or a docstring counts for nothing. Imports are expected to be
absolute, as everywhere in this project.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE: Final = "otel_trading.semconv"
PREFIX: Final = "trading."


class Literal(NamedTuple):
    """A text in the source that begins like a name of the conventions."""

    line: int
    text: str


def literals(source: str) -> list[Literal]:
    """Return every text that begins with ``trading.``, also within an f-string.

    Left out are docstrings, and what takes names apart and makes none: ``name.removeprefix("trading.order.")``.
    """
    tree = ast.parse(source)
    ignored = {id(node) for node in _harmless(tree)}
    return [
        Literal(node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(PREFIX)
        and id(node) not in ignored
    ]


def references(source: str) -> set[str]:
    """Return the constants taken from ``semconv``, as ``attributes.TRADING_VENUE``.

    Counted are attributes of its modules, under whatever name those were imported, and constants imported by name.
    """
    tree = ast.parse(source)
    aliases = dict(_aliases(tree))
    found = {path for path in aliases.values() if _is_constant(path)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and (path := _path(node, aliases)) and _is_constant(path):
            found.add(path)
    return {path.removeprefix(f"{PACKAGE}.") for path in found}


def _harmless(tree: ast.AST) -> Iterator[ast.expr]:
    """Docstrings, and namespaces that a name is compared with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"startswith", "removeprefix"}
        ):
            yield from (arg for arg in node.args if isinstance(arg, ast.Constant) and str(arg.value).endswith("."))


def _aliases(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that an import binds, with the full path of what it is bound to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)


def _path(node: ast.expr, aliases: dict[str, str]) -> str:
    """Return the dotted path of an expression as imports resolve it, or nothing if it is no path."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Attribute) and (owner := _path(node.value, aliases)):
        return f"{owner}.{node.attr}"
    return ""


def _is_constant(path: str) -> bool:
    """Tell whether a path is ``otel_trading.semconv.<module>.<CONSTANT>``."""
    rest = path.removeprefix(f"{PACKAGE}.")
    return rest != path and rest.count(".") == 1 and rest.rpartition(".")[2].isupper()
