"""``.env``: written once with fresh secrets, for its owner alone, and read again."""

from __future__ import annotations

import os
import re
import shlex
import textwrap
from typing import TYPE_CHECKING

from otel_trading.stack.variables import SECTIONS, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = ".env"
"""Where Docker Compose looks for the variables of ``docker-compose.yml``."""

MODE = 0o600

_WIDTH = 100
_HEAD = (
    "The settings and secrets of the stack, for Docker Compose. Written by `otel-trading init`; edit it, then"
    " `docker compose up -d`. Keep it to yourself and out of version control."
)
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)")
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_COMMENT = re.compile(r"\s+#.*")


class EnvironmentFileError(Exception):
    """A ``.env`` that cannot be written or read; the message says why and what to do."""


def write_environment(path: Path) -> None:
    """Write a new ``.env`` with fresh secrets; nobody but its owner may read it, from its first byte on.

    Raises EnvironmentFileError where there is one, OSError where it cannot be written (nothing is left then).
    """
    try:
        # Creating exclusively neither overwrites a file nor follows a link, whoever else is at work there.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    except FileExistsError:
        raise EnvironmentFileError(already_there(path)) from None
    try:
        with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123 - a descriptor, not a path
            file.write(rendered())
            file.flush()
            os.fsync(descriptor)
    except BaseException:
        path.unlink()
        raise


def already_there(path: Path) -> str:
    """Return what to say of a ``.env`` that stands in the way."""
    folder = shlex.quote(str(path.parent))
    return (
        f"{path} is there already and is kept: a running stack may depend on its secrets.\n"
        f"To see the bot's variables again:  otel-trading init --show {folder}\n"
        f"For new secrets move the file away, run this once more, start the stack with `docker compose up -d` and give"
        f" the bots the new variables."
    )


def rendered() -> str:
    """Return the text of a new ``.env``."""
    return "\n".join([*_comment(_HEAD), *_sections(), ""])


def _sections() -> Iterator[str]:
    for section in SECTIONS:
        yield ""
        yield f"## {section.title}"
        for variable in section.variables:
            yield ""
            yield from _comment(variable.meaning)
            yield f"{'' if variable.active else '#'}{variable.name}={_value(variable)}"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )


def _value(variable: Variable) -> str:
    return variable.value if isinstance(variable.value, str) else variable.value()


def read_environment(path: Path) -> dict[str, str]:
    """Return the variables of a ``.env``.

    Understands what `otel-trading init` writes and edits in kind: an assignment a line, quotes, comments. Raises
    EnvironmentFileError where there is none or it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        folder = shlex.quote(str(path.parent))
        raise EnvironmentFileError(f"{path} is not there: otel-trading init {folder}") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise EnvironmentFileError(f"{path} cannot be read: {problem}") from None
    return dict(_assignments(text))


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = _ASSIGNMENT.fullmatch(line)
        if found is None:
            continue
        quoted = _QUOTED.match(found[2])
        if quoted is not None:
            yield found[1], quoted[1] if quoted[1] is not None else quoted[2]
        else:
            yield found[1], _COMMENT.sub("", " " + found[2]).strip()
