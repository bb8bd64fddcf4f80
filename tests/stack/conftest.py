"""What the tests of the stack share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.harness.night import demo
from tests.stack.harness.stack import OFTEN, Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.night.demo import Night


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that runs as shipped, for tests that leave every server alive and tell their data apart by its ids."""
    with Stack(tmp_path_factory.mktemp("stack"), environment=OFTEN) as running:
        yield running


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Night]]:
    """A stack of its own that has seen a night of bots and faults, and nothing else but what tests of it add."""
    folder = tmp_path_factory.mktemp("night")
    (folder / "bots").mkdir()
    with Stack(folder, environment=OFTEN) as running:
        yield running, demo.run(running, folder / "bots")
