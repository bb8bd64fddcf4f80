"""Where settings come from: variables of the environment, and our section of a configuration file."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from otel_trading.setting_kinds import from_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PREFIX = "OTEL_TRADING_"
NODE = "distribution.otel_trading"
"""Where our section stands in a configuration file."""

_USER = re.compile(r"^(\s*\w+://)?.*@", re.DOTALL)
"""What stands before the last @ of an address, well formed or not: a user, and a password with whatever in it."""


class Setting(NamedTuple):
    """One row of the table.

    ``parse`` raises :class:`ValueError` whose message says what the variable takes.
    """

    variable: str
    parse: Callable[[str], Any]
    default: Any
    meaning: str


class Problem(NamedTuple):
    """A variable, or a key of a file, whose value was not usable, and the remedy."""

    variable: str
    message: str

    def __str__(self) -> str:
        """One line for the log: the variable, what is wrong with it, what it takes."""
        return f"{self.variable}: {self.message}"


class Section(NamedTuple):
    """Our section of the configuration file ``file``, as it is written there."""

    file: str
    values: Mapping[str, Any]

    def place(self, key: str) -> str:
        """Return where ``key`` stands, for a message."""
        return f"{self.file}: {NODE}.{key}"


def default_store(environ: Mapping[str, str]) -> Path:
    """Where telemetry is kept without a setting: the XDG state folder of this user."""
    state = Path(environ.get("XDG_STATE_HOME", "").strip())
    # The XDG Base Directory Specification has a relative path ignored.
    return (state if state.is_absolute() else Path("~/.local/state").expanduser()) / "otel-trading"


def from_variables(table: Mapping[str, Setting], environ: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Return what the variables say, by setting, and which of them are wrong or no settings."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, row in table.items():
        raw = environ.get(row.variable, "")
        if raw.strip():
            try:
                values[name] = row.parse(raw)
            except ValueError as error:
                message = f"{_shown(raw)} is ignored, {row.default!r} holds: {error}"
                problems.append(Problem(row.variable, message))
    known = {row.variable for row in table.values()}
    problems.extend(
        Problem(name, "is no setting and is ignored; docs/settings.md lists them")
        for name in sorted(environ)
        if name.startswith(PREFIX) and name not in known
    )
    return values, problems


def from_section(table: Mapping[str, Setting], section: Section) -> tuple[dict[str, Any], list[Problem]]:
    """Return what the section says, by setting, and which of its keys are wrong or no settings.

    An empty value, as ``${VAR}`` of an unset variable is one, is as good as none.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, raw in section.values.items():
        place = section.place(key)
        if key not in table:
            problems.append(Problem(place, f"is no setting and is ignored{_meant(key, table)}"))
        elif raw is not None and not (isinstance(raw, str) and not raw.strip()):
            try:
                values[key] = from_file(table[key].parse, raw)
            except ValueError as error:
                shown = f"{_shown(raw)} " if isinstance(raw, str) else ""
                problems.append(Problem(place, f"{shown}is ignored, as if it were not there: {error}"))
    return values, problems


def overruled(
    table: Mapping[str, Setting], section: Section, variables: Mapping[str, Any], said: Mapping[str, Any]
) -> Iterator[Problem]:
    """Tell of variables that say something else than the section, which comes first."""
    for name, value in said.items():
        if name in variables and variables[name] != value:
            yield Problem(table[name].variable, f"is ignored: {section.place(name)} says otherwise, and comes first")


def _shown(raw: str) -> str:
    return repr(_USER.sub(r"\1***@", raw))


def _meant(key: object, table: Mapping[str, Setting]) -> str:
    word = str(key).lower().replace("-", "_").removeprefix(PREFIX.lower())
    near = difflib.get_close_matches(word, table, n=1)
    return f"; is {near[0]} meant?" if near else "; docs/settings.md lists them"
