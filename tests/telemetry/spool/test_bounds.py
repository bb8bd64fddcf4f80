"""What waits is bounded by size and by age: the oldest goes, and is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops
from otel_trading.telemetry.spool.folder import files
from tests.endtoend.bots import eventually
from tests.telemetry.spool.outage import SECONDS, Away, batch, spool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from otel_trading.telemetry.spool.spooled import Spooled

pytestmark = pytest.mark.usefixtures("nothing_lost")


def test_what_waits_beyond_its_size_goes_oldest_first_and_is_counted(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    exporter.status = 503
    end = make(OTEL_TRADING_SPOOL_MAX_BYTES="20000")
    for n in range(200):
        end.deliver(batch(f"{n}", "x" * 400))
    size = sum(path.stat().st_size for path in files(spool(tmp_path)))
    exporter.status = 200

    eventually(lambda: files(spool(tmp_path)) == [], SECONDS)

    sent = [body for body in exporter.taken if body[0] != "x"]
    assert 10_000 < size <= 20_000
    assert sent == [f"{n}" for n in range(200 - len(sent), 200)]
    assert drops.counts() == {(Signal.LOGS, Reason.SPOOL_FULL): 2 * (200 - len(sent))}


def test_what_waits_beyond_its_age_goes_and_is_counted(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    exporter.status = 503
    end = make()
    end.deliver(batch("old", "news"))
    end.close()
    (path,) = files(spool(tmp_path))
    path.rename(path.with_name("logs-20200101T000000.000000Z-" + path.name.split("Z-")[1]))
    exporter.status = 200

    make().resume("grid-btc")

    eventually(lambda: drops.counts() == {(Signal.LOGS, Reason.SPOOL_FULL): 2}, SECONDS)
    assert (exporter.taken, files(spool(tmp_path))) == ([], [])
