"""The Collector's files, asked of the real Collector, and what they promise beyond being valid."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from model import outside
from model.load import load
from tests.stack.collector_process import CONFIGURATIONS, LAYERS, Collector, Sink, configured
from tests.stack.harness.built import built

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = sorted(path.stem for path in LAYERS.glob("*.yaml"))
SECRETS = {"OTLP_TOKEN": "t" * 32, "REDACTION_KEY": "k" * 32}
# What each layer cannot do without.
NEEDED = {
    "elastic": {"ELASTIC_OTLP": "https://elastic.example:443", "ELASTIC_API_KEY": "k"},
    "grafana-cloud": {"GRAFANA_CLOUD_OTLP": "https://cloud.example/otlp", "GRAFANA_CLOUD_AUTHORIZATION": "Basic eA=="},
    "jaeger": {"JAEGER_OTLP": "jaeger.example:4317"},
    "otlp": {"OTHER_OTLP": "https://other.example", "OTHER_OTLP_AUTHORIZATION": "Bearer t"},
    "sampling": {},
    "sentry": {"SENTRY_OTLP": "https://sentry.example/otlp", "SENTRY_PUBLIC_KEY": "k"},
    "tls": {},
}
ALL_NEEDED = {name: value for each in NEEDED.values() for name, value in each.items()}


def validate(folder: Path, layers: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            built("collector"),
            "validate",
            *configured(layers),
        ],
        env={"COLLECTOR_STORAGE": str(folder / "queue"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def parsed(name: str = "") -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((LAYERS / f"{name}.yaml" if name else CONFIGURATIONS[0]).read_text())
    return found


def cleaning() -> str:
    return CONFIGURATIONS[1].read_text()


def lists(found: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield where in a document lists stand."""
    if isinstance(found, list):
        yield path
    elif isinstance(found, dict):
        for key, value in found.items():
            yield from lists(value, (*path, key))


def test_each_layer_s_variables_are_known_here() -> None:
    assert sorted(NEEDED) == NAMES


def test_the_configuration_is_valid(tmp_path: Path) -> None:
    assert validate(tmp_path, [], SECRETS).stderr == ""


@pytest.mark.parametrize("name", NAMES)
def test_each_layer_is_valid_alone(tmp_path: Path, name: str) -> None:
    done = validate(tmp_path, [name], SECRETS | NEEDED[name])

    assert (done.returncode, done.stderr) == (0, "")


def test_all_layers_are_valid_together(tmp_path: Path) -> None:
    done = validate(tmp_path, NAMES, SECRETS | ALL_NEEDED)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("missing", SECRETS)
def test_a_missing_secret_is_refused_by_its_name(tmp_path: Path, missing: str) -> None:
    done = validate(tmp_path, [], SECRETS | {missing: ""})

    assert done.returncode != 0
    assert missing in done.stderr


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    done = validate(tmp_path, [], SECRETS | {"REDACTION_KEY": "short"})

    assert done.returncode != 0
    assert "REDACTION_KEY: hmac_key must be at least 32 bytes" in done.stderr


@pytest.mark.parametrize("name", sorted(name for name, needed in NEEDED.items() if needed))
def test_a_layer_without_its_address_is_refused(tmp_path: Path, name: str) -> None:
    done = validate(tmp_path, [name], SECRETS)

    assert done.returncode != 0
    assert re.search(r"exporters::otlp_\w+/\w+: .*endpoint", done.stderr)


def test_no_list_stands_in_two_files_as_the_later_would_replace_the_earlier() -> None:
    seen: dict[tuple[str, ...], str] = {}
    twice = []
    for name in NAMES:
        for path in lists(parsed(name)):
            twice += [(path, name, seen[path])] if path in seen else []
            seen[path] = name
    filled = {path for path in lists(parsed()) if path in seen}

    assert twice == []
    assert filled == {("service", "pipelines", "traces/sampled", "processors")}
    assert parsed()["service"]["pipelines"]["traces/sampled"]["processors"] == []


def exporters() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("", *NAMES):
        yield from parsed(name).get("exporters", {}).items()


@pytest.mark.parametrize(("name", "exporter"), [*exporters()], ids=[name for name, _ in exporters()])
def test_each_destination_waits_on_disk_within_bounds_and_without_end(name: str, exporter: dict[str, Any]) -> None:
    queue = exporter["sending_queue"]

    assert queue["storage"] == "file_storage", name
    assert queue["sizer"] == "bytes"
    assert "COLLECTOR_QUEUE_BYTES" in queue["queue_size"]
    # Who waits for room in this queue may be a scrape, which no client's patience ends: a stop would take for ever.
    assert queue["block_on_overflow"] is (name != "otlp_http/prometheus")
    assert exporter["retry_on_failure"]["max_elapsed_time"] == 0


def test_each_pipeline_that_takes_from_outside_begins_with_the_memory_limiter() -> None:
    pipelines = parsed()["service"]["pipelines"]
    outside = [pipeline for pipeline in pipelines.values() if {"otlp", "prometheus"} & set(pipeline["receivers"])]

    assert len(outside) == 4
    assert {pipeline["processors"][0] for pipeline in outside} == {"memory_limiter"}


def test_what_is_known_of_keys_is_the_same_wherever_it_is_written() -> None:
    text = cleaning()
    masking = re.findall(r'replace_all_patterns\([a-z]+\.attributes, "key", ("\(\?is\).*?), "masked_key"\)', text)

    assert len(masking) == 7
    assert len(set(masking)) == 1


def unbounded() -> list[str]:
    """Return the attributes, ours and others', of which the conventions say that they have no bound."""
    return [*(attribute.key for attribute in load().attributes if attribute.unbounded), *sorted(outside.UNBOUNDED)]


@pytest.mark.parametrize("name", unbounded())
def test_what_the_conventions_call_unbounded_is_taken_off_metrics(name: str) -> None:
    found = re.search(r'delete_matching_keys\(datapoint\.attributes, "(\^.*?)\$\$"\)', cleaning())
    assert found is not None
    pattern = found[1].replace("\\\\", "\\")

    assert re.fullmatch(pattern, name)


def test_span_metrics_have_dimensions_of_few_values_only() -> None:
    dimensions = {each["name"] for each in parsed()["connectors"]["span_metrics"]["dimensions"]}

    assert dimensions.isdisjoint({*unbounded(), "trading.symbol"})
    assert dimensions <= {*(attribute.key for attribute in load().attributes), "error.type"}


def test_the_real_collector_starts_with_every_layer_and_warns_of_nothing_deprecated(tmp_path: Path) -> None:
    layers = [name for name in NAMES if name != "tls"]  # it reads a certificate
    with Sink() as sink, Collector(tmp_path, sink, layers, ALL_NEEDED) as collector:
        said = collector.process.said()

    assert "Everything is ready" in said
    assert not [line for line in said.splitlines() if re.search(r"(?i)deprecat|legacy service|unset environment", line)]
