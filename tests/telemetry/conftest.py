"""What several tests of the pipeline need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.telemetry import drops
from tests.telemetry.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def nothing_lost() -> Iterator[None]:
    """Losses counted from zero, and none left over for the next test."""
    drops.reset()
    yield
    drops.reset()


@pytest.fixture
def lanes(nothing_lost: None, recorded: Any) -> Iterator[Lanes]:  # noqa: ARG001 - what is lost is counted in it
    """A maker of lanes, which are closed when the test ends."""
    maker = Lanes()
    yield maker
    maker.close()
