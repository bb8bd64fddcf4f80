"""The rules, by group."""

from __future__ import annotations

from typing import Final

from alerts.rule import Group
from alerts.table import bots, execution, levels, markets, orders, risk, stack, stores, telemetry

GROUPS: Final = (
    # Whole tens of seconds: Grafana's scheduler ticks each 10 s and refuses others. What moves money comes first.
    Group("risk", "10s", risk.RULES),
    Group("orders", "10s", orders.RULES),
    Group("execution", "30s", execution.RULES),
    Group("markets", "10s", markets.RULES),
    Group("bots", "30s", bots.RULES),
    Group("levels", "30s", levels.RULES),
    Group("telemetry", "30s", telemetry.RULES),
    Group("stack", "30s", (*stack.RULES, *stores.RULES)),
)

RULES: Final = tuple(rule for group in GROUPS for rule in group.rules)
