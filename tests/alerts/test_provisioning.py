"""What Grafana reads at its start: each key known, each name that leads somewhere, and nothing expanded too early."""

from __future__ import annotations

import copy
import functools
import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from alerts.delivery import DEAD_MAN, LOUDNESS, WAYS
from alerts.generate import PROVISIONED, stale
from alerts.rule import Severity, State
from alerts.table import GROUPS, RULES
from alerts.thresholds import NAMES, ROOT
from otel_trading.stack.variables import names
from tests.stack.schemas.alerting import FILES
from tests.stack.schemas.strict import problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerts.rule import Rule

MISTAKES = {
    "rules": ("groups", "execErrorState"),
    "contact-points": ("contactPoints", "settings"),
    "policies": ("policies", "matcher"),
    "mute-times": ("muteTimes", "interval"),
    "templates": ("templates", "text"),
}
EXPANDED = re.compile(r"\$\{(\w+)\}|\$(\w+)")


@functools.cache
def content(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((PROVISIONED / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def shipped() -> Iterator[dict[str, Any]]:
    return (rule for group in content("rules")["groups"] for rule in group["rules"])


def routes(route: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield route
    for inner in route.get("routes", []):
        yield from routes(inner)


def texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, f"{place}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from texts(item, place)
    elif isinstance(value, str):
        yield place, value


def test_no_generated_file_is_stale() -> None:
    assert stale() == []


@pytest.mark.parametrize("name", FILES)
def test_grafana_knows_each_key_of_a_file(name: str) -> None:
    assert problems(FILES[name], content(name)) == []


@pytest.mark.parametrize("name", FILES)
def test_a_key_that_grafana_would_ignore_is_found(name: str) -> None:
    top, key = MISTAKES[name]
    wrong = copy.deepcopy(content(name))
    wrong[top][0][key] = "x"
    assert len(problems(FILES[name], wrong)) == 1


def test_there_is_no_other_file_as_grafana_stops_at_one_that_is_no_yaml() -> None:
    assert sorted(path.name for path in PROVISIONED.iterdir()) == sorted(f"{name}.yaml" for name in FILES)


def test_names_and_uids_are_of_one_rule_each() -> None:
    for field in ("uid", "title"):
        found = [rule[field] for rule in shipped()]
        assert len(set(found)) == len(found) == len(RULES)


def test_each_condition_names_a_query_and_each_query_is_used() -> None:
    for rule in shipped():
        asked = [query["refId"] for query in rule["data"]]
        models = [query["model"] for query in rule["data"]]
        used = {found for model in models for found in re.findall(r"\b[A-Z]\b", model.get("expression", ""))}
        assert sorted(asked) == sorted({*used, rule["condition"]})
        assert all(query["model"]["refId"] == query["refId"] for query in rule["data"])


def test_each_threshold_is_in_the_file_that_is_tuned_and_each_of_them_is_used() -> None:
    asked = [found for _, text in texts(content("rules")) for found in re.findall(r'threshold="(\w+)"', text)]
    assert set(asked) == set(NAMES)


def test_a_pending_time_is_whole_evaluations_long() -> None:
    for group in GROUPS:
        for rule in group.rules:
            assert _seconds(rule.pending) % _seconds(group.interval) == 0, rule.uid


def _seconds(period: str) -> int:
    return int(period[:-1]) * {"s": 1, "m": 60, "h": 3600}[period[-1]]


def test_each_receiver_that_a_route_may_name_is_there() -> None:
    there = {point["name"] for point in content("contact-points")["contactPoints"]}
    named = {route["receiver"] for route in routes(content("policies")["policies"][0])}
    assert there == {f"{each}{way}" for each in LOUDNESS for way in WAYS} | {"heartbeat"}
    assert named == {f"{each}${{ALERT_RECEIVERS}}" for each in LOUDNESS} | {"heartbeat"}


def test_receivers_have_uids_of_their_own() -> None:
    found = [receiver["uid"] for point in content("contact-points")["contactPoints"] for receiver in point["receivers"]]
    assert len(set(found)) == len(found)


def test_each_severity_has_a_route_and_what_is_critical_the_fastest() -> None:
    root = content("policies")["policies"][0]
    found = {tuple(route["object_matchers"][0]): route for route in root["routes"]}
    for severity in Severity:
        route = found["severity", "=", severity.value]
        assert route["receiver"].startswith("critical" if severity is Severity.CRITICAL else "other")
    assert found["severity", "=", "critical"]["group_wait"] == "5s"


def test_the_heartbeat_comes_first_and_goes_nowhere_else() -> None:
    first = content("policies")["policies"][0]["routes"][0]
    assert first["object_matchers"] == [["alertname", "=", DEAD_MAN]]
    assert "continue" not in first
    assert DEAD_MAN in [rule["title"] for rule in shipped()]


def test_a_closed_market_mutes_only_rules_that_ask_for_it_and_only_by_its_own_hours() -> None:
    times = {time["name"]: time for time in content("mute-times")["muteTimes"]}
    used = {
        name for route in routes(content("policies")["policies"][0]) for name in route.get("mute_time_intervals", [])
    }
    assert used == set(times)
    for time in times.values():
        for interval in time["time_intervals"]:
            ZoneInfo(interval["location"])
    asking = {rule["uid"] for rule in shipped() if "calendar" in rule["labels"]}
    assert asking == {rule.uid for rule in RULES if rule.session} != set()
    root = content("policies")["policies"][0]
    for route in root["routes"]:
        muted = [inner for inner in routes(route) if "mute_time_intervals" in inner]
        assert not muted or route["object_matchers"][0][0] == "calendar"


def test_what_grafana_expands_is_given_by_compose_and_nothing_else_looks_like_it() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    given = set(compose["services"]["grafana"]["environment"])
    for name in ("contact-points", "policies"):
        for place, text in texts(content(name)):
            asked = {braced or plain for braced, plain in EXPANDED.findall(text)}
            assert asked <= given, (name, place, asked)
    for place, text in texts(content("rules")):
        if ".labels." in place:
            assert {braced or plain for braced, plain in EXPANDED.findall(text)} <= given
        if ".annotations." in place:
            assert "${" not in text, place


def test_templates_hold_no_dollar_that_something_could_expand() -> None:
    assert "$" not in content("templates")["templates"][0]["template"]


def test_where_alerts_go_is_chosen_in_env() -> None:
    assert {name for name in names() if name.startswith("ALERT_")} >= {
        "ALERT_TELEGRAM_TOKEN",
        "ALERT_TELEGRAM_CHAT",
        "ALERT_EMAIL_TO",
        "ALERT_HEARTBEAT_URL",
        "ALERT_CALENDAR",
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.uid)
def test_a_rule_says_why_it_is_what_it_is_without_data_and_after_an_error(rule: Rule) -> None:
    assert rule.no_data_reason
    assert rule.exec_err_reason
    speaks_for_a_store = rule.uid in {"prometheus-down", "loki-down"}
    assert (rule.exec_err is State.ALERTING) == speaks_for_a_store


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.uid)
def test_a_rule_leads_to_its_page_and_its_page_is_served(rule: Rule) -> None:
    (found,) = (each for each in shipped() if each["uid"] == rule.uid)
    path = found["annotations"]["runbook_url"].removeprefix("{{ externalURL }}public/")
    assert (ROOT / "grafana" / path).is_file()
    assert (ROOT / "docs" / "runbooks" / f"{rule.uid}.md").is_file()


def test_groups_are_evaluated_in_steps_of_grafanas_scheduler() -> None:
    assert [group.name for group in GROUPS if _seconds(group.interval) % 10 or not _seconds(group.interval)] == []
