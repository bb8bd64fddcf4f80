"""Alert rules on the real Prometheus and Loki: fed by OTLP, firing and resolved, tuned while they run."""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality, Gauge, Metric, NumberDataPoint, Sum

from alerts.promql import THRESHOLD
from alerts.table import RULES
from alerts.thresholds import FILE, NAMES, ROOT
from otel_trading.semconv import attributes, events, metrics
from tests.alerts.promtool import rule_file
from tests.stack.harness.built import built
from tests.stack.harness.messages import log, pairs, request
from tests.stack.harness.ports import free_port
from tests.stack.harness.process import Process
from tests.stack.harness.prometheus import Prometheus
from tests.stack.harness.sending import by_http, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from otel_trading.semconv.instrument import Instrument
    from tests.stack.harness.stack import Stack

CHOSEN = ("kill-switch", "drawdown-limit", "exposure-limit", "rate-limit-high", "risk-check-breached")
BY_UID = {rule.uid: rule for rule in RULES}
OF_LOKI: dict[str, tuple[dict[str, Any], int, int]] = {
    "order-unconfirmed": (
        {"attributes": {attributes.TRADING_VENUE: "binance"}, "event_name": events.TRADING_ORDER_UNCONFIRMED},
        1,
        11,
    ),
    "bot-unhandled-exception": ({"event_name": events.TRADING_BOT_UNHANDLED_EXCEPTION}, 1, 11),
    "bot-errors": ({"severity_number": 17, "severity_text": "ERROR"}, 21, 6),
}
"""What makes a record of logs for a rule, how many it takes, and the minutes after which it has resolved."""

ON_FAILURE = re.compile(r"otelcol_exporter_(send|enqueue)_failed_\w+_total|grafana_\w+")
"""Counters that begin with the first failure, and Grafana's, which the tests have no server of."""


class Ruled:
    """A Prometheus of its own with the chosen rules and the shipped thresholds, evaluated each second."""

    def __init__(self, folder: Path) -> None:
        self.rules = folder / "rules"
        self.rules.mkdir(parents=True)
        shutil.copy(FILE, self.rules)
        rule_file(self.rules, [BY_UID[uid] for uid in CHOSEN])
        for file in self.rules.iterdir():
            file.write_text(file.read_text(encoding="utf-8").replace("interval: 15s", "interval: 1s"), encoding="utf-8")
        config = (ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
        (folder / "prometheus.yml").write_text(config.replace("evaluation_interval: 15s", "evaluation_interval: 1s"))
        self.url = f"http://127.0.0.1:{free_port()}"
        self.process = Process(
            "prometheus",
            [
                str(built("prometheus")),
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={self.url.removeprefix('http://')}",
                "--web.enable-otlp-receiver",
                "--enable-feature=auto-reload-config",
                "--config.auto-reload-interval=1s",
            ],
            {},
            log=folder / "prometheus.log",
            ready=f"{self.url}/-/ready",
        )

    def send(self, bot: str, metric: Instrument, value: float, given: dict[str, Any], *, age: float = 0.0) -> None:
        now = time.time_ns() - int(age * 1e9)
        point = NumberDataPoint(as_double=value, time_unix_nano=now, attributes=pairs(given))
        if metric.kind == "counter":
            cumulative = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE
            total = Sum(data_points=[point], aggregation_temporality=cumulative, is_monotonic=True)
            made = Metric(name=metric.name, unit=metric.unit, sum=total)
        else:
            made = Metric(name=metric.name, unit=metric.unit, gauge=Gauge(data_points=[point]))
        body = request(bot, made)
        answer = requests.post(
            f"{self.url}/api/v1/otlp/v1/metrics",
            data=body.SerializeToString(),
            headers={"content-type": "application/x-protobuf"},
            timeout=10,
        )
        assert answer.ok, answer.text

    def firing(self, uid: str, bot: str) -> list[dict[str, str]]:
        asked = f'ALERTS{{alertname="{uid}", alertstate="firing", service_name="{bot}"}}'
        return [sample.labels for sample in Prometheus(self.url).query(asked)]


@pytest.fixture(scope="module")
def ruled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ruled]:
    found = Ruled(tmp_path_factory.mktemp("ruled"))
    found.process.start()
    until(lambda: len(Prometheus(found.url).query(THRESHOLD)) == len(NAMES))
    yield found
    found.process.stop()


def until(condition: Callable[[], object], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.25)


OF_STRATEGY = {attributes.TRADING_STRATEGY_ID: "grid"}
GAUGES = {
    "kill-switch": (metrics.TRADING_KILL_SWITCH_STATE, OF_STRATEGY, 1.0, 0.0),
    "drawdown-limit": (metrics.TRADING_DRAWDOWN_UTILIZATION, OF_STRATEGY, 1.0, 0.99),
    "exposure-limit": (
        metrics.TRADING_EXPOSURE_GROSS,
        {**OF_STRATEGY, attributes.TRADING_CURRENCY: "USDT", attributes.TRADING_VENUE: "binance"},
        100_001.0,
        100_000.0,
    ),
    "rate-limit-high": (
        metrics.TRADING_RATE_LIMIT_UTILIZATION,
        {attributes.TRADING_VENUE: "binance", attributes.TRADING_RATE_LIMIT_NAME: "weight_1m"},
        0.81,
        0.8,
    ),
}


@pytest.mark.parametrize("uid", GAUGES)
def test_a_rule_fires_and_resolves_on_what_a_bot_exports(ruled: Ruled, uid: str) -> None:
    bot = unique("fires")
    metric, given, bad, good = GAUGES[uid]

    ruled.send(bot, metric, good, given)
    time.sleep(2)
    assert ruled.firing(uid, bot) == []

    ruled.send(bot, metric, bad, given)
    until(lambda: ruled.firing(uid, bot))
    (found,) = ruled.firing(uid, bot)
    assert found["severity"] == BY_UID[uid].severity.value
    assert {name for name in BY_UID[uid].labels if name in found} >= {"service_name"}

    ruled.send(bot, metric, good, given)
    until(lambda: not ruled.firing(uid, bot))


def test_the_first_breach_that_a_bot_ever_counts_fires_and_is_over_five_minutes_later(ruled: Ruled) -> None:
    bot = unique("breach")
    given = {
        **OF_STRATEGY,
        attributes.TRADING_RISK_CHECK_NAME: "max_notional",
        attributes.TRADING_RISK_CHECK_RESULT: "breached",
    }

    ruled.send(bot, metrics.TRADING_RISK_CHECKS, 1, given, age=280)
    ruled.send(bot, metrics.TRADING_RISK_CHECKS, 1, given)
    until(lambda: ruled.firing("risk-check-breached", bot))

    until(lambda: not ruled.firing("risk-check-breached", bot))


def test_a_threshold_is_tuned_in_its_file_while_prometheus_runs(ruled: Ruled) -> None:
    bot = unique("tuned")
    ruled.send(bot, metrics.TRADING_DRAWDOWN_UTILIZATION, 1.1, OF_STRATEGY)
    until(lambda: ruled.firing("drawdown-limit", bot))
    file = ruled.rules / "thresholds.yml"
    shipped = file.read_text(encoding="utf-8")

    file.write_text(shipped.replace("{threshold: drawdown_limit}, expr: 1}", "{threshold: drawdown_limit}, expr: 1.2}"))
    until(lambda: not ruled.firing("drawdown-limit", bot))

    file.write_text(shipped, encoding="utf-8")
    until(lambda: ruled.firing("drawdown-limit", bot))


@pytest.mark.parametrize("uid", OF_LOKI)
def test_a_rule_about_log_lines_fires_through_the_collector_and_resolves(stack: Stack, uid: str) -> None:
    bot = unique("lines")
    made, count, minutes = OF_LOKI[uid]
    rule = BY_UID[uid]

    by_http(stack, "logs", request(bot, log("all is well")).SerializeToString())
    records = [log(f"trouble {number}", **made) for number in range(count)]
    assert by_http(stack, "logs", request(bot, *records).SerializeToString()).taken

    until(lambda: value(stack, rule.expr, bot) == count)
    assert value(stack, rule.expr, bot, later=minutes * 60) == 0


def value(stack: Stack, query: str, bot: str, later: float = 0.0) -> float:
    """Return what a rule's query says of a bot at this moment, or some seconds later."""
    answer = requests.get(
        f"{stack.loki_url}/loki/api/v1/query",
        params={"query": query, "time": str(time.time_ns() + int(later * 1e9))},
        timeout=30,
    )
    assert answer.ok, answer.text
    found = answer.json()["data"]["result"]
    return sum(float(each["value"][1]) for each in found if each["metric"].get("service_name") == bot)


def test_loki_answers_the_constant_by_which_it_is_watched(stack: Stack) -> None:
    answer = requests.get(f"{stack.loki_url}/loki/api/v1/query", params={"query": "vector(0)"}, timeout=30)
    assert answer.ok, answer.text
    assert [float(each["value"][1]) for each in answer.json()["data"]["result"]] == [0]


def test_metrics_of_the_servers_that_rules_ask_for_are_there(stack: Stack) -> None:
    text = " ".join(rule.expr for rule in RULES)
    asked = set(re.findall(r"\b(?:otelcol|keeper|prometheus|grafana)_\w+", text)) - set(NAMES)
    always = {name for name in asked if not ON_FAILURE.fullmatch(name)}
    by_http(stack, "logs", request(unique("some"), log("a line")).SerializeToString())
    known = Prometheus(stack.prometheus_url)
    refused = {name for name in always if "refused" in name}

    until(lambda: always - refused <= known.label_values("__name__"))
    # One for each signal that the receiver has had.
    assert refused & known.label_values("__name__")


def test_what_answers_when_nobody_is_to_be_told_takes_anything(stack: Stack) -> None:
    answer = requests.post(f"{stack.health_url}/", json={"status": "firing"}, timeout=10)
    assert answer.status_code == 200
