"""What the tests of the spool need: an exporter whose receiver may be away, and lanes' ends that try again at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.telemetry.spool import sender
from tests.telemetry.spool.outage import Away, spooled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from otel_trading.telemetry.spool.spooled import Spooled


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(sender, "LONGEST_PAUSE", 0.1)
    monkeypatch.setattr(sender, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(sender, "PATIENCE", 0.3)


@pytest.fixture
def exporter() -> Iterator[Away]:
    made = Away()
    yield made
    made.go_on.set()


@pytest.fixture
def make(tmp_path: Path, exporter: Away) -> Iterator[Callable[..., Spooled]]:
    made: list[Spooled] = []

    def one(**environ: str) -> Spooled:
        made.append(spooled(tmp_path, exporter, **environ))
        return made[-1]

    yield one
    for each in made:
        each.close()
