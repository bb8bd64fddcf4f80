"""Trials of the rules about the stack's own servers."""

from __future__ import annotations

from alerts.promql import THRESHOLD
from alerts.thresholds import NAMES
from tests.alerts.trial import Trial, counter, gauge, named

_NEW_AT_10 = gauge((10, None), (60, 3))
_STUCK = " ".join(str(min(minute, 10) * 60 if minute < 30 else minute * 60) for minute in range(60))
_LOGS = {"exporter": "otlp_http/loki", "data_type": "logs"}
_OF_LOKI = {"store": "loki", "service_name": "keeper"}


def _thresholds() -> dict[str, str]:
    first, *others = (named(THRESHOLD, threshold=name) for name in NAMES)
    return {first: gauge((10, 1), (20, None), (20, 1))} | dict.fromkeys(others, gauge((50, 1)))


COLLECTOR = {
    "collector-down": Trial({named("up", job="collector"): gauge((10, 1), (20, None), (20, 1))}, 18, 35),
    "collector-queue-filling": Trial(
        {
            named("otelcol_exporter_queue_size", **_LOGS): gauge((10, 1), (10, 50), (10, 1)),
            named("otelcol_exporter_queue_capacity", **_LOGS): gauge((30, 100)),
        },
        fires=15,
        quiet=25,
        expect=_LOGS,
    ),
    "collector-queue-full": Trial(
        {
            named("otelcol_exporter_queue_size", **_LOGS): gauge((10, 1), (10, 95), (10, 1)),
            named("otelcol_exporter_queue_capacity", **_LOGS): gauge((30, 100)),
        },
        fires=15,
        quiet=25,
        expect=_LOGS,
    ),
    "collector-refusing": Trial(
        {
            named(f"otelcol_receiver_refused_{signal}_total", receiver="otlp"): counter((10, 0), (5, 10), (20, 0))
            for signal in ("spans", "log_records", "metric_points")
        },
        fires=13,
        quiet=25,
        expect={"receiver": "otlp"},
    ),
    "collector-dropping": Trial(
        {
            named(
                "otelcol_exporter_send_failed_log_records_total", exporter="otlp_http/loki", error_permanent="true"
            ): _NEW_AT_10
        },
        fires=12,
        quiet=30,
        expect={"exporter": "otlp_http/loki", "signal": "log_records", "lost": "refused for good"},
    ),
    "exporter-failing": Trial(
        {
            named("otelcol_exporter_send_failed_spans_total", exporter="otlp_grpc/tempo"): counter(
                (10, 0), (15, 5), (20, 0)
            )
        },
        fires=20,
        quiet=40,
        expect={"exporter": "otlp_grpc/tempo", "signal": "spans"},
    ),
    "thresholds-missing": Trial(_thresholds(), 20, 40, own_thresholds=True),
}

STORES = {
    "prometheus-down": Trial({named("up", job="prometheus"): gauge((10, 1), (10, 0), (10, 1))}, 15, 25),
    "server-down": Trial(
        {
            named("up", job="loki"): gauge((10, 1), (10, 0), (10, 1)),
            named("up", job="tempo"): gauge((30, 1)),
        },
        fires=15,
        quiet=25,
        expect={"job": "loki"},
    ),
    "store-refusing": Trial(
        {named("keeper_store_refusing", **_OF_LOKI): gauge((10, 0), (20, 1), (10, 0))}, 20, 35, _OF_LOKI
    ),
    "store-near-limit": Trial(
        {
            named("keeper_store_used_bytes", **_OF_LOKI): gauge((10, 50), (50, 97), (10, 50)),
            named("keeper_store_limit_bytes", **_OF_LOKI): gauge((70, 100)),
            named("prometheus_tsdb_storage_blocks_bytes"): gauge((70, 50)),
            named("prometheus_tsdb_retention_limit_bytes"): gauge((70, 100)),
        },
        fires=50,
        quiet=65,
        expect=_OF_LOKI,
    ),
    "disk-full": Trial({named("keeper_store_free_bytes", **_OF_LOKI): gauge((10, 9e9), (10, 1e9), (10, 9e9))}, 15, 25),
    "keeper-failing": Trial({named("keeper_last_success_timestamp_seconds", **_OF_LOKI): _STUCK}, 20, 40, _OF_LOKI),
    "queue-put-aside": Trial({named("keeper_queues_put_aside_total"): counter((70, 0), (1, 1), (90, 0))}, 75, 140),
    "alerts-undelivered": Trial(
        {named("grafana_alerting_notifications_failed_total", integration="telegram"): _NEW_AT_10},
        fires=12,
        quiet=30,
        expect={"integration": "telegram"},
    ),
}

TRIALS = COLLECTOR | STORES
