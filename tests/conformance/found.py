"""The drivers that there are, and the libraries of theirs that are installed here."""

from __future__ import annotations

import functools
import importlib
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.apart import tested_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.conformance.driver import Behaviour, Driver

_FOLDER = Path(__file__).with_name("drivers")


class Case(NamedTuple):
    """One way of trading with one library."""

    driver: Driver
    variant: str

    def __str__(self) -> str:
        return f"{self.driver.library}-{self.variant}"

    def has(self, *behaviours: Behaviour) -> bool:
        """Tell whether none of ``behaviours`` is among those that cannot be asked for."""
        return all((self.variant, behaviour) not in self.driver.missing for behaviour in behaviours)


@functools.cache
def drivers() -> Sequence[Driver]:
    """Return every driver, by the name of its library; none of the libraries is imported for it."""
    names = sorted(path.stem for path in _FOLDER.glob("*.py") if path.stem != "__init__")
    found = [importlib.import_module(f"tests.conformance.drivers.{name}").DRIVER for name in names]
    return sorted(found, key=lambda driver: driver.library)


def is_installed(library: str) -> bool:
    """Tell whether a distribution is installed in this environment."""
    try:
        metadata.version(library)
    except metadata.PackageNotFoundError:
        return False
    return True


@functools.cache
def cases() -> Sequence[Case]:
    """Return every variant of every library that is tested in this environment."""
    here = tested_here()
    wanted = [
        driver for driver in drivers() if is_installed(driver.library) and (here is None or driver.library in here)
    ]
    return [Case(driver, variant) for driver in wanted for variant in driver.variants]
