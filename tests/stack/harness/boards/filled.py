"""A query with its variables filled in, as Grafana does before it asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_REFERENCE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$([A-Za-z_]\w*)|\[\[(\w+)\]\]")
_SPECIAL = re.compile(r"([\\^$*+?.()|\[\]{}])")
_SCRAPE_SECONDS = 15
_POINTS = 1_000


class Times(NamedTuple):
    """The time range of a dashboard: seconds since 1970."""

    start: float
    end: float

    @property
    def span(self) -> int:
        """How many seconds it has."""
        return round(self.end - self.start)

    @property
    def step(self) -> int:
        """Seconds between two points, which the data source's ``timeInterval`` bounds from below."""
        return max(_SCRAPE_SECONDS, -(-self.span // _POINTS))

    @property
    def built_in(self) -> dict[str, str]:
        """What Grafana's own variables stand for."""
        rate = max(self.step + _SCRAPE_SECONDS, 4 * _SCRAPE_SECONDS)
        return {
            "__interval": f"{self.step}s",
            "__interval_ms": str(self.step * 1000),
            "__auto": f"{self.step}s",
            "__rate_interval": f"{rate}s",
            "__rate_interval_ms": str(rate * 1000),
            "__range": f"{self.span}s",
            "__range_s": str(self.span),
            "__range_ms": str(self.span * 1000),
            "__from": str(round(self.start * 1000)),
            "__to": str(round(self.end * 1000)),
        }


class Choice(NamedTuple):
    """What is chosen of a variable: its values, or all of them, which ``all_value`` may stand for."""

    values: list[str]
    every: bool = False
    all_value: str = ""
    many: bool = True

    def written(self, form: str) -> str:
        """Write it into a query; ``form`` is what follows the colon in ``${name:form}``."""
        if self.every and self.all_value:
            return self.all_value
        return _FORMS[form](self)


def _regex(choice: Choice) -> str:
    escaped = [_SPECIAL.sub(r"\\\1", value) for value in choice.values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"


def _in_query(choice: Choice) -> str:
    # A data source escapes for a regular expression within a quoted string.
    return _regex(choice).replace("\\", "\\\\") if choice.many else choice.values[0].replace("\\", "\\\\")


_FORMS: dict[str, Callable[[Choice], str]] = {
    "": _in_query,
    "regex": _regex,
    "pipe": lambda choice: "|".join(choice.values),
    "csv": lambda choice: ",".join(choice.values),
    "raw": lambda choice: ",".join(choice.values),
    "doublequote": lambda choice: ",".join('"' + value.replace('"', '\\"') + '"' for value in choice.values),
    "text": lambda choice: " + ".join(choice.values),
}


def filled(text: str, times: Times, chosen: Mapping[str, Choice]) -> str:
    """Return a query as it is sent; KeyError where it names a variable that neither board nor Grafana has."""
    built_in = times.built_in

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[3] or found[4]
        return built_in[name] if name in built_in else chosen[name].written(found[2] or "")

    return _REFERENCE.sub(value, text)


def choice_of(variable: Mapping[str, Any], offered: list[str]) -> Choice:
    """Return what a board shows when it is opened: what its file names, or all that is offered."""
    current = (variable.get("current") or {}).get("value", "")
    named = [str(each) for each in (current if isinstance(current, list) else [current])]
    many = bool(variable.get("multi") or variable.get("includeAll"))
    if "$__all" in named:
        return Choice(offered, every=True, all_value=variable.get("allValue") or "", many=many)
    return Choice(named if any(named) else offered[:1], many=many)
