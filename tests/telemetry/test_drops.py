"""What is lost is counted by signal and reason, in a metric and in the log."""

from __future__ import annotations

import logging
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops

if TYPE_CHECKING:
    from tests.recording import Recorded

pytestmark = pytest.mark.usefixtures("recorded", "nothing_lost")


def test_losses_add_up_by_signal_and_reason() -> None:
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 2)
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 3)
    drops.count(Signal.TRACES, Reason.QUEUE_FULL, 1)
    drops.count(Signal.LOGS, Reason.SHUTDOWN, 1)

    assert drops.counts() == {
        (Signal.LOGS, Reason.QUEUE_FULL): 5,
        (Signal.TRACES, Reason.QUEUE_FULL): 1,
        (Signal.LOGS, Reason.SHUTDOWN): 1,
    }


def test_losses_are_a_metric_with_signal_and_reason(recorded: Recorded) -> None:
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 2)
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 3)

    point = recorded.point("trading.telemetry.dropped")
    assert point.value == 5
    assert dict(point.attributes) == {
        "trading.telemetry.signal": "logs",
        "trading.telemetry.drop_reason": "queue_full",
    }


def test_counting_writes_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)

    assert caplog.records == []


def test_a_loss_is_told_with_its_total_and_the_remedy(caplog: pytest.LogCaptureFixture) -> None:
    drops.count(Signal.LOGS, Reason.STORE_UNWRITABLE, 2, "set OTEL_TRADING_STORE")
    drops.count(Signal.LOGS, Reason.STORE_UNWRITABLE, 2)
    drops.tell()

    assert caplog.messages == ["4 records of logs lost so far (store_unwritable): set OTEL_TRADING_STORE"]
    assert caplog.records[0].levelno == logging.WARNING


def test_a_trouble_that_has_cost_nothing_yet_is_told_without_a_number(caplog: pytest.LogCaptureFixture) -> None:
    drops.count(Signal.LOGS, Reason.STORE_UNWRITABLE, 0, "the disk is nearly full")
    drops.tell()

    assert caplog.messages == ["logs: the disk is nearly full"]


def test_the_same_loss_is_told_again_only_after_a_while(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = [1000.0, 1010.0, 1029.0, 1031.0]
    monkeypatch.setattr(drops, "time", SimpleNamespace(monotonic=iter(times).__next__))
    for _ in times:
        drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
        drops.tell()

    assert caplog.messages == [
        "1 records of logs lost so far (queue_full)",
        "4 records of logs lost so far (queue_full)",
    ]


def test_another_reason_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
    drops.tell()
    drops.count(Signal.LOGS, Reason.EXPORT_FAILED, 1)
    drops.tell()

    assert len(caplog.messages) == 2


def test_nothing_is_told_twice(caplog: pytest.LogCaptureFixture) -> None:
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
    drops.tell()
    drops.tell(at_end=True)

    assert len(caplog.messages) == 1


def test_at_the_end_all_is_told_however_recent(caplog: pytest.LogCaptureFixture) -> None:
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
    drops.tell()
    drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
    drops.tell(at_end=True)

    assert caplog.messages[-1] == "2 records of logs lost so far (queue_full)"


def test_a_log_handler_that_loses_records_itself_does_not_recurse(caplog: pytest.LogCaptureFixture) -> None:
    class Loser(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002 - the interface's
            drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
            drops.tell()

    logger = logging.getLogger("otel_trading")
    logger.addHandler(loser := Loser())
    try:
        drops.count(Signal.LOGS, Reason.QUEUE_FULL, 1)
        drops.tell()
    finally:
        logger.removeHandler(loser)

    assert drops.counts() == {(Signal.LOGS, Reason.QUEUE_FULL): 2}
    assert caplog.messages == ["1 records of logs lost so far (queue_full)"]
