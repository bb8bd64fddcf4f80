"""Tempo's configuration is one that Tempo 3.0 takes, and says what the stack promises of it."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from tests.stack.schemas.expanding import defaults, expanded
from tests.stack.schemas.strict import problems
from tests.stack.schemas.tempo import TEMPO
from tests.stack.schemas.tempo_limits import TENANTS

FILE = Path(__file__).resolve().parents[2] / "tempo" / "tempo.yaml"

# What a file for Tempo 2 has, and slips of the pen: where, and what stands there.
MISTAKES: dict[str, Any] = {
    "ingester": {"max_block_duration": "5m"},
    "compactor": {"compaction": {"block_retention": "720h"}},
    "metrics_generator_client": {},
    "metrics_generator.processor.local_blocks": {"flush_to_storage": True},
    "metrics_generator.processor.service_graphs.max_itmes": 1,
    "overrides.defaults.max_bytes_per_trace": 1,
    "overrides.defaults.metrics_generator.processors": ["local-blocks"],
    "overrides.max_traces_per_user": 1,
    "query_frontend.search.query_ingesters_until": "30m",
    "live_store.max_trace_idle": "a while",
    "live_store.max_live_traces_bytes": "64MB",
    "server.http_listen_port": "http",
    "storage.trace.backend": "disk",
    "target": "scalable-single-binary",
    "usage_report.reporting_enabled": "no thanks",
}


@pytest.fixture
def config() -> dict[str, Any]:
    return expanded(FILE)


def test_tempo_knows_each_key_and_takes_each_value(config: dict[str, Any]) -> None:
    assert problems(TEMPO, config) == []


@pytest.mark.parametrize("place", MISTAKES)
def test_a_key_or_value_that_tempo_would_refuse_is_found(config: dict[str, Any], place: str) -> None:
    wrong = copy.deepcopy(config)
    *path, key = place.split(".")
    inside = wrong
    for step in path:
        inside = inside[step]
    inside[key] = MISTAKES[place]

    found = problems(TEMPO, wrong)

    assert len(found) == 1
    assert found[0].startswith(place)


def test_a_file_of_limits_per_tenant_is_taken() -> None:
    limits = {"overrides": {"single-tenant": {"compaction": {"block_retention": "13h"}}}}

    assert problems(TENANTS, limits) == []
    assert problems(TENANTS, {"overrides": {"single-tenant": {"block_retention": "13h"}}}) != []


def test_each_setting_from_outside_has_a_default() -> None:
    assert [name for name, default in defaults(FILE).items() if default is None] == []


def test_the_defaults_are_the_containers() -> None:
    found = defaults(FILE)

    assert found["TEMPO_HTTP_PORT"] == "3200"
    assert found["TEMPO_OTLP_GRPC"] == "0.0.0.0:4317"
    assert found["TEMPO_DATA"] == "/var/tempo"
    assert found["TEMPO_RUNTIME"] == "/etc/keeper/tempo.yaml"
    assert found["PROMETHEUS_REMOTE_WRITE"] == "http://prometheus:9090/api/v1/write"


def test_all_that_tempo_writes_lies_in_one_folder() -> None:
    config = expanded(FILE, {"TEMPO_DATA": "/elsewhere"})

    paths = {value for value in _leaves(config) if isinstance(value, str) and value.startswith("/")}

    assert {path for path in paths if not path.startswith("/elsewhere/")} == {"/etc/keeper/tempo.yaml"}
    assert len(paths) > 5


def test_one_setting_is_the_retention_everywhere() -> None:
    config = expanded(FILE, {"TEMPO_RETENTION": "48h"})

    assert config["backend_worker"]["compaction"]["block_retention"] == "48h"
    assert config["backend_scheduler"]["provider"]["compaction"]["compaction"]["block_retention"] == "48h"


def test_tempo_has_no_reason_to_warn(config: dict[str, Any]) -> None:
    """What ``tempo -config.verify`` fails on, and what its modules refuse at the start."""
    poll = _seconds(config["storage"]["trace"]["blocklist_poll"])
    live = config["live_store"]
    ask = config["query_frontend"]

    assert _seconds(live["complete_block_timeout"]) >= poll
    assert _seconds(config["backend_worker"]["compaction"]["block_retention"]) >= poll
    assert _seconds(live["max_trace_idle"]) <= _seconds(live["max_trace_live"])
    assert _seconds(ask["query_end_cutoff"]) <= _seconds(ask["search"]["query_backend_after"])


@pytest.mark.parametrize("kind", ["search", "metrics"])
def test_no_span_is_between_the_live_store_and_the_blocks(config: dict[str, Any], kind: str) -> None:
    kept = _seconds(config["live_store"]["complete_block_timeout"])
    written = _seconds(config["live_store"]["max_block_duration"]) + _seconds(
        config["storage"]["trace"]["blocklist_poll"]
    )

    asked = _seconds(config["query_frontend"][kind]["query_backend_after"])

    assert written < asked < kept


def test_what_just_arrived_may_be_asked_for(config: dict[str, Any]) -> None:
    assert _seconds(config["query_frontend"]["query_end_cutoff"]) == 0
    assert _seconds(config["live_store"]["flush_check_period"]) + _seconds(config["live_store"]["max_trace_idle"]) <= 2


def test_the_generator_makes_the_service_graph_alone_and_sends_exemplars(config: dict[str, Any]) -> None:
    assert config["overrides"]["defaults"]["metrics_generator"]["processors"] == ["service-graphs"]
    assert [write["send_exemplars"] for write in config["metrics_generator"]["storage"]["remote_write"]] == [True]


def test_series_and_traces_are_bounded(config: dict[str, Any]) -> None:
    limits = config["overrides"]["defaults"]

    assert 0 < limits["metrics_generator"]["max_active_series"] <= 100_000
    assert 0 < limits["global"]["max_bytes_per_trace"] <= 64 * 2**20
    assert 0 < config["live_store"]["max_live_traces_bytes"] <= 128 * 2**20


def test_tempo_calls_nobody_and_gossips_with_nobody(config: dict[str, Any]) -> None:
    assert config["usage_report"]["reporting_enabled"] is False
    assert "memberlist" not in config  # one process keeps its rings in memory
    assert config["server"]["grpc_listen_address"] == "127.0.0.1"


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]


def _seconds(duration: str) -> float:
    units = {"s": 1, "m": 60, "h": 3600}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"([\d.]+)([smh])", duration))
