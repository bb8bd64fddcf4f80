"""The libraries that have an environment of their own (noxfile.py), and where their tests are."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple


class Apart(NamedTuple):
    """A library: its distribution, the package that a bot imports, and the name of its environment and folders."""

    distribution: str
    package: str
    name: str

    @property
    def is_here(self) -> bool:
        """Whether this is its environment."""
        return find_spec(self.package) is not None


APART = (
    Apart("freqtrade", "freqtrade", "freqtrade"),
    Apart("nautilus-trader", "nautilus_trader", "nautilus"),
    Apart("quickfix", "quickfix", "quickfix"),
)


def left_to_others() -> list[str]:
    """Return the tests, relative to this folder, that run in the environments of others than this."""
    return [
        path
        for each in APART
        if not each.is_here
        for path in (f"instrumentation/{each.name}", f"examples/test_{each.name}_bot.py")
    ]


def tested_here() -> set[str] | None:
    """Return the distributions that this environment is there for; None for the main one, where all others are."""
    return {each.distribution for each in APART if each.is_here} or None
