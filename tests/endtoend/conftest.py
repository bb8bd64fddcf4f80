"""What the tests of whole bots need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.demo.venue import VenueThread
from tests.endtoend.bots import Bots, bots_in
from tests.endtoend.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def bots(tmp_path: Path) -> Iterator[Bots]:
    with bots_in(tmp_path) as made:
        yield made


@pytest.fixture
def venue() -> Iterator[VenueThread]:
    with VenueThread(seed=7) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running
