"""NautilusTrader instrumented; it has an environment of its own, where alone it is tested as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_trading.instrumentation.nautilus import NautilusInstrumentor
from tests.instrumentation.at_work import at_work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.recording import Recorded


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let pass what NautilusTrader itself warns of: it is its own."""
    if item.path.is_relative_to(Path(__file__).parent):
        for kind in ("DeprecationWarning", "ResourceWarning", "pytest.PytestUnraisableExceptionWarning"):
            item.add_marker(pytest.mark.filterwarnings(f"ignore::{kind}"))


@pytest.fixture
def live(recorded: Recorded) -> Iterator[NautilusInstrumentor]:
    """The instrumentor as it is by default; nothing that it does may be an error of ours."""
    with at_work(NautilusInstrumentor(), recorded) as found:
        yield found


@pytest.fixture
def with_backtests(recorded: Recorded) -> Iterator[NautilusInstrumentor]:
    """The same with back-tests told of."""
    with at_work(NautilusInstrumentor(), recorded, backtests=True) as found:
        yield found
