"""Prometheus as the stack configures it: what it takes, under which names, and what it refuses."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml
from opentelemetry.proto.metrics.v1.metrics_pb2 import Exemplar

from otel_trading.semconv import attributes
from otel_trading.settings import TABLE
from tests.stack.harness.built import built
from tests.stack.harness.messages import counter, point, request
from tests.stack.harness.prometheus import Prometheus
from tests.stack.harness.sending import unique

if TYPE_CHECKING:
    from tests.stack.harness.stack import Stack

FILE = Path(__file__).resolve().parents[2] / "prometheus" / "prometheus.yml"
DAY = 86_400
SERIES = "trading_order_submissions_total"


def test_promtool_takes_the_file_and_its_rules() -> None:
    done = subprocess.run(
        [built("promtool"), "check", "config", str(FILE)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_rules_may_be_added_and_none_have_to_be(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text(FILE.read_text(encoding="utf-8"))
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "broken.yml").write_text("groups: [{name: a, rules: [{record: b, expr: 'sum('}]}]")

    done = subprocess.run(
        [built("promtool"), "check", "config", str(tmp_path / "prometheus.yml")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "broken.yml" in done.stdout + done.stderr


def test_the_file_leaves_retention_and_addresses_to_the_flags() -> None:
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))

    assert "retention" not in content["storage"]["tsdb"]
    assert "scrape_configs" not in content
    assert "remote_write" not in content
    assert not re.search(r"\b\w+:\d{4,5}\b", FILE.read_text(encoding="utf-8"))


def test_a_metric_is_found_by_bot_environment_and_strategy(stack: Stack) -> None:
    bot = unique("labels")
    about = {
        "service.namespace": "desk",
        "service.instance.id": "one",
        "deployment.environment.name": "live",
        attributes.TRADING_STRATEGY_ID: "grid",
        "process.pid": 4711,
    }

    send(stack, bot, point(3, {attributes.TRADING_VENUE: "binance"}), resource=about)

    (found,) = ask(stack).query(f'{SERIES}{{service_name="{bot}"}}')
    assert found.labels == {
        "__name__": SERIES,
        "job": f"desk/{bot}",
        "instance": "one",
        "service_name": bot,
        "service_namespace": "desk",
        "deployment_environment_name": "live",
        "trading_strategy_id": "grid",
        "trading_venue": "binance",
    }


def test_what_a_metric_says_itself_wins_over_the_resource(stack: Stack) -> None:
    bot = unique("wins")

    send(
        stack,
        bot,
        point(1, {attributes.TRADING_STRATEGY_ID: "hedge"}),
        resource={attributes.TRADING_STRATEGY_ID: "grid"},
    )

    (found,) = ask(stack).query(f'{SERIES}{{service_name="{bot}"}}')
    assert found.labels["trading_strategy_id"] == "hedge"


def test_all_else_of_a_resource_is_in_target_info(stack: Stack) -> None:
    bot = unique("target")

    send(stack, bot, point(), resource={"service.instance.id": "one", "process.pid": 4711})

    (found,) = ask(stack).query(f'target_info{{job="{bot}"}}')
    assert found.labels["process_pid"] == "4711"
    assert found.labels["service_name"] == bot
    assert found.labels["service_instance_id"] == "one"


def test_an_exemplar_keeps_its_trace(stack: Stack) -> None:
    bot = unique("exemplar")
    trace = "5bebf93fb7592ce6d2745713433a1432"
    shown = Exemplar(time_unix_nano=time.time_ns(), as_int=1, trace_id=bytes.fromhex(trace), span_id=b"\1" * 8)

    send(stack, bot, point(exemplars=[shown]))

    found = ask(stack).exemplars(f'{SERIES}{{service_name="{bot}"}}')
    assert [exemplar.labels["trace_id"] for exemplar in found] == [trace]


@pytest.mark.parametrize("days", [0.5, 7, 30])
def test_what_a_bot_has_kept_may_arrive_late_beside_what_is_new(stack: Stack, days: float) -> None:
    """The local store keeps 30 days, so a replay may bring samples as old as that."""
    bot = unique("late")
    then = time.time() - days * DAY

    send(stack, bot, point(9))
    send(stack, bot, point(1, time_unix_nano=int(then * 1e9)))

    series = f'{SERIES}{{service_name="{bot}"}}'
    assert [sample.value for sample in ask(stack).query(f"last_over_time({series}[1m] @ {then + 1:.3f})")] == [1]
    assert [sample.value for sample in ask(stack).query(series)] == [9]


def test_the_window_for_late_samples_is_well_above_what_a_bot_keeps() -> None:
    window = yaml.safe_load(FILE.read_text(encoding="utf-8"))["storage"]["tsdb"]["out_of_order_time_window"]
    kept = TABLE["store_max_days"].default

    assert int(window.removesuffix("d")) >= 2 * float(str(kept))


def test_the_same_sample_twice_is_one(stack: Stack) -> None:
    bot = unique("twice")
    same = point(5)

    send(stack, bot, same)
    send(stack, bot, same)

    assert [sample.value for sample in ask(stack).query(f'count_over_time({SERIES}{{service_name="{bot}"}}[1h])')] == [
        1
    ]


@pytest.mark.parametrize("path", ["/api/v1/admin/tsdb/delete_series?match[]=up", "/-/reload", "/-/quit"])
def test_nothing_is_deleted_reloaded_or_stopped_by_a_request(stack: Stack, path: str) -> None:
    answer = requests.post(stack.prometheus_url + path, timeout=10)

    assert not answer.ok
    assert stack.prometheus.alive


def send(stack: Stack, bot: str, *points: Any, resource: dict[str, Any] | None = None) -> None:
    """Push past the Collector, and wait until the points can be read."""
    body = request(bot, counter(*points), resource=resource).SerializeToString()
    answer = requests.post(
        f"{stack.prometheus_url}/api/v1/otlp/v1/metrics",
        data=body,
        headers={"content-type": "application/x-protobuf"},
        timeout=10,
    )
    assert answer.ok, answer.text


def ask(stack: Stack) -> Prometheus:
    return Prometheus(stack.prometheus_url)
