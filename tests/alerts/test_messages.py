"""Messages arrive: Telegram takes them whatever labels hold and however many alerts there are, and they say enough."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.messages import MOST_NAMED, MOST_RESOLVED, MOST_TOLD
from alerts.provisioning import texts
from alerts.table import RULES
from tests.alerts.rendering import alert, annotation, message
from tests.alerts.telegram import RefusedError, read
from tests.alerts.trial import VALUES

TELEGRAM = "otel-trading.telegram"

HOSTILE = {
    "tags": "<b>bold</b><script>alert(1)</script>",
    "a tag left open": '<a href="http://x">',
    "entities": "&lt;&amp;&nbsp;&#0;&",
    "only ampersands": "&" * 5000,
    "only quotes": '"' * 5000,
    "only brackets": "<>" * 5000,
    "long": "x" * 10_000,
    "wide": "\U0001f642\u20ac" * 3000,
    "lines": "a\nb\r\n\tc\u2028d",
    "control": "\x00\x07\x1b[31m\u202eright to left\u200b",
    "a template": '{{ template "x" }} {{ .Labels }} ${HOME} $labels',
    "markdown": "*a* _b_ [c](http://d) `e`",
    "no value": "<no value>",
    "empty": "",
    "cut through an entity": "x" * 68 + "&&&",
    "json": '{"a": "\\u0000", "b": [1, 2]}',
}


def one(**changes: Any) -> dict[str, Any]:
    labels = {"alertname": "Orders are refused", "severity": "warning", "owner": "desk", "service_name": "grid-btc"}
    annotations = {
        "summary": "binance refuses orders of grid-btc.",
        "description": "Of the orders of the last 5 minutes many were refused.",
        "first_step": "Read the category on the panel.",
        "value": "12.5%",
        "threshold": "5%",
        "runbook_url": "http://localhost:3000/public/runbooks/order-rejections.html",
    }
    panel = "http://localhost:3000/d/otel-trading-desk?from=1795442885727&orgId=1&to=1795442895727&viewPanel=18"
    return alert(
        labels=labels | changes.pop("labels", {}),
        annotations=annotations | changes.pop("annotations", {}),
        PanelURL=panel,
        SilenceURL="http://localhost:3000/alerting/silence/new?alertmanager=grafana&matcher=x%3Dy",
        **changes,
    )


def test_a_message_says_what_where_how_bad_since_when_what_to_do_and_where_to_look() -> None:
    text, links = read(message(TELEGRAM, [one()]))
    assert text.splitlines() == [
        "FIRING 1 · grid-btc",
        "",
        "Orders are refused · warning",
        "binance refuses orders of grid-btc.",
        "12.5% (threshold 5%) · since 03:12:44 UTC",
        "Read the category on the panel.",
        "What to do · Panel",
    ]
    assert links[0] == "http://localhost:3000/public/runbooks/order-rejections.html"
    assert "viewPanel=18" in links[1]


def test_a_resolved_alert_is_one_line() -> None:
    text, links = read(message(TELEGRAM, [one(resolved=True)]))
    assert text.splitlines() == ["RESOLVED 1 · grid-btc", "", "Resolved:", "• Orders are refused · grid-btc"]
    assert links == []


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("count", [1, 60])
def test_telegram_takes_a_message_whatever_its_labels_and_annotations_hold(hostile: str, count: int) -> None:
    everywhere = dict.fromkeys(("alertname", "severity", "service_name", "deployment_environment_name"), hostile)
    said = dict.fromkeys(("summary", "first_step", "value", "threshold", "runbook_url"), hostile)
    alerts = [one(labels=everywhere, annotations=said, resolved=number % 2 == 1) for number in range(count)]
    read(message(TELEGRAM, alerts))


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(), st.text(), st.text(max_size=400), st.booleans()), min_size=1, max_size=12))
def test_telegram_takes_a_message_of_any_text(found: list[tuple[str, str, str, bool]]) -> None:
    alerts = [
        one(labels={"alertname": name, "service_name": bot}, annotations={"summary": said}, resolved=resolved)
        for name, bot, said, resolved in found
        if not any("\ud800" <= character <= "\udfff" for character in name + bot + said)
    ]
    if alerts:
        read(message(TELEGRAM, alerts))


def test_what_is_escaped_reads_as_it_was() -> None:
    text, _ = read(message(TELEGRAM, [one(annotations={"summary": 'a < b && c > "d"'})]))
    assert 'a < b && c > "d"' in text


def test_the_longest_possible_message_is_not_cut() -> None:
    url = "http://localhost:3000/" + "y" * 220
    long = dict.fromkeys(("alertname", "severity", "service_name", "deployment_environment_name"), "W" * 500)
    said = dict.fromkeys(("summary", "first_step", "value", "threshold"), "W" * 500) | {"runbook_url": url}
    alerts = [one(labels=long, annotations=said, resolved=number % 2 == 1) | {"PanelURL": url} for number in range(80)]
    text = message(TELEGRAM, alerts)
    assert 3000 < len(text) <= 4096
    _, links = read(text)
    assert len(links) == 2 * MOST_TOLD


def test_many_alerts_are_named_then_counted() -> None:
    alerts = [one(labels={"alertname": f"Alert {number:02}"}) for number in range(30)]
    alerts += [one(labels={"alertname": f"Over {number:02}"}, resolved=True) for number in range(30)]
    text, _ = read(message(TELEGRAM, alerts))
    assert text.startswith("FIRING 30, RESOLVED 30")
    assert sum(f"Alert {number:02}" in text for number in range(30)) == MOST_TOLD + MOST_NAMED
    assert sum(f"Over {number:02}" in text for number in range(30)) == MOST_RESOLVED
    assert text.count("and more, in Grafana") == 2


@pytest.mark.parametrize("count", range(1, 10))
def test_each_of_a_few_alerts_is_there_once(count: int) -> None:
    text, _ = read(message(TELEGRAM, [one(labels={"alertname": f"Alert {n}"}) for n in range(count)]))
    assert [text.count(f"Alert {n}") for n in range(min(count, 7))] == [1] * min(count, 7)


def test_a_link_that_is_no_link_or_too_long_is_left_out() -> None:
    for url in ("javascript:alert(1)", "http://x/ y", "http://x/" + "y" * 400, "<no value>"):
        _, links = read(message(TELEGRAM, [one(annotations={"runbook_url": url}) | {"PanelURL": ""}]))
        assert links == []


def test_an_alert_without_labels_and_annotations_is_still_a_message() -> None:
    text, _ = read(message(TELEGRAM, [alert(labels={}, annotations={})]))
    assert "no value" not in text


def test_an_email_says_all_of_every_alert() -> None:
    alerts = [one(labels={"alertname": f"Alert {number}"}) for number in range(20)]
    text = message("otel-trading.email", alerts)
    assert all(f"Alert {number} (warning, desk)" in text for number in range(20))
    assert text.count("What to do: http://localhost:3000/public/runbooks/order-rejections.html") == 20
    assert message("otel-trading.subject", alerts[:1]) == "[FIRING 1] Alert 0 · grid-btc"
    assert message("otel-trading.subject", alerts) == "[FIRING 20] 20 alerts · grid-btc"


def test_a_subject_is_one_line() -> None:
    assert "\n" not in message(
        "otel-trading.subject", [one(labels={"alertname": "a\nBcc: b", "service_name": "c\r\nd"})]
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.uid)
def test_the_annotations_of_a_rule_are_filled_from_its_labels_and_values(rule: Any) -> None:
    labels = {name: VALUES.get(name) or name for name in rule.labels}
    found = {name: annotation(text, labels, {"A": 0.125, "B": 0.05}) for name, text in texts(rule).items()}
    assert "{" not in found["summary"]
    assert all(labels[name] in found["summary"] for name in rule.labels if f"$labels.{name} " in texts(rule)["summary"])
    assert found["value"]
    assert found["runbook_url"] == f"http://localhost:3000/public/runbooks/{rule.uid}.html"
    read(message(TELEGRAM, [alert(labels=labels | {"alertname": rule.title}, annotations=found)]))
    without = {name: annotation(text, {}, {}) for name, text in texts(rule).items() if name in {"summary", "value"}}
    assert "no value" not in "".join(without.values())


@pytest.mark.parametrize(
    "broken",
    [
        "<b>a",
        "a</b>",
        "<b><i>a</b></i>",
        "a < b",
        "a > b",
        "a & b",
        "&nbsp;",
        "<br>",
        "<p>a</p>",
        "<!-- a -->",
        "<b",
        "<b>a</b",
        '<a onclick="x">a</a>',
        "x" * 4097,
        "",
    ],
)
def test_the_reader_refuses_what_telegram_refuses(broken: str) -> None:
    with pytest.raises(RefusedError):
        read(broken)
