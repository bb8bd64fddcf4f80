"""A lane's end with a spool: what the receiver does not take waits on disk, and goes when it does."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv.attributes import TradingTelemetryDropReasonValues as Reason
from otel_trading.semconv.attributes import TradingTelemetrySignalValues as Signal
from otel_trading.telemetry import drops
from otel_trading.telemetry.lane import Undelivered
from otel_trading.telemetry.spool import sender
from otel_trading.telemetry.spool.folder import files
from tests.endtoend.bots import eventually
from tests.telemetry.spool.outage import RESOURCE, SECONDS, Away, batch, spool
from tests.telemetry.test_lane_fork import in_child

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from otel_trading.telemetry.spool.spooled import Spooled
    from tests.recording import Recorded

pytestmark = pytest.mark.usefixtures("nothing_lost")


def test_what_the_receiver_takes_never_touches_the_disk(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    make().deliver(batch("one", "two"))

    assert exporter.taken == ["one", "two"]
    assert list(tmp_path.iterdir()) == []


def test_what_waited_goes_in_order_with_its_resource(make: Callable[..., Spooled], exporter: Away) -> None:
    exporter.status = 503
    end = make()
    for n in range(20):
        end.deliver(batch(f"{n}"))
    exporter.status = 200

    eventually(lambda: len(exporter.taken) == 20, SECONDS)

    assert exporter.taken == [f"{n}" for n in range(20)]
    assert set(exporter.resources) == {RESOURCE}
    assert drops.counts() == {}


def test_a_receiver_that_is_away_is_not_asked_for_each_batch(make: Callable[..., Spooled], exporter: Away) -> None:
    exporter.status = 503
    end = make()

    begun = time.monotonic()
    for n in range(500):
        end.deliver(batch(f"{n}"))

    assert exporter.asked < 5 + (time.monotonic() - begun) / 0.04


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_receiver_that_asks_for_patience_is_away(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path, status: int
) -> None:
    exporter.status = status

    make().deliver(batch("one"))

    assert len(files(spool(tmp_path))) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 500])
def test_what_is_refused_is_not_kept(make: Callable[..., Spooled], exporter: Away, tmp_path: Path, status: int) -> None:
    exporter.status = status

    with pytest.raises(Undelivered, match=f"HTTP {status}") as error:
        make().deliver(batch("one"))

    assert error.value.reason is Reason.EXPORT_FAILED
    assert list(tmp_path.iterdir()) == []


def test_a_batch_that_hangs_is_kept_and_taken_back_where_it_arrives_after_all(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    exporter.go_on.clear()
    end = make()
    end.deliver(batch("slow"))
    end.deliver(batch("behind it"))
    assert len(files(spool(tmp_path))) == 1

    exporter.go_on.set()

    eventually(lambda: files(spool(tmp_path)) == [], SECONDS)
    assert exporter.taken == ["slow", "behind it"]


def test_while_one_batch_hangs_no_other_waits(make: Callable[..., Spooled], exporter: Away) -> None:
    exporter.go_on.clear()
    end = make()
    end.deliver(batch("slow"))

    begun = time.monotonic()
    for n in range(100):
        end.deliver(batch(f"{n}"))

    assert time.monotonic() - begun < 2


def test_at_the_end_no_answer_is_waited_for_beyond_a_part_of_the_time(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "PATIENCE", 60.0)
    exporter.go_on.clear()
    end = make()
    end.hurry(0.5)

    begun = time.monotonic()
    end.deliver(batch("last"))
    end.deliver(batch("words"))

    assert 0.2 < time.monotonic() - begun < 2
    assert len(files(spool(tmp_path))) == 1


def test_another_process_of_the_service_sends_what_a_dead_one_left(
    make: Callable[..., Spooled], exporter: Away
) -> None:
    living = make()
    living.resume("grid-btc")
    exporter.status = 503
    dead = make()
    dead.deliver(batch("left behind"))
    exporter.status = 200
    time.sleep(0.3)
    before = list(exporter.taken)
    dead.close()

    eventually(lambda: exporter.taken == ["left behind"], SECONDS)
    assert before in ([], ["left behind"])  # the one that kept it may send it itself


def test_a_wrong_token_leaves_what_waits_until_the_right_one_comes(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    exporter.status = 503
    end = make()
    end.deliver(batch("one"))
    exporter.status = 401
    asked = exporter.asked
    eventually(lambda: exporter.asked > asked + 1, SECONDS)
    assert len(files(spool(tmp_path))) == 1
    exporter.status = 200

    eventually(lambda: exporter.taken == ["one"], SECONDS)


def test_what_waited_and_is_refused_by_itself_holds_up_no_other(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    exporter.status = 503
    end = make()
    for body in ("one", "poison", "two"):
        end.deliver(batch(body))
    exporter.poison, exporter.status = "poison", 200

    eventually(lambda: exporter.taken == ["one", "two"], SECONDS)

    eventually(lambda: files(spool(tmp_path)) == [], SECONDS)
    assert drops.counts() == {(Signal.LOGS, Reason.EXPORT_FAILED): 1}


def test_a_damaged_line_is_counted_and_the_rest_is_sent(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    exporter.status = 503
    end = make()
    for body in ("one", "two", "three"):
        end.deliver(batch(body))
    end.close()
    (path,) = files(spool(tmp_path))
    path.write_bytes(path.read_bytes().replace(b'"two"', b'"tw0"') + b"w 7 00000000 torn")
    exporter.status = 200

    make().resume("grid-btc")

    eventually(lambda: exporter.taken == ["one", "three"], SECONDS)
    eventually(lambda: drops.counts() == {(Signal.LOGS, Reason.SPOOL_DAMAGED): 8}, SECONDS)
    assert files(spool(tmp_path)) == []


def test_where_nothing_can_be_kept_the_loss_is_told_and_the_receiver_is_tried_again(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    (tmp_path / "grid-btc").touch()
    exporter.status = 503
    end = make()
    with pytest.raises(Undelivered, match=r"the receiver is away, and: .*OTEL_TRADING_STORE") as error:
        end.deliver(batch("lost"))
    assert error.value.reason is Reason.STORE_UNWRITABLE
    exporter.status = 200
    time.sleep(0.3)

    end.deliver(batch("arrives"))

    assert exporter.taken == ["arrives"]


def test_how_much_waits_is_a_metric_that_goes_back_to_zero(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path, recorded: Recorded
) -> None:
    exporter.status = 503
    end = make()
    end.deliver(batch("one"))

    def told() -> float:
        return sum(getattr(point, "value", 0) for point in recorded.metric("trading.telemetry.spooled"))

    eventually(lambda: "trading.telemetry.spooled" in recorded.metrics() and told() > 0, SECONDS)
    assert told() == files(spool(tmp_path))[0].stat().st_size
    exporter.status = 200

    eventually(lambda: told() == 0, SECONDS)


def test_parent_and_forked_child_share_what_waits_and_send_each_batch_once(
    make: Callable[..., Spooled], exporter: Away, tmp_path: Path
) -> None:
    exporter.status = 503
    end = make()
    end.deliver(batch("of the parent"))

    def work() -> object:
        end.deliver(batch("of the child"))
        assert any(path.name.split("-")[2] == str(os.getpid()) for path in files(spool(tmp_path)))
        exporter.status = 200
        eventually(lambda: "of the child" in exporter.taken, SECONDS)
        return ",".join(exporter.taken)

    by_the_child = in_child(work).split(",")
    exporter.status = 200
    eventually(lambda: files(spool(tmp_path)) == [], SECONDS)

    assert sorted(by_the_child + exporter.taken) == ["of the child", "of the parent"]
