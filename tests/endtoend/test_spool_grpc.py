"""What a receiver of OTLP over gRPC misses while it is away is sent to it by gRPC when it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import eventually
from tests.endtoend.grpc_receiver import GrpcReceiver
from tests.endtoend.programs import ONE_ORDER
from tests.endtoend.test_spool import QUICK, STAYS, names, numbered
from tests.endtoend.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.endtoend.bots import Bots


@pytest.fixture
def receiver() -> Iterator[GrpcReceiver]:
    with GrpcReceiver() as made:
        yield made


def to(receiver: GrpcReceiver) -> dict[str, str | None]:
    return {**QUICK, "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}


def test_a_receiver_that_was_not_there_gets_all_in_order_once_it_listens(bots: Bots, receiver: GrpcReceiver) -> None:
    bot = bots.start(numbered(30) + STAYS.replace("8", "12"), to(receiver))
    assert bot.read_line() == "done"
    eventually(lambda: len(waiting(bots.store.folder).get("logs", [])) == 31)

    receiver.come()
    eventually(lambda: len(receiver.took.logs) == 31)
    ended = bot.end()

    assert ended.returncode == 0, ended.stderr
    assert names(receiver.took) == ["hello", *(f"number {n}" for n in range(30))]
    assert waiting(bots.store.folder) == {}
    assert "lost so far" not in ended.stderr


@pytest.mark.parametrize("code", ["UNAVAILABLE", "RESOURCE_EXHAUSTED", "DEADLINE_EXCEEDED"])
def test_what_the_next_start_finds_it_sends(bots: Bots, receiver: GrpcReceiver, code: str) -> None:
    receiver.come()
    receiver.code = code
    bots.run(ONE_ORDER, to(receiver))
    kept = waiting(bots.store.folder)
    assert kept["traces"] == ["order"]
    receiver.code = "OK"

    bots.run(STAYS.replace("8", "2"), to(receiver))

    assert [span.name for span in receiver.took.spans] == kept["traces"]
    assert sorted(log.name for log in receiver.took.logs) == sorted(kept["logs"])  # a request has them by their scope
    assert {log.trace_id for log in receiver.took.logs} == {receiver.took.spans[0].trace_id}
    assert waiting(bots.store.folder) == {}


def test_a_receiver_that_refuses_is_told_and_nothing_is_kept_for_it(bots: Bots, receiver: GrpcReceiver) -> None:
    receiver.come()
    receiver.code = "INVALID_ARGUMENT"

    ended = bots.run(numbered(3), to(receiver))

    assert "records of logs lost so far (export_failed)" in ended.stderr
    assert "INVALID_ARGUMENT" in ended.stderr
    assert waiting(bots.store.folder) == {}
