"""What the tests of reading from a stack share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from otel_trading.demo.run import run_bot, running_venue
from otel_trading.telemetry.store.reader import StoreReader
from tests.stores.pretended import PretendedStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests, and no stack's folder around them."""
    for name in [name for name in os.environ if name.startswith("OTEL_TRADING_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture(scope="session")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store that the example bot leaves behind on the simulated venue."""
    folder = tmp_path_factory.mktemp("demo") / "store"
    with running_venue(seed=7) as url:
        assert run_bot(url, folder, seconds=5) == 0
    return folder


@pytest.fixture
def demo_stack(demo_store: Path) -> Iterator[PretendedStack]:
    """A stack that was sent what the demo's store holds."""
    reader = StoreReader(demo_store)
    with PretendedStack(reader.spans(), reader.logs()) as stack:
        yield stack
