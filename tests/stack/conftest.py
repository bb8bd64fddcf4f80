"""What the tests of the stack share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.harness.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack that runs as shipped, for tests that leave every server alive and tell their data apart by its ids."""
    often = {"SCRAPE_INTERVAL": "2s", "SPAN_METRICS_INTERVAL": "1s"}
    with Stack(tmp_path_factory.mktemp("stack"), environment=often) as running:
        yield running
