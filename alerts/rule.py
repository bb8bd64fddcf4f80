"""What a rule is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(str, Enum):
    """How soon somebody has to look."""

    CRITICAL = "critical"  # at once, at night too
    WARNING = "warning"  # within the hour, without a sound
    INFO = "info"  # when there is time


class Owner(str, Enum):
    """Who can do something about it."""

    DESK = "desk"  # who answers for the orders
    PLATFORM = "platform"  # who answers for this stack


class State(str, Enum):
    """What a rule is where its query finds nothing, or fails."""

    OK = "OK"
    ALERTING = "Alerting"
    KEEP = "KeepLast"


class Unit(str, Enum):
    """How a value reads in a message; the value is how Grafana's template functions write it."""

    NUMBER = "humanize .Value"
    SHARE = "humanizePercentage .Value"
    TIME = "humanizeDuration .Value"
    BYTES = "humanize1024 .Value"


QUIET = "Nothing to look at is no trouble: whether a bot or a server is gone, rules of their own tell."
KEPT = (
    "A store that does not answer says nothing about the bots: what fired goes on, what did not stays still, and"
    " one rule for each store tells of the store."
)


@dataclass(frozen=True)
class Rule:
    """One alert rule. ``expr`` is the value, in PromQL or LogQL, and tells its series apart by ``labels``.

    ``threshold`` is a name in ``prometheus/rules/thresholds.yml``, or a number where there is nothing to tune: on or
    off. ``summary`` names labels in braces: ``{bot}``, ``{venue}``. ``steps`` are Markdown; a step that begins with
    ``$ `` is a command.
    """

    uid: str
    title: str
    expr: str
    threshold: str | float
    severity: Severity
    owner: Owner
    summary: str
    means: str
    steps: tuple[str, ...]
    board: str
    panel: str
    comparison: str = ">"
    unit: Unit = Unit.NUMBER
    pending: str = "1m"
    keep: str = "0s"
    labels: tuple[str, ...] = ()
    store: str = "prometheus"
    session: bool = False
    """Whether it means nothing while the market is closed."""
    no_data: State = State.OK
    no_data_reason: str = QUIET
    exec_err: State = State.KEEP
    exec_err_reason: str = KEPT

    @property
    def board_uid(self) -> str:
        """The uid of the dashboard that shows it."""
        return f"otel-trading-{self.board}"


@dataclass(frozen=True)
class Group:
    """Rules that are evaluated together, one after the other."""

    name: str
    interval: str
    rules: tuple[Rule, ...]
