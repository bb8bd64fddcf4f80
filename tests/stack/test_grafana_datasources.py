"""Grafana's data sources are ones that Grafana takes, and the ways between them lead somewhere."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from otel_trading.semconv import attributes, metrics
from otel_trading.semconv.instrument import Instrument
from tests.stack.schemas.datasources import SETTINGS, data_sources
from tests.stack.schemas.strict import problems, section

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "grafana" / "provisioning" / "datasources" / "stack.yaml"
UIDS = ["tempo", "loki", "prometheus"]

ANYTHING = section()
MISTAKES: dict[str, tuple[str, Any]] = {
    "tempo": ("tracesToLogs", {"datasourceUid": "loki"}),
    "loki": ("derivedField", []),
    "prometheus": ("httpMethod", "PUT"),
}


@pytest.fixture
def file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def source(file: dict[str, Any], uid: str) -> dict[str, Any]:
    (found,) = (item for item in file["datasources"] if item["uid"] == uid)
    settings: dict[str, Any] = found
    return settings


def test_grafana_knows_each_key_of_the_file(file: dict[str, Any]) -> None:
    plain = copy.deepcopy(file)
    for item in plain["datasources"]:
        item["jsonData"] = {}

    assert problems(data_sources(ANYTHING), plain) == []


@pytest.mark.parametrize("uid", UIDS)
def test_each_data_source_knows_its_settings(file: dict[str, Any], uid: str) -> None:
    found = source(file, uid)

    assert problems(SETTINGS[found["type"]], found["jsonData"]) == []


@pytest.mark.parametrize("uid", UIDS)
def test_a_setting_that_a_data_source_would_ignore_is_found(file: dict[str, Any], uid: str) -> None:
    key, value = MISTAKES[uid]
    wrong = {**source(file, uid)["jsonData"], key: value}

    assert len(problems(SETTINGS[uid], wrong)) == 1


def test_there_is_one_of_each_and_metrics_are_asked_by_default(file: dict[str, Any]) -> None:
    assert [item["uid"] for item in file["datasources"]] == UIDS
    assert [item["type"] for item in file["datasources"]] == UIDS
    assert [item["uid"] for item in file["datasources"] if item.get("isDefault")] == ["prometheus"]


def test_nobody_edits_them_in_the_browser_and_none_stays_behind(file: dict[str, Any]) -> None:
    assert {item["editable"] for item in file["datasources"]} == {False}
    assert file["prune"] is True


def test_each_way_leads_to_a_data_source_that_there_is(file: dict[str, Any]) -> None:
    named = {place: value for place, value in places(file) if place.endswith("datasourceUid")}

    assert set(named.values()) == set(UIDS)
    assert named["datasources.tempo.jsonData.tracesToLogsV2.datasourceUid"] == "loki"
    assert named["datasources.tempo.jsonData.tracesToMetrics.datasourceUid"] == "prometheus"
    assert named["datasources.tempo.jsonData.serviceMap.datasourceUid"] == "prometheus"


def test_a_log_line_leads_to_its_trace_and_to_its_order(file: dict[str, Any]) -> None:
    fields = {field["name"]: field for field in source(file, "loki")["jsonData"]["derivedFields"]}

    assert fields["trace_id"]["datasourceUid"] == "tempo"
    order = fields[label(attributes.TRADING_ORDER_CLIENT_ID)]
    assert order["datasourceUid"] == "tempo"
    assert f"span.{attributes.TRADING_ORDER_CLIENT_ID} = " in order["url"]


def test_structured_metadata_is_matched_as_a_label(file: dict[str, Any]) -> None:
    fields = source(file, "loki")["jsonData"]["derivedFields"]

    assert {field["matcherType"] for field in fields} == {"label"}


def test_a_point_of_a_metric_leads_to_its_trace(file: dict[str, Any]) -> None:
    (exemplar,) = source(file, "prometheus")["jsonData"]["exemplarTraceIdDestinations"]

    assert (exemplar["name"], exemplar["datasourceUid"]) == ("trace_id", "tempo")


def test_grafana_expands_nothing_that_is_meant_for_later(file: dict[str, Any]) -> None:
    single = re.compile(r"(?<!\$)\$(?:\$\$)*(?!\$)")

    assert [place for place, value in places(file) if isinstance(value, str) and single.search(value)] == []


def test_metrics_of_a_trace_are_ones_that_the_conventions_name(file: dict[str, Any]) -> None:
    queries = [query["query"] for query in source(file, "tempo")["jsonData"]["tracesToMetrics"]["queries"]]
    asked = {name for query in queries for name in re.findall(r"trading_\w+(?=\{)", query)}

    assert asked
    assert asked <= set(prometheus_names())


def test_tags_of_a_trace_are_labels_that_the_metrics_carry(file: dict[str, Any]) -> None:
    tags = source(file, "tempo")["jsonData"]["tracesToMetrics"]["tags"]
    promoted = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text())["otlp"][
        "promote_resource_attributes"
    ]

    assert {tag["value"] for tag in tags} == {label(tag["key"]) for tag in tags}
    assert {tag["key"] for tag in tags} <= {*promoted, attributes.TRADING_VENUE}


def test_logs_of_a_trace_are_asked_by_an_index_label(file: dict[str, Any]) -> None:
    loki = (ROOT / "loki" / "loki.yaml").read_text(encoding="utf-8")
    indexed = yaml.safe_load(loki)["limits_config"]["otlp_config"]["resource_attributes"]["attributes_config"]

    (tag,) = source(file, "tempo")["jsonData"]["tracesToLogsV2"]["tags"]

    assert tag["key"] in indexed[0]["attributes"]
    assert tag["value"] == label(tag["key"])


def places(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each value of the file that is no mapping or list, with its place; items of lists go by uid or number."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            name = item.get("uid", number) if isinstance(item, dict) else number
            yield from places(item, f"{place}.{name}")
    else:
        yield place, value


def label(attribute: str) -> str:
    return attribute.replace(".", "_")


def prometheus_names() -> Iterator[str]:
    """Yield the series that Prometheus makes of the conventions' metrics (UnderscoreEscapingWithSuffixes)."""
    for metric in vars(metrics).values():
        if isinstance(metric, Instrument):
            name = label(metric.name) + {"s": "_seconds"}.get(metric.unit, "")
            endings = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("_total",)}
            yield from (name + ending for ending in endings.get(metric.kind, ("",)))
