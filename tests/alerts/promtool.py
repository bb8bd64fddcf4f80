"""The rules in Prometheus's own form, from the same table, and their trials as ``promtool test rules`` takes them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import yaml

from alerts.promql import limit
from alerts.provisioning import labels
from alerts.thresholds import FILE
from tests.alerts.trial import VALUES
from tests.stack.harness.built import built

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from alerts.rule import Rule
    from tests.alerts.trial import Trial


def alert(rule: Rule) -> dict[str, Any]:
    """Return a rule as Prometheus's: what Grafana's math ``$A > $B`` does with a $B without labels."""
    right = f"on() group_left() {limit(rule.threshold)}" if isinstance(rule.threshold, str) else f"{rule.threshold:g}"
    return {
        "alert": rule.uid,
        "expr": f"({rule.expr}) {rule.comparison} {right}",
        "for": rule.pending,
        "keep_firing_for": rule.keep,
        "labels": labels(rule),
    }


def rule_file(folder: Path, rules: Iterable[Rule]) -> Path:
    """Write a file of Prometheus's rules."""
    file = folder / "alerts.yml"
    group = {"name": "alerts", "rules": [alert(rule) for rule in rules]}
    file.write_text(yaml.safe_dump({"groups": [group]}, sort_keys=False, width=4096), encoding="utf-8")
    return file


def expected(rule: Rule, trial: Trial) -> dict[str, str]:
    """Return the labels of the alert that a trial ends in."""
    found = {name: trial.expect.get(name, VALUES.get(name, "")) for name in rule.labels}
    return {**labels(rule), **{name: value for name, value in found.items() if value}}


def run(folder: Path, rule: Rule, trial: Trial) -> subprocess.CompletedProcess[str]:
    """Let promtool judge a trial."""
    fired = [{"exp_labels": expected(rule, trial)}]
    always = trial.quiet is None
    times = [(None if trial.fires is None else 1, fired if always else []), (trial.fires, fired), (trial.quiet, [])]
    test = {
        "rule_files": [str(rule_file(folder, [rule])), *([] if trial.own_thresholds else [str(FILE)])],
        "evaluation_interval": "15s",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in trial.series.items()],
                "alert_rule_test": [
                    {"eval_time": f"{minutes}m", "alertname": rule.uid, "exp_alerts": alerts}
                    for minutes, alerts in times
                    if minutes is not None
                ],
            }
        ],
    }
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump(test, sort_keys=False, width=10**6), encoding="utf-8")
    return subprocess.run([built("promtool"), "test", "rules", str(file)], capture_output=True, text=True, check=False)
