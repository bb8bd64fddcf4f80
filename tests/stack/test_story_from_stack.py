"""A story read back from the stack: a bot's own local store, the real Collector and the real Loki agree on it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread
from otel_trading.telemetry.store import StoreReader
from tests.cli.shell import run as command
from tests.endtoend.bots import bots_in, eventually
from tests.stack.harness.grafana import Grafana, received
from tests.stack.harness.loki import Loki
from tests.stack.harness.sending import by_http, unique
from tests.stores.wire import otlp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.stack import Stack

pytestmark = pytest.mark.timeout(240)

REQUESTS: dict[str, type[Any]] = {"traces": ExportTraceServiceRequest, "logs": ExportLogsServiceRequest}
BOT = Path(__file__).parents[2] / "examples" / "ccxt_bot.py"


class Asked(NamedTuple):
    """A store and a stack that were sent the same, and how they are asked."""

    store: Path
    service: str
    settings: dict[str, str | None]

    def of_store(self, *arguments: str) -> list[dict[str, Any]]:
        return _lines(command(*arguments, "--json", "--store", self.store).stdout)

    def of_stack(self, *arguments: str) -> list[dict[str, Any]]:
        asked = command(*arguments, "--json", "--from", "stack", "--service", self.service, env=self.settings)
        assert asked.stderr == ""
        return _lines(asked.stdout)


def _lines(printed: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in printed.splitlines()]


@pytest.fixture(scope="module")
def asked(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """What the example bot left in its store is sent to the Collector line by line.

    A bot that exports to both hands each record to two queues, which may find different ids known by then.
    """
    service = unique("story-bot")
    environ = {
        "OTEL_SERVICE_NAME": service,
        "OTEL_TRADING_STRATEGY": "grid-btc",
        "VENUE_KEY": DEMO_KEY,
        "VENUE_SECRET": DEMO_SECRET,
        "BOT_SECONDS": "5",
    }
    with VenueThread(seed=7) as venue, bots_in(tmp_path_factory.mktemp("story")) as bots:
        ended = bots.start_script(BOT, {**environ, "VENUE_URL": venue.url}).end()
    assert ended.returncode == 0, ended.stderr
    for signal, request in REQUESTS.items():
        for file in (ended.store.folder / service).glob(f"{signal}-*.jsonl"):
            for line in file.read_text(encoding="utf-8").splitlines():
                assert by_http(stack, signal, otlp(line, request())).taken
    reader = StoreReader(ended.store.folder)
    logs, spans = len(list(reader.logs())), len(list(reader.spans()))
    eventually(lambda: len(Loki(stack.loki_url).entries(f'{{service_name="{service}"}}')) >= logs)
    eventually(lambda: sum(span.resource.get("service.name") == service for span in received(stack)) >= spans)
    with Grafana(stack) as grafana:
        yield Asked(ended.store.folder, service, {"OTEL_TRADING_STACK_URL": grafana.url})


def test_every_order_s_story_is_the_same_by_each_of_its_ids(asked: Asked) -> None:
    orders = asked.of_store("orders")
    assert len(orders) >= 4
    for order in orders:
        for name in (*order["client_ids"], *order.get("venue_ids", ()), *order["trace_ids"]):
            expected = asked.of_store("order", name)
            assert asked.of_stack("order", name) == expected
            assert expected[0]["steps"]


def test_the_list_of_orders_is_the_same(asked: Asked) -> None:
    assert asked.of_stack("orders") == asked.of_store("orders")


def test_every_log_record_is_the_same(asked: Asked) -> None:
    assert asked.of_stack("logs", "-n", "0") == asked.of_store("logs", "-n", "0")


def test_logs_of_one_order_are_the_same(asked: Asked) -> None:
    order = asked.of_store("orders")[0]["client_ids"][0]
    assert asked.of_stack("logs", "--order", order) == asked.of_store("logs", "--order", order)


def test_an_id_that_would_break_out_of_a_query_finds_nothing(asked: Asked) -> None:
    for hostile in ('x"} or {service_name=~".+', 'x" || true || "', ".*", "a\\", "`"):
        told = command("order", hostile, "--from", "stack", "--service", asked.service, env=asked.settings)
        assert told.exit_code == 1
        assert "No order" in told.stderr
        assert "Error" not in told.stderr
