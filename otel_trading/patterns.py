"""Regular expressions that users give: taken only where no text can make them run away.

Python's ``re`` holds the interpreter's lock while it searches. A pattern that backtracks without end would stop
the whole bot, not only the thread that masks; no time limit could end it. So the steps it may take in the worst
case are estimated once, from its parsed form, before it is put in force.
"""

from __future__ import annotations

import importlib
import re
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

# The parser's own tree: the module was renamed, and importing it by its old name warns.
_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

PIECE = 1024
"""Characters that a user's pattern is shown at once; a longer text is cut (:func:`pieces`)."""

_MOST_WAYS = 1 << 13
"""Ways in which a pattern may be tried at one place of the text: one open-ended repetition, and a little more."""

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_INNER: dict[str, Callable[[Any], Any]] = {  # where the parser keeps what an operation holds
    "SUBPATTERN": lambda argument: argument[-1],
    "ATOMIC_GROUP": lambda argument: argument,
    "ASSERT": lambda argument: argument[1],
    "ASSERT_NOT": lambda argument: argument[1],
    "GROUPREF_EXISTS": lambda argument: [*argument[1], *(argument[2] or ())],
}

_BREAK = re.compile(rf"[^\n]{{0,{PIECE - 1}}}\n|.{{1,{PIECE - 1}}}\s|.{{1,{PIECE}}}", re.DOTALL)


def compile_safe(pattern: str) -> re.Pattern[str]:
    """Compile ``pattern``; raises ValueError, whose message is the remedy, where it is none that can be used."""
    try:
        parsed = _parser.parse(pattern)
        compiled = re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        message = f"{pattern!r} is no regular expression of Python's: {error}"
        raise ValueError(message) from None
    if parsed.getwidth()[0] == 0:
        message = f"{pattern!r} matches the empty text too: let it ask for at least one character"
        raise ValueError(message)
    if _ways(parsed) > _MOST_WAYS:
        message = (
            f"{pattern!r} could take very long on some texts, and would stop the bot meanwhile: bound its "
            r"repetitions, as in \d{1,9} for \d+, and repeat nothing that itself repeats or has alternatives"
        )
        raise ValueError(message)
    return compiled


def pieces(text: str) -> list[str]:
    """Cut a long text at line ends, else at white space, into parts of at most :data:`PIECE` characters."""
    return [text] if len(text) <= PIECE else _BREAK.findall(text)


def _ways(items: Any) -> int:
    """Return in how many ways a sequence may be matched at one place, at most; they multiply."""
    ways = 1
    for operation, argument in items:
        ways = min(ways * _ways_of(str(operation), argument), _MOST_WAYS + 1)
    return ways


def _ways_of(operation: str, argument: Any) -> int:
    if operation in _REPEATS:
        return _ways_to_repeat(*argument)
    if operation == "BRANCH":
        return sum(map(_ways, argument[1]))
    inner = _INNER.get(operation)
    return _ways(inner(argument)) if inner else 1


def _ways_to_repeat(least: int, most: int, inner: Any) -> int:
    most = min(int(most), PIECE)
    rounds = most - min(int(least), most) + 1
    within = _ways(inner)
    every = 1
    for _ in range(most):  # each round may be matched in so many ways
        every = min(every * within, _MOST_WAYS + 1)
        if every in {1, _MOST_WAYS + 1}:
            break
    return every * rounds
