"""Tempo's limits: the defaults in its configuration, and the file of limits per tenant that it reads while it runs."""

from __future__ import annotations

from tests.stack.schemas.strict import COUNT, DURATION, FLAG, TEXT, list_of, map_of, one_of, section

OVERRIDES = section(
    ingestion=section(
        rate_strategy=one_of("local", "global"),
        rate_limit_bytes=COUNT,
        burst_size_bytes=COUNT,
        max_traces_per_user=COUNT,
        max_global_traces_per_user=COUNT,
        max_attribute_bytes=COUNT,
        retry_info_enabled=FLAG,
    ),
    # "global" is a word of Python.
    **{"global": section(max_bytes_per_trace=COUNT)},
    read=section(
        max_bytes_per_tag_values_query=COUNT,
        max_blocks_per_tag_values_query=COUNT,
        max_search_duration=DURATION,
        max_metrics_duration=DURATION,
        left_pad_trace_ids=FLAG,
    ),
    compaction=section(block_retention=DURATION, compaction_window=DURATION, compaction_disabled=FLAG),
    metrics_generator=section(
        processors=list_of(one_of("service-graphs", "span-metrics", "host-info")),
        max_active_series=COUNT,
        max_active_entities=COUNT,
        max_cardinality_per_label=COUNT,
        collection_interval=DURATION,
        disable_collection=FLAG,
        generate_native_histograms=one_of("classic", "native", "both"),
        trace_id_label_name=TEXT,
        ingestion_time_range_slack=DURATION,
    ),
)

TENANTS = section(overrides=map_of(OVERRIDES))
"""The file of per-tenant overrides."""
