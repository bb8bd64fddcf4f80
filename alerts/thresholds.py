"""Reads ``prometheus/rules/thresholds.yml``: the numbers that a user tunes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
FILE: Final = ROOT / "prometheus" / "rules" / "thresholds.yml"


def read(file: Path = FILE) -> dict[str, float]:
    """Return each threshold's value as shipped."""
    content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    rules = [rule for group in content["groups"] for rule in group["rules"]]
    return {rule["labels"]["threshold"]: float(rule["expr"]) for rule in rules}


VALUES: Final = read()
NAMES: Final = tuple(VALUES)
