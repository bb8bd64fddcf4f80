"""The configuration of Tempo 3.0, for the sections that the stack uses.

Keys and kinds are those of its `configuration reference`_ and, where that is silent, of the structs that it decodes
strictly into. A section that comes into use brings its keys here.

.. _configuration reference: https://grafana.com/docs/tempo/latest/configuration/
"""

from __future__ import annotations

from tests.stack.schemas.strict import (
    ADDRESS,
    COUNT,
    DURATION,
    FLAG,
    NUMBER,
    PORT,
    TEXT,
    URL,
    list_of,
    map_of,
    one_of,
    record,
    section,
)
from tests.stack.schemas.tempo_limits import OVERRIDES

_SERVER = section(
    http_listen_network=TEXT,
    http_listen_address=TEXT,
    http_listen_port=PORT,
    http_listen_conn_limit=COUNT,
    http_server_read_timeout=DURATION,
    http_server_read_header_timeout=DURATION,
    http_server_write_timeout=DURATION,
    http_server_idle_timeout=DURATION,
    http_path_prefix=TEXT,
    grpc_listen_network=TEXT,
    grpc_listen_address=TEXT,
    grpc_listen_port=PORT,
    grpc_listen_conn_limit=COUNT,
    grpc_server_max_recv_msg_size=COUNT,
    grpc_server_max_send_msg_size=COUNT,
    grpc_server_max_concurrent_streams=COUNT,
    graceful_shutdown_timeout=DURATION,
    log_format=one_of("logfmt", "json"),
    log_level=one_of("debug", "info", "warn", "error"),
    log_source_ips_enabled=FLAG,
)

_RING = section(
    kvstore=section(store=one_of("inmemory", "memberlist", "consul", "etcd"), prefix=TEXT),
    heartbeat_period=DURATION,
    heartbeat_timeout=DURATION,
    instance_id=TEXT,
    instance_interface_names=list_of(TEXT),
    instance_addr=TEXT,
    instance_port=PORT,
    enable_inet6=FLAG,
    instance_zone=TEXT,
)

# What the OTLP receiver of the Collector takes; Tempo has it built in.
_OTLP = section(
    protocols=section(
        grpc=section(
            endpoint=ADDRESS, max_recv_msg_size_mib=COUNT, max_concurrent_streams=COUNT, include_metadata=FLAG
        ),
        http=section(endpoint=ADDRESS, max_request_body_size=COUNT, traces_url_path=TEXT, include_metadata=FLAG),
    )
)

_LOGGED_SPANS = section(enabled=FLAG, include_all_attributes=FLAG, filter_by_status_error=FLAG)

_DISTRIBUTOR = section(
    receivers=record("otlp", otlp=_OTLP),
    max_attribute_bytes=COUNT,
    retry_after_on_resource_exhausted=DURATION,
    log_received_spans=_LOGGED_SPANS,
    log_discarded_spans=_LOGGED_SPANS,
    metric_received_spans=section(enabled=FLAG, root_only=FLAG),
    artificial_delay=DURATION,
)

_WAL = section(path=TEXT, ingestion_time_range_slack=DURATION)

_LIVE_STORE = section(
    ring=_RING,
    wal=_WAL,
    metrics=section(time_overlap_cutoff=NUMBER),
    commit_interval=DURATION,
    query_block_concurrency=COUNT,
    complete_block_timeout=DURATION,
    complete_block_concurrency=COUNT,
    block_reclaim_grace=DURATION,
    shutdown_marker_dir=TEXT,
    flush_check_period=DURATION,
    flush_op_timeout=DURATION,
    max_trace_live=DURATION,
    max_trace_idle=DURATION,
    max_live_traces_bytes=COUNT,
    max_block_duration=DURATION,
    max_block_bytes=COUNT,
    readiness_target_lag=DURATION,
    readiness_max_wait=DURATION,
    fail_on_high_lag=FLAG,
    remove_owner_on_shutdown=FLAG,
)

_STORAGE = section(
    trace=record(
        "backend local wal",
        backend=one_of("local", "s3", "gcs", "azure"),
        local=record("path", path=TEXT),
        wal=_WAL,
        block=section(
            version=one_of("vParquet3", "vParquet4", "vParquet5"),
            bloom_filter_false_positive=NUMBER,
            bloom_filter_shard_size_bytes=COUNT,
            parquet_row_group_size_bytes=COUNT,
        ),
        pool=section(max_workers=COUNT, queue_depth=COUNT),
        search=section(chunk_size_bytes=COUNT, prefetch_trace_count=COUNT, read_buffer_count=COUNT),
        blocklist_poll=DURATION,
        blocklist_poll_concurrency=COUNT,
        blocklist_poll_jitter_ms=COUNT,
        blocklist_poll_tolerate_consecutive_errors=COUNT,
    )
)

_COMPACTION = section(
    block_retention=DURATION,
    compacted_block_retention=DURATION,
    compaction_window=DURATION,
    compaction_cycle=DURATION,
    max_block_bytes=COUNT,
    max_compaction_objects=COUNT,
    max_time_per_tenant=DURATION,
    retention_concurrency=COUNT,
)

_BACKOFF = section(min_period=DURATION, max_period=DURATION, max_retries=COUNT)

_SCHEDULER = section(
    local_work_path=TEXT,
    maintenance_interval=DURATION,
    backend_flush_interval=DURATION,
    job_timeout=DURATION,
    work=section(prune_age=DURATION, dead_job_timeout=DURATION),
    provider=section(
        retention=section(interval=DURATION),
        compaction=section(
            compaction=_COMPACTION,
            measure_interval=DURATION,
            max_jobs_per_tenant=COUNT,
            min_input_blocks=COUNT,
            max_input_blocks=COUNT,
            max_compaction_level=COUNT,
            min_cycle_interval=DURATION,
        ),
    ),
)

_WORKER = section(
    backend_scheduler_addr=ADDRESS,
    backoff=_BACKOFF,
    compaction=_COMPACTION,
    finish_on_shutdown_timeout=DURATION,
)

_QUERIER = section(
    search=section(query_timeout=DURATION),
    trace_by_id=section(query_timeout=DURATION),
    metrics=section(concurrent_blocks=COUNT, time_overlap_cutoff=NUMBER),
    max_concurrent_queries=COUNT,
    extra_query_delay=DURATION,
)

_FRONTEND = section(
    max_outstanding_per_tenant=COUNT,
    max_batch_size=COUNT,
    max_retries=COUNT,
    response_consumers=COUNT,
    api_timeout=DURATION,
    query_end_cutoff=DURATION,
    max_query_expression_size_bytes=COUNT,
    mcp_server=section(enabled=FLAG),
    search=section(
        concurrent_jobs=COUNT,
        target_bytes_per_job=COUNT,
        default_result_limit=COUNT,
        max_result_limit=COUNT,
        max_duration=DURATION,
        query_backend_after=DURATION,
        ingester_shards=COUNT,
        most_recent_shards=COUNT,
        default_spans_per_span_set=COUNT,
        max_spans_per_span_set=COUNT,
    ),
    trace_by_id=section(query_shards=COUNT, concurrent_shards=COUNT),
    metrics=section(
        concurrent_jobs=COUNT,
        target_bytes_per_job=COUNT,
        max_duration=DURATION,
        query_backend_after=DURATION,
        interval=DURATION,
        max_exemplars=COUNT,
        max_response_series=COUNT,
        max_intervals=COUNT,
    ),
)

_SERVICE_GRAPHS = section(
    wait=DURATION,
    max_items=COUNT,
    workers=COUNT,
    histogram_buckets=list_of(NUMBER),
    dimensions=list_of(TEXT),
    enable_client_server_prefix=FLAG,
    enable_messaging_system_latency_histogram=FLAG,
    enable_virtual_node_label=FLAG,
    peer_attributes=list_of(TEXT),
    database_name_attributes=list_of(TEXT),
)

_GENERATOR = section(
    ring=_RING,
    processor=section(service_graphs=_SERVICE_GRAPHS),
    registry=section(
        collection_interval=DURATION,
        stale_duration=DURATION,
        external_labels=map_of(TEXT),
        inject_tenant_id_as=TEXT,
        max_label_name_length=COUNT,
        max_label_value_length=COUNT,
    ),
    storage=record(
        "path remote_write",
        path=TEXT,
        remote_write_flush_deadline=DURATION,
        remote_write_add_org_id_header=FLAG,
        remote_write=list_of(
            record(
                "url send_exemplars",
                url=URL,
                name=TEXT,
                headers=map_of(TEXT),
                remote_timeout=DURATION,
                send_exemplars=FLAG,
                send_native_histograms=FLAG,
            )
        ),
    ),
    metrics_ingestion_time_range_slack=DURATION,
    limiter_type=one_of("series", "entity"),
)

TEMPO = record(
    "server distributor storage backend_worker backend_scheduler metrics_generator overrides usage_report",
    target=one_of("all"),
    stream_over_http_enabled=FLAG,
    multitenancy_enabled=FLAG,
    http_api_prefix=TEXT,
    shutdown_delay=DURATION,
    server=_SERVER,
    distributor=_DISTRIBUTOR,
    live_store=_LIVE_STORE,
    storage=_STORAGE,
    backend_scheduler=_SCHEDULER,
    backend_worker=_WORKER,
    querier=_QUERIER,
    query_frontend=_FRONTEND,
    metrics_generator=_GENERATOR,
    overrides=section(defaults=OVERRIDES, per_tenant_override_config=TEXT, per_tenant_override_period=DURATION),
    usage_report=record("reporting_enabled", reporting_enabled=FLAG, backoff=_BACKOFF),
)
