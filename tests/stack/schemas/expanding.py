"""Variables in configuration files, ``${NAME:-default}``, as Loki and Tempo expand them with -config.expand-env."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def defaults(file: Path) -> dict[str, str | None]:
    """Return each variable of the file and its default; None where it has none. Two defaults for one: AssertionError.

    What stands in a comment counts no more than any other comment.
    """
    found: dict[str, str | None] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        for name, default in _VARIABLE.findall(line.partition(" #")[0] if not line.startswith("#") else ""):
            assert found.setdefault(name, default or None) == (default or None), f"{name} has two defaults in {file}"
    return found


def expanded(file: Path, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return the file's content under ``environment``, without which the defaults hold."""
    given = environment or {}
    text = _VARIABLE.sub(lambda match: given.get(match[1]) or match[2] or "", file.read_text(encoding="utf-8"))
    content: dict[str, Any] = yaml.safe_load(text)
    return content
