"""Rules about the Collector, and about alerting itself. Metrics are those of the servers' own."""

from __future__ import annotations

from typing import Final

from alerts.promql import THRESHOLD, by, counted, limit
from alerts.rule import Owner, Rule, Severity, State, Unit
from alerts.thresholds import NAMES

_EXPORTER: Final = ("exporter",)
_FILL: Final = "otelcol_exporter_queue_size / otelcol_exporter_queue_capacity"
_SIGNALS: Final = ("spans", "log_records", "metric_points")


def _of_signals(name: str, window: str, where: str = "") -> str:
    """Return what a counter that there is one of for each signal rose by, with the signal as a label."""
    each = (
        f"label_replace({counted(f'otelcol_{name}_{signal}_total{where}', window)}, 'signal', '{signal}', '', '')"
        for signal in _SIGNALS
    )
    return " or ".join(each)


_REFUSED: Final = _of_signals("receiver_refused", "5m")
_FAILED: Final = _of_signals("exporter_send_failed", "5m")
_LOST: Final = " or ".join(
    f"label_replace({found}, 'lost', '{lost}', '', '')"
    for lost, found in (
        ("refused for good", _of_signals("exporter_send_failed", "10m", '{error_permanent="true"}')),
        ("not queued", _of_signals("exporter_enqueue_failed", "10m")),
    )
)
_ALL: Final = "|".join(NAMES)
_LOADED: Final = f'count(count by (threshold) ({THRESHOLD}{{threshold=~"{_ALL}"}})) or vector(0)'
_UNLOADED: Final = "1 - (max(prometheus_config_last_reload_successful) or vector(1))"

RULES: Final = (
    Rule(
        uid="collector-down",
        title="The Collector is gone",
        expr='1 - (max(up{job="collector"}) or vector(0))',
        threshold=0,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="1m",
        no_data=State.ALERTING,
        no_data_reason="The query always finds something; where it does not, Prometheus is empty.",
        summary="No telemetry gets through: the Collector is gone, or cannot reach Prometheus.",
        means=(
            "The Collector has told nothing of itself for 5 minutes. Bots keep what they have on their disks and go on"
            " trading; nobody sees them. Every rule about bots is blind from now on."
        ),
        steps=(
            "$ docker compose ps --all collector",
            "$ docker compose logs --since 15m collector",
            "A configuration that does not load, a full disk, or memory: the log's last lines say it.",
            "$ docker compose up -d --wait --force-recreate collector",
            "Until then look at the bots where they run, and at the venues.",
        ),
        board="pipeline",
        panel="Servers",
    ),
    Rule(
        uid="collector-queue-filling",
        title="A queue of the Collector fills up",
        expr=f"({by(_EXPORTER, _FILL, 'max')}) <= on() group_left() {limit('collector_queue_full')}",
        threshold="collector_queue_warning",
        unit=Unit.SHARE,
        labels=_EXPORTER,
        severity=Severity.WARNING,
        owner=Owner.PLATFORM,
        pending="2m",
        summary="The Collector's queue for {exporter} fills up.",
        means="The destination takes less than comes, or nothing. What waits is safe on disk, until the queue is full.",
        steps=(
            "$ docker compose ps --all",
            "$ docker compose logs --since 15m collector",
            "See how fast it fills, on the panel, and what the store says:",
            "$ docker compose logs --since 15m loki tempo prometheus keeper",
        ),
        board="pipeline",
        panel="Collector queues",
    ),
    Rule(
        uid="collector-queue-full",
        title="A queue of the Collector is full",
        expr=by(_EXPORTER, _FILL, "max"),
        threshold="collector_queue_full",
        unit=Unit.SHARE,
        labels=_EXPORTER,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        summary="The Collector's queue for {exporter} is full: bots have to wait.",
        means=(
            "Bots are told to come again and keep their telemetry on their own disks; every other destination of the"
            " same signal waits, too."
        ),
        steps=(
            "Get the store back first:",
            "$ docker compose ps --all",
            "$ docker compose logs --since 30m collector",
            "It will not come back soon: raise `COLLECTOR_QUEUE_BYTES` in .env where the disk has room, then",
            "$ docker compose up -d --wait collector",
            "A destination of a layer (another system): take the layer out of `COLLECTOR_LAYERS`.",
        ),
        board="pipeline",
        panel="Collector queues",
    ),
    Rule(
        uid="collector-refusing",
        title="The Collector turns telemetry away",
        expr=by(("receiver",), _REFUSED),
        threshold=0,
        labels=("receiver",),
        severity=Severity.WARNING,
        owner=Owner.PLATFORM,
        pending="1m",
        summary="The Collector refuses what comes to {receiver}.",
        means="Its memory or a queue is full. Bots are told to come again, and keep what they have meanwhile.",
        steps=(
            "Is a queue full? See the panel. Else it is memory:",
            "$ docker compose logs --since 15m collector",
            "Raise `COLLECTOR_MEMORY_MIB` and `COLLECTOR_GO_MIB` in .env, then",
            "$ docker compose up -d --wait collector",
        ),
        board="pipeline",
        panel="Refused by the Collector",
    ),
    Rule(
        uid="collector-dropping",
        title="The Collector lost telemetry",
        expr=by((*_EXPORTER, "signal", "lost"), _LOST),
        threshold=0,
        labels=(*_EXPORTER, "signal", "lost"),
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="0s",
        summary="Telemetry for {exporter} is lost: {signal} {lost}.",
        means=(
            "A destination refused records for good, or a queue did not take them. They are gone. After choosing a"
            " layer it is mostly a wrong key."
        ),
        steps=(
            "The reason is in the log:",
            "$ docker compose logs --since 30m collector",
            "What the bots kept in their local stores can be sent again, on their machines:",
            "$ otel-trading replay --since 1h",
        ),
        board="pipeline",
        panel="Lost by the Collector",
    ),
    Rule(
        uid="exporter-failing",
        title="The Collector cannot deliver",
        expr=by((*_EXPORTER, "signal"), _FAILED),
        threshold=0,
        labels=(*_EXPORTER, "signal"),
        severity=Severity.WARNING,
        owner=Owner.PLATFORM,
        pending="5m",
        summary="Deliveries to {exporter} fail ({signal}).",
        means="Attempts failed for 5 minutes. They are repeated, and what is to be delivered waits in the queue.",
        steps=(
            "$ docker compose logs --since 15m collector",
            "$ docker compose ps --all",
            "One store: its own log. All of them: the Collector's network or disk.",
        ),
        board="pipeline",
        panel="Failed deliveries",
    ),
    Rule(
        uid="thresholds-missing",
        title="Thresholds of the alert rules are missing, or do not load",
        expr=f"{len(NAMES)} - ({_LOADED}) + {_UNLOADED}",
        threshold=0,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="2m",
        no_data=State.ALERTING,
        no_data_reason="The query always finds something; where it does not, Prometheus is empty.",
        summary="thresholds.yml does not load, or a line was taken out: its rule cannot fire.",
        means=(
            "Each rule compares with a number from `prometheus/rules/thresholds.yml`. Where one is not there, its rule"
            " says nothing, whatever happens. Where the file does not load, the numbers before it hold until Prometheus"
            " starts anew, and none after that. The value: how many are missing, and 1 for a file that does not load."
        ),
        steps=(
            "Does the file load?",
            "$ docker compose exec prometheus promtool check rules /etc/prometheus/rules/thresholds.yml",
            "$ docker compose logs --since 15m prometheus",
            "Put back what is missing, as in what `otel-trading init` lays out; it is read within half a minute.",
        ),
        board="pipeline",
        panel="Alert rules",
    ),
)
