"""Metrics that boards ask for and the registry does not define: who emits each, and how its series are selected."""

from __future__ import annotations

from typing import Final

from dashboards.names import ENVIRONMENT, SERVICE, TARGET
from dashboards.variables import matchers

_BOT: Final = "a bot, by OpenTelemetry's system-metrics instrumentor (otel_trading/instrumentation/process.py)"
_COLLECTOR: Final = "the Collector, of itself"
_KEEPER: Final = "the keeper (keeper/serve.py)"
_LOKI: Final = "Loki, of itself"
_TEMPO: Final = "Tempo, of itself"
_PROMETHEUS: Final = "Prometheus, of itself"
_GRAFANA: Final = "Grafana, of itself"
_GO: Final = "Loki, Tempo, Prometheus and Grafana, by Prometheus's client for Go"

FOREIGN: Final = {
    TARGET: "Prometheus, from the resource of what comes by OTLP",
    "process_cpu_time_seconds_total": _BOT,
    "process_context_switches_total": _BOT,
    "process_memory_usage_bytes": _BOT,
    "process_thread_count": _BOT,
    "process_open_file_descriptor_count": _BOT,
    "cpython_gc_collections_total": _BOT,
    "system_memory_utilization_ratio": _BOT,
    "system_cpu_time_seconds_total": _BOT,
    "up": "the Collector, for each server that it scrapes",
    **{
        f"otelcol_{what}_{signal}_total": _COLLECTOR
        for what in (
            "receiver_accepted",
            "receiver_refused",
            "receiver_failed",
            "exporter_sent",
            "exporter_send_failed",
            "exporter_enqueue_failed",
        )
        for signal in ("spans", "log_records", "metric_points")
    },
    "otelcol_exporter_queue_size": _COLLECTOR,
    "otelcol_exporter_queue_capacity": _COLLECTOR,
    "otelcol_processor_filter_datapoints_filtered_total": _COLLECTOR,
    "otelcol_process_memory_rss_bytes": _COLLECTOR,
    "otelcol_process_cpu_seconds_total": _COLLECTOR,
    "http_server_request_duration_seconds_count": _COLLECTOR,
    "rpc_server_call_duration_seconds_count": _COLLECTOR,
    "keeper_store_used_bytes": _KEEPER,
    "keeper_store_limit_bytes": _KEEPER,
    "keeper_store_free_bytes": _KEEPER,
    "keeper_store_retention_seconds": _KEEPER,
    "keeper_store_retention_set_seconds": _KEEPER,
    "keeper_store_refusing": _KEEPER,
    "keeper_store_short": _KEEPER,
    "keeper_last_success_timestamp_seconds": _KEEPER,
    "keeper_queues_put_aside_total": _KEEPER,
    "loki_distributor_bytes_received_total": _LOKI,
    "loki_ingester_memory_streams": _LOKI,
    "loki_discarded_samples_total": _LOKI,
    "tempo_distributor_bytes_received_total": _TEMPO,
    "tempo_discarded_spans_total": _TEMPO,
    "prometheus_tsdb_head_samples_appended_total": _PROMETHEUS,
    "prometheus_tsdb_head_series": _PROMETHEUS,
    "prometheus_tsdb_storage_blocks_bytes": _PROMETHEUS,
    "prometheus_tsdb_wal_storage_size_bytes": _PROMETHEUS,
    "prometheus_tsdb_retention_limit_bytes": _PROMETHEUS,
    "prometheus_tsdb_too_old_samples_total": _PROMETHEUS,
    "prometheus_rule_evaluation_failures_total": _PROMETHEUS,
    "process_resident_memory_bytes": _GO,
    "process_cpu_seconds_total": _GO,
    "go_gc_gomemlimit_bytes": _GO,
    "grafana_alerting_rule_evaluation_failures_total": _GRAFANA,
    "grafana_alerting_notifications_failed_total": _GRAFANA,
}
"""By the name in Prometheus, who emits it."""

LABELS: Final = frozenset(
    {
        "host_name",
        "process_pid",
        "process_runtime_version",
        "cpu_mode",
        "cpython_gc_generation",
        "exporter",
        "receiver",
        "error_permanent",
        "http_response_status_code",
        "rpc_response_status_code",
        "store",
        "reason",
        "integration",
        "scope_name",
        "lost",  # made by label_replace
    }
)
"""Labels of these series that the registry does not define."""

OF_RUNTIME: Final = tuple(name for name, emitter in FOREIGN.items() if emitter == _BOT)
"""What a bot tells of its process and host."""


def of_bots(name: str, *where: str) -> str:
    """Select a metric of the chosen bots."""
    return f"{_known(name)}{{{', '.join((*matchers((SERVICE, ENVIRONMENT)), *where))}}}"


def of_stack(name: str, *where: str) -> str:
    """Select a metric of the stack's own servers, whatever is chosen."""
    return f"{_known(name)}{{{', '.join(where)}}}" if where else _known(name)


def _known(name: str) -> str:
    if name not in FOREIGN:
        raise KeyError(name)
    return name
