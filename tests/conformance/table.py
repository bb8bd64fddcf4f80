"""The table of docs/libraries.md: which library shows which behaviour of the conformance suite, in all its variants.

Made from the drivers alone, so that it can be rendered where none of the libraries is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.instrumentation.versions import TRIED
from tests.conformance.driver import Behaviour, pulls
from tests.conformance.found import drivers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.conformance.driver import Driver

_SHOWN = "✓"
_PULLED = (
    "The bot takes each message of a stream itself (`await stream.recv()`), and nothing says where its handling ends: "
    "its log lines get the ids of the orders that they name"
)


class _Notes:
    """Footnotes, each reason once, numbered as they are first needed."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, reason: str) -> str:
        number = self._numbers.setdefault(reason, len(self._numbers) + 1)
        return f"[{number}](#note-{number})"

    def lines(self) -> Iterable[str]:
        for reason, number in self._numbers.items():
            yield f'{number}. <a id="note-{number}"></a>{reason.rstrip(".")}.'


def render() -> str:
    """Return the tables in Markdown: the libraries with the versions that were tried, what each shows, and why not."""
    return render_of(drivers())


def render_of(found: Sequence[Driver]) -> str:
    """Return the tables of these drivers."""
    notes = _Notes()
    cells = [_row(driver, notes) for driver in found]
    return "\n".join(
        [
            _line(["Library", "Versions tried", "Ways of trading with it"]),
            _line(["---"] * 3),
            *(_line([f"`{driver.library}`", _tried(driver), ", ".join(driver.variants)]) for driver in found),
            "",
            _line(["Library", *(behaviour.value for behaviour in Behaviour)]),
            _line(["---", *(":-:" for _ in Behaviour)]),
            *(_line([f"`{driver.library}`", *row]) for driver, row in zip(found, cells, strict=True)),
            "",
            *notes.lines(),
            "",
        ]
    )


def _tried(driver: Driver) -> str:
    return str(TRIED[driver.library]).removeprefix("tried: ")


def _row(driver: Driver, notes: _Notes) -> list[str]:
    return [_cell(driver, behaviour, notes) for behaviour in Behaviour]


def _cell(driver: Driver, behaviour: Behaviour, notes: _Notes) -> str:
    """Return the mark, with the variants that lack the behaviour, or show it with a reservation, and why."""
    reasons: dict[str, list[str]] = {}
    for variant in driver.variants:
        reason = driver.missing.get((variant, behaviour))
        if reason is not None:
            reasons.setdefault(reason, []).append(variant)
    lacking = [variant for variants in reasons.values() for variant in variants]
    parts = [] if len(lacking) == len(driver.variants) else [_SHOWN]
    for reason, variants in reasons.items():
        without = "" if len(variants) == len(driver.variants) else f"not {', '.join(variants)} "
        parts.append(f"{without}{notes.mark(reason)}")
    taken = [variant for variant in driver.variants if pulls(driver, variant) and variant not in lacking]
    if behaviour is Behaviour.CORRELATION and taken:
        alone = "" if len(taken) == len(driver.variants) - len(lacking) else f"{', '.join(taken)} "
        parts.append(f"{alone}{notes.mark(_PULLED)}")
    return "<br>".join(parts)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
