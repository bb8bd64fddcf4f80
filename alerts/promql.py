"""Builders of PromQL, and of LogQL, that several rules share."""

from __future__ import annotations

from alerts.names import BOT, BOTS, SERVICE

THRESHOLD = "trading_alert_threshold"
"""The series of ``prometheus/rules/thresholds.yml``."""


def limit(name: str) -> str:
    """Return a threshold as a series without labels."""
    return f'sum({THRESHOLD}{{threshold="{name}"}})'


def by(labels: tuple[str, ...], expr: str, how: str = "sum") -> str:
    """Add up by labels."""
    return f"{how} by ({', '.join(labels)}) ({expr})"


def counted(selector: str, window: str) -> str:
    """Return how much each counter rose within a window, its first value included.

    ``increase()`` never sees the value that a series begins with: the first breach that a bot counts would raise no
    alarm. So it is the last value less the one before the window; or the whole of it where there was none within an
    hour before, which is a series that has begun, and not one that came back after the receiver was away.
    """
    last = f"last_over_time({selector}[{window}])"
    return f"({last} - last_over_time({selector}[1h] offset {window}) >= 0 or {last})"


def total(labels: tuple[str, ...], selector: str, window: str) -> str:
    """Return how many there were within a window, by labels."""
    return by(labels, counted(selector, window))


def share(labels: tuple[str, ...], part: str, whole: str, window: str, least: int = 1) -> str:
    """Return what share of one counter another is within a window; nothing where the whole is below ``least``."""
    all_of_them = f"({total(labels, whole, window)} >= {least})"
    return f"({total(labels, part, window)} or {all_of_them} * 0) / {all_of_them}"


def quantile(which: float, labels: tuple[str, ...], bucket: str, window: str) -> str:
    """Return a quantile of a histogram within a window, by labels."""
    return f"histogram_quantile({which}, {total((*labels, 'le'), bucket, window)})"


def said(labels: tuple[str, ...], stream: str, window: str) -> str:
    """Return how many lines bots wrote into a stream of Loki within a window, by labels (LogQL)."""
    return by(labels, f'count_over_time({{{SERVICE}=~".+", {stream}}} [{window}])')


def latest(labels: tuple[str, ...], selector: str, own: tuple[str, ...] = ()) -> str:
    """Return what gauges say, added up over ``own`` labels.

    For five minutes after a restart both processes of a bot are there: the larger counts, not both.
    """
    return by(labels, by((*labels, *own), selector, "max")) if own else by(labels, selector, "max")


def alive(labels: tuple[str, ...] = BOT) -> str:
    """Return a series for each bot of which Prometheus has heard within five minutes."""
    return by(labels, BOTS, "count")


def unless(expr: str, cause: str, labels: tuple[str, ...]) -> str:
    """Keep a symptom still while its cause holds: Grafana's Alertmanager takes no inhibition rules from files."""
    return f"({expr}) unless on({', '.join(labels)}) ({cause})"


def while_telemetry_flows(expr: str) -> str:
    """Leave out what only looks gone because the Collector, or its way to Prometheus, is."""
    return f'({expr}) and on() (count(up{{job="collector"}} == 1) > 0)'
