"""Nothing on a board asks for a metric, label, attribute or event that the registry does not name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import yaml

from dashboards import foreign
from dashboards.names import DISTRIBUTION, ENVIRONMENT, INSTANCE, SERVICE, TARGET, THRESHOLD, VERSION
from model.load import load
from model.names import prometheus, prometheus_label
from tests.dashboards.reading import ROOT, Named, explored, files, links, named, panels, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

MODEL = load()
ENDINGS = {"histogram": ("_bucket", "_sum", "_count")}
METRICS = {prometheus(metric) + ending for metric in MODEL.metrics for ending in ENDINGS.get(metric.kind, ("",))}
ATTRIBUTES = {attribute.key for attribute in MODEL.attributes} | {"error.type", "exception.type", "exception.message"}
RESOURCE = {SERVICE, INSTANCE, VERSION, ENVIRONMENT, DISTRIBUTION, "service.namespace"}
EVENTS = {event.name for event in MODEL.events}
OF_PROMETHEUS = {"__name__", "le", "threshold", "job", "instance"}
OF_LOKI = {"event_name", "severity_level", "trace_id", "span_id", "__error__"}
SPAN_METRICS = {"span_name", "span_kind", "status_code"}
"""Labels that the Collector's ``span_metrics`` gives its series."""
OF_OTHERS: set[str] = set(getattr(foreign, "LABELS", ()))
"""Labels that the series in ``dashboards/foreign.py`` have of themselves."""


def everything() -> Iterator[tuple[str, Named]]:
    """Yield each query of each file with its place: of panels, of their links, of annotations and of variables."""
    for uid, board in files().items():
        for panel in panels(board):
            place = f"{uid}: {panel['title']}"
            for source, query in targets(panel):
                yield place, named(source, query)
            for link in links(panel):
                asked = explored(link["url"])
                if asked:
                    yield f"{place} > {link['title']}", named(*asked)
        for mark in board["annotations"]["list"]:
            if "expr" in mark:
                yield f"{uid}: {mark['name']}", named(mark["datasource"]["uid"], mark["expr"])
        for variable in board["templating"]["list"]:
            if variable["type"] == "query":
                yield f"{uid}: ${variable['name']}", of_variable(variable["query"]["query"])


def of_variable(query: str) -> Named:
    """Read ``label_values(SELECTOR, LABEL)``."""
    inside = re.fullmatch(r"label_values\((.*), (\w+)\)", query)
    assert inside, query
    selector, label = inside.groups()
    found = named("prometheus", selector)
    return found._replace(labels=found.labels | {label})


ASKED = dict(everything())


def test_the_boards_ask_all_three_stores() -> None:
    assert any(each.metrics for each in ASKED.values())
    assert any(each.texts for each in ASKED.values())
    assert any(each.attributes for each in ASKED.values())


def unknown(kind: str, known: set[str]) -> dict[str, set[str]]:
    """Return the names of a kind that are not known, by place."""
    return {place: wrong for place, each in ASKED.items() if (wrong := set(getattr(each, kind)) - known)}


def test_each_metric_is_in_the_registry() -> None:
    assert unknown("metrics", METRICS | {TARGET, THRESHOLD, *foreign.FOREIGN}) == {}


def test_each_label_is_an_attribute_of_the_registry() -> None:
    attributes = {prometheus_label(key) for key in ATTRIBUTES | RESOURCE}

    assert unknown("labels", attributes | OF_PROMETHEUS | OF_LOKI | SPAN_METRICS | OF_OTHERS) == {}


def test_each_attribute_of_a_span_is_in_the_registry() -> None:
    assert unknown("attributes", ATTRIBUTES | RESOURCE) == {}


def test_each_event_is_in_the_registry() -> None:
    assert unknown("texts", EVENTS) == {}


def test_each_threshold_stands_in_the_one_file_where_they_are_tuned() -> None:
    groups = yaml.safe_load((ROOT / "prometheus" / "rules" / "thresholds.yml").read_text(encoding="utf-8"))["groups"]
    tuned = {rule["labels"]["threshold"] for group in groups for rule in group["rules"]}
    asked = {
        name
        for board in files().values()
        for panel in panels(board)
        for _, query in targets(panel)
        for name in re.findall(rf'{THRESHOLD}\{{threshold="(\w+)"', query)
    }

    assert asked
    assert asked <= tuned


@pytest.mark.parametrize(
    ("source", "query", "wrong"),
    [
        (
            "prometheus",
            'sum by (le, venue) (rate(trading_order_submitted_total{bot="x"}[1m]))',
            "trading_order_submitted_total",
        ),
        ("prometheus", 'sum by (le, venue) (rate(trading_order_submitted_total{bot="x"}[1m]))', "bot"),
        ("prometheus", 'sum by (le, venue) (rate(trading_order_submitted_total{bot="x"}[1m]))', "venue"),
        ("prometheus", "trading_lost + 1", "trading_lost"),
        ("loki", '{app="x"} | event="trading.order.sent" | unwrap price', "app"),
        ("loki", '{app="x"} | event="trading.order.sent" | unwrap price', "event"),
        ("loki", '{app="x"} | event="trading.order.sent" | unwrap price', "price"),
        ("loki", '{app="x"} | event="trading.order.sent" | unwrap price', "trading.order.sent"),
        ("loki", '{app="x"} | label_format a=`{{ divf .cost 2 }}`', "cost"),
        ("tempo", '{ span.trading.order.uid = "x" && .trading.plan = "y" }', "trading.order.uid"),
        ("tempo", '{ span.trading.order.uid = "x" && .trading.plan = "y" }', "trading.plan"),
        ("tempo", '{ resource.host = "x" }', "host"),
    ],
)
def test_a_wrong_name_is_seen(source: str, query: str, wrong: str) -> None:
    found = named(source, query)

    assert wrong in found.metrics | found.labels | found.attributes | found.texts
