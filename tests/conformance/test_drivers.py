"""The drivers themselves: none is missing, none promises less than it says, and the table tells of all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation.versions import TRIED, installed
from tests.conformance.driver import Behaviour
from tests.conformance.found import drivers
from tests.conformance.table import render, render_of
from tests.packages import PACKAGES

if TYPE_CHECKING:
    from tests.conformance.driver import Driver

DRIVERS = {driver.library: driver for driver in drivers()}
ROOT = Path(__file__).parents[2]
# eventkit, which ib_async needs, installs a package "tests" of its own, which would be found first.
WITHOUT_LIBRARIES = """
import sys, types

tests = sys.modules["tests"] = types.ModuleType("tests")
tests.__path__ = ["tests"]

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {packages}:
            raise ImportError(name + " is not installed here")

sys.meta_path.insert(0, Refusal())
from tests.conformance.table import render
print(render())
"""


@pytest.mark.parametrize("library", [library for library in TRIED if installed(library)])
def test_each_library_that_is_installed_and_tried_has_a_driver(library: str) -> None:
    assert library in DRIVERS


@pytest.mark.parametrize("library", DRIVERS)
def test_each_driver_is_of_a_library_that_was_tried(library: str) -> None:
    assert library in TRIED


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_what_is_missing_is_a_behaviour_of_a_variant_for_a_reason(driver: Driver) -> None:
    assert driver.variants
    for (variant, behaviour), reason in driver.missing.items():
        assert variant in driver.variants
        assert behaviour in Behaviour
        assert len(reason.split()) > 3, "a sentence for the page that users read"


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_no_driver_is_excused_from_doing_no_harm(driver: Driver) -> None:
    promises = {Behaviour.UNCHANGED, Behaviour.NO_LEAK, Behaviour.RESTORE}
    assert [missing for missing in driver.missing if missing[1] in promises] == []


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_each_behaviour_is_shown_in_one_variant_at_least_or_told_as_a_gap(driver: Driver) -> None:
    row = next(line for line in render().splitlines()[::-1] if line.startswith(f"| `{driver.library}`"))
    cells = row.strip("| ").split(" | ")[1:]
    assert len(cells) == len(Behaviour)
    for behaviour, cell in zip(Behaviour, cells, strict=True):
        shown = any((variant, behaviour) not in driver.missing for variant in driver.variants)
        assert cell.startswith("✓") is shown


def test_a_reason_stands_below_the_table_once_under_the_number_that_the_cells_have() -> None:
    class Half:
        """A driver that can do half of it."""

        library, venue, symbol = "ccxt", "binance", "BTC/USDT"
        price = quantity = 1.0
        variants = ("sync", "async")
        missing = {  # noqa: RUF012 - as the protocol has it
            ("sync", Behaviour.SILENCE): "It has no streams of its own",
            ("sync", Behaviour.RECONNECT): "It has no streams of its own",
            ("sync", Behaviour.AMEND): "The venue knows no amendments.",
            ("async", Behaviour.AMEND): "The venue knows no amendments.",
        }
        streams_follow = False

    text = render_of([Half()])  # type: ignore[list-item] # it is only read
    (row,) = [line for line in text.splitlines() if line.count("|") == len(Behaviour) + 2 and "`ccxt`" in line]
    assert row.count("✓<br>not sync [2](#note-2)") == 2
    assert row.count(" [1](#note-1) ") == 1
    assert text.count("The venue knows no amendments.") == 1
    assert text.count("It has no streams of its own.") == 1


def test_the_table_is_made_without_any_of_the_libraries() -> None:
    script = WITHOUT_LIBRARIES.replace("{packages}", repr(PACKAGES))
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=ROOT, check=False
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout.strip() == render().strip()
