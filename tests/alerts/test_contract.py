"""What rules ask for is there: names of the registry, panels of the dashboards, commands that run."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import click
import pytest

from alerts.names import label, series
from alerts.provisioning import panel_id
from alerts.runbooks import question
from alerts.table import RULES
from alerts.thresholds import ROOT
from otel_trading.cli import main
from otel_trading.semconv import attributes, events, metrics
from otel_trading.semconv.instrument import Instrument
from otel_trading.stack.variables import names
from tests.stack.rendered import compose, rendered

if TYPE_CHECKING:
    from pathlib import Path

    from alerts.rule import Rule

INSTRUMENTS = [found for found in vars(metrics).values() if isinstance(found, Instrument)]
ENDINGS = {"histogram": ("_bucket", "_sum", "_count")}
SERIES = {series(metric, ending): metric for metric in INSTRUMENTS for ending in ENDINGS.get(metric.kind, ("",))}
ATTRIBUTES = {label(value) for name, value in vars(attributes).items() if name.isupper() and isinstance(value, str)}
EVENTS = {value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)}
OTHERS = re.compile(
    r"up|target_info|trading_alert_threshold"
    r"|otelcol_exporter_(queue_size|queue_capacity|(send|enqueue)_failed_(spans|log_records|metric_points)_total)"
    r"|otelcol_receiver_refused_(spans|log_records|metric_points)_total"
    r"|keeper_(store_(used_bytes|limit_bytes|free_bytes|refusing|short)|last_success_timestamp_seconds)"
    r"|keeper_queues_put_aside_total|prometheus_tsdb_(storage_blocks|retention_limit)_bytes"
    r"|grafana_alerting_notifications_failed_total|prometheus_config_last_reload_successful"
)
"""Metrics of the servers' own; tests/stack/test_alert_rules.py sees that the servers have them."""

_TEXT = re.compile(r'"[^"]*"')
_RANGE = re.compile(r"\[\w+\]")
_GROUPING = re.compile(r"(?:by|on) ?\(([\w, ]*)\)")
_WHERE = re.compile(r"\{([^}]*)\}")
_WORDS = {
    "sum",
    "max",
    "min",
    "count",
    "abs",
    "time",
    "vector",
    "clamp_min",
    "histogram_quantile",
    "last_over_time",
    "count_over_time",
    "label_replace",
    "by",
    "on",
    "and",
    "or",
    "unless",
    "offset",
    "group_left",
}
PLACEHOLDERS = {"ID": "cl-7f3a-0001", "BOT": "grid-bot"}
PROGRAMS = {"otel-trading", "docker", "timedatectl", "df"}


def asked(rule: Rule) -> set[str]:
    """Return the metrics that a rule asks for."""
    bare = _WHERE.sub("", _GROUPING.sub("", _RANGE.sub("", _TEXT.sub("", question(rule).replace("'", '"')))))
    return set(re.findall(r"\b[a-z_]\w*\b", bare)) - _WORDS - {"d", "h", "m"}


def commands(rule: Rule) -> list[list[str]]:
    lines = [step.removeprefix("$ ") for step in rule.steps if step.startswith("$ ")]
    return [[PLACEHOLDERS.get(word, word) for word in shlex.split(line)] for line in lines]


OF_METRICS = [rule for rule in RULES if rule.store == "prometheus"]
BY_UID = [pytest.param(rule, id=rule.uid) for rule in RULES]


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.uid) for rule in OF_METRICS])
def test_a_metric_that_a_rule_asks_for_is_one_that_there_is(rule: Rule) -> None:
    assert [name for name in asked(rule) if name not in SERIES and not OTHERS.fullmatch(name)] == []
    assert asked(rule) or rule.uid == "dead-man"


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.uid) for rule in OF_METRICS])
def test_a_label_of_a_rule_is_one_that_its_metrics_carry(rule: Rule) -> None:
    resource = {"service_name", "deployment_environment_name", "trading_strategy_id"}
    for name in asked(rule) & set(SERIES):
        own = {label(each) for each in SERIES[name].attributes} | resource
        where = {
            key
            for found in re.findall(rf"\b{name}\{{([^}}]*)\}}", question(rule))
            for key in re.findall(r"(\w+)(?==|!)", found)
        }
        assert where <= own | {"le"}, name


@pytest.mark.parametrize("rule", BY_UID)
def test_a_trading_label_in_a_query_is_an_attribute_of_the_registry(rule: Rule) -> None:
    grouped = {word.strip() for found in _GROUPING.findall(question(rule)) for word in found.split(",")}
    matched = {word for found in _WHERE.findall(question(rule)) for word in re.findall(r"(\w+)(?:=|!)", found)}
    labels = {word for word in {*grouped, *matched, *rule.labels} if word.startswith("trading_")}
    assert labels <= ATTRIBUTES


@pytest.mark.parametrize("rule", BY_UID)
def test_an_event_that_a_rule_or_its_page_names_is_one_of_the_registry(rule: Rule) -> None:
    named = set(re.findall(r'event_name="([^"]+)"', rule.expr))
    named |= {word for words in commands(rule) for word in words if word.startswith("trading.")}
    assert named <= EVENTS


@pytest.mark.parametrize("rule", BY_UID)
def test_a_rule_leads_to_a_panel_that_there_is(rule: Rule) -> None:
    assert (ROOT / "grafana" / "dashboards" / f"{rule.board_uid}.json").is_file()
    assert panel_id(rule) is not None, f"{rule.board_uid} has no panel {rule.panel!r}"


@pytest.mark.parametrize("rule", BY_UID)
def test_a_command_of_a_page_is_one_that_there_is(rule: Rule, tmp_path: Path) -> None:
    for program, *words in commands(rule):
        assert program in PROGRAMS
        if program == "otel-trading":
            group = click.Context(main)
            name, command, rest = main.resolve_command(group, list(words))
            assert command is not None
            command.make_context(name, rest, parent=group)  # raises where an option or argument is wrong
        if words[:1] == ["compose"]:
            _check_compose(words[1:], tmp_path)


def _check_compose(words: list[str], folder: Path) -> None:
    helped = compose(folder, words[0], "--help")
    assert helped.returncode == 0, helped.stderr
    if words[0] == "exec":  # what follows the service is for the program inside
        words = words[: next(place for place, word in enumerate(words) if word in rendered()["services"]) + 1]
    options = [word for word in words if word.startswith("-")]
    assert [option for option in options if not re.search(rf"(?<![\w-]){option}\b", helped.stdout)] == []
    services = [word for word in words[1:] if word in rendered()["services"]]
    # Not `kill`: a container that Docker sent any signal counts as stopped by hand, and is not started again.
    assert words[0] in {"ps", "up", "logs", "restart", "exec"}
    assert services or words[0] in {"ps", "up"}


@pytest.mark.parametrize("rule", BY_UID)
def test_a_page_says_what_it_means_and_what_to_do(rule: Rule) -> None:
    page = (ROOT / "docs" / "runbooks" / f"{rule.uid}.md").read_text(encoding="utf-8")
    for heading in ("## What it means", "## What to look at", "## What to do", "## The rule"):
        assert heading in page
    assert commands(rule) or rule.uid in {"rate-limit-high", "leverage-high", "tick-to-trade-slow", "exposure-high"}
    assert rule.panel in page


def test_variables_that_pages_name_are_those_of_env() -> None:
    pages = " ".join(" ".join((rule.means, *rule.steps)) for rule in RULES)
    named = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", pages))
    assert len(named) > 5
    assert named <= names()
