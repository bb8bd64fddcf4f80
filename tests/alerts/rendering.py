"""Renders messages and annotations with Alertmanager's own template package (``servers/templates``)."""

from __future__ import annotations

import functools
import json
import subprocess
from typing import Any

import yaml

from alerts.generate import PROVISIONED
from tests.stack.harness.built import built

STARTED = "2026-11-23T03:12:44Z"


@functools.cache
def templates() -> str:
    """Return the templates as shipped."""
    content = yaml.safe_load((PROVISIONED / "templates.yaml").read_text(encoding="utf-8"))
    (found,) = (item["template"] for item in content["templates"])
    return str(found)


def alert(
    *, resolved: bool = False, labels: dict[str, str], annotations: dict[str, str], **more: Any
) -> dict[str, Any]:
    """Return an alert as Grafana hands it to a template."""
    status = "resolved" if resolved else "firing"
    return {"status": status, "labels": labels, "annotations": annotations, "startsAt": STARTED, **more}


def message(name: str, alerts: list[dict[str, Any]]) -> str:
    """Render a template of the shipped ones for a group of alerts."""
    everywhere = [set(each["labels"].items()) for each in alerts]
    data = {
        "receiver": "critical-telegram",
        "status": "firing",
        "alerts": alerts,
        "groupLabels": {},
        "commonLabels": dict(set.intersection(*everywhere)) if everywhere else {},
        "commonAnnotations": {},
        "externalURL": "http://localhost:3000/",
    }
    return _rendered({"templates": templates(), "render": f'{{{{ template "{name}" . }}}}', "data": data})


def annotation(template: str, labels: dict[str, str], values: dict[str, float]) -> str:
    """Render an annotation of a rule."""
    return _rendered({"annotation": template, "labels": labels, "values": values})


def _rendered(request: dict[str, Any]) -> str:
    done = subprocess.run(
        [built("templates")], input=json.dumps(request), capture_output=True, text=True, check=False, timeout=30
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
