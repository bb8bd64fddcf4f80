"""The rules as Grafana's file provisioning takes them.

Grafana expands ``${NAME}`` in labels, contact points, policies and annotations, and leaves models of queries and
templates of messages as they are. No annotation here has a brace behind its ``$``.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from alerts.names import SERVICE, STRATEGY
from alerts.promql import limit
from alerts.table import GROUPS
from alerts.thresholds import ROOT

if TYPE_CHECKING:
    from alerts.rule import Group, Rule

FOLDER: Final = "otel-trading"
CALENDAR: Final = "${ALERT_CALENDAR}"
_BOARDS: Final = ROOT / "grafana" / "dashboards"
_LOOK_BACK: Final = 600
_PLACE: Final = re.compile(r"\{(\w+)\}")


def rules() -> dict[str, Any]:
    """Return the content of ``rules.yaml``."""
    return {"apiVersion": 1, "groups": [_group(group) for group in GROUPS]}


def _group(group: Group) -> dict[str, Any]:
    return {
        "orgId": 1,
        "name": group.name,
        "folder": FOLDER,
        "interval": group.interval,
        "rules": [_rule(rule) for rule in group.rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    panel = panel_id(rule)
    return {
        "uid": rule.uid,
        "title": rule.title,
        "condition": "C",
        "data": [*_value(rule), *_threshold(rule), _condition(rule)],
        "dashboardUid": rule.board_uid,
        **({} if panel is None else {"panelId": panel}),
        "noDataState": rule.no_data.value,
        "execErrState": rule.exec_err.value,
        "for": rule.pending,
        "keepFiringFor": rule.keep,
        "annotations": texts(rule),
        "labels": labels(rule),
        "isPaused": False,
    }


def labels(rule: Rule) -> dict[str, str]:
    """Return the labels that a rule gives its alerts, beside those of its series."""
    own = {"severity": rule.severity.value, "owner": rule.owner.value}
    return own | ({"calendar": CALENDAR} if rule.session else {})


def texts(rule: Rule) -> dict[str, str]:
    """Return the annotations: what a message says, as templates that Grafana fills for each alert."""
    return {
        "summary": _PLACE.sub(lambda found: _label(rule, found[1]), rule.summary),
        "description": rule.means,
        "first_step": _first_step(rule),
        "value": f"{{{{ with $values.A }}}}{{{{ {rule.unit.value} }}}}{{{{ end }}}}",
        **_limit_annotation(rule),
        "runbook_url": f"{{{{ externalURL }}}}public/runbooks/{rule.uid}.html",
    }


def _label(rule: Rule, word: str) -> str:
    """Return a template of a label's value, or of nothing where the series has no such label.

    ``word`` is the end of its name: ``venue`` for ``trading_venue``; ``bot`` is the service.
    """
    named = {"bot": SERVICE, "strategy": STRATEGY}.get(word, word)
    (found,) = (label for label in rule.labels if label in {named, f"trading_{named}"})
    return f"{{{{ with $labels.{found} }}}}{{{{ . }}}}{{{{ end }}}}"


def _first_step(rule: Rule) -> str:
    """Return what to do first; a sentence that ends in a colon goes on with its command."""
    first, *rest = rule.steps
    return f"{first} {rest[0].removeprefix('$ ')}" if first.endswith(":") else first.removeprefix("$ ")


def _limit_annotation(rule: Rule) -> dict[str, str]:
    if not isinstance(rule.threshold, str):
        return {}
    return {"threshold": f"{{{{ with $values.B }}}}{{{{ {rule.unit.value} }}}}{{{{ end }}}}"}


def _value(rule: Rule) -> list[dict[str, Any]]:
    return [_query("Q", rule.store, rule.expr), _number("A", "Q")]


def _threshold(rule: Rule) -> list[dict[str, Any]]:
    if not isinstance(rule.threshold, str):
        return []
    return [_query("L", "prometheus", limit(rule.threshold)), _number("B", "L")]


def _query(reference: str, store: str, expression: str) -> dict[str, Any]:
    model: dict[str, Any] = {
        "refId": reference,
        "datasource": {"type": store, "uid": store},
        "editorMode": "code",
        "expr": expression,
        "intervalMs": 1000,
        "maxDataPoints": 43200,
    }
    model |= {"instant": True, "range": False} if store == "prometheus" else {"queryType": "instant"}
    query: dict[str, Any] = {"refId": reference}
    if store == "loki":
        query["queryType"] = "instant"
    return query | {
        "relativeTimeRange": {"from": _LOOK_BACK, "to": 0},
        "datasourceUid": store,
        "model": model,
    }


def _condition(rule: Rule) -> dict[str, Any]:
    right = "$B" if isinstance(rule.threshold, str) else f"{rule.threshold:g}"
    return _expression("C", {"type": "math", "expression": f"$A {rule.comparison} {right}"})


def _number(reference: str, query: str) -> dict[str, Any]:
    """Return what makes numbers of a query's answer, also where a version of Grafana takes it for a time series."""
    return _expression(reference, {"type": "reduce", "expression": query, "reducer": "last"})


def _expression(reference: str, what: dict[str, str]) -> dict[str, Any]:
    model = {"refId": reference, "datasource": {"type": "__expr__", "uid": "__expr__"}, **what}
    return {"refId": reference, "relativeTimeRange": {"from": 0, "to": 0}, "datasourceUid": "__expr__", "model": model}


def panel_id(rule: Rule) -> int | None:
    """Return the id of the panel that shows a rule, by its title; None where its board is not there."""
    for file in sorted(_BOARDS.glob("*.json")):
        board = json.loads(file.read_text(encoding="utf-8"))
        if board["uid"] == rule.board_uid:
            return {panel["title"]: panel["id"] for panel in _panels(board) if panel.get("title")}.get(rule.panel)
    return None


def _panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [inner for panel in board.get("panels", []) for inner in (panel, *panel.get("panels", []))]
