"""The stores and the servers: what they take, how full they are, how long they keep, what they need."""

from __future__ import annotations

from typing import Final

from dashboards import links
from dashboards.foreign import of_stack
from dashboards.kit import BAD, GOOD, PER_MINUTE, WARN, bars, plot, states, words
from dashboards.queries import WINDOW, counted_in, prom, threshold

_BLOCKS: Final = of_stack("prometheus_tsdb_storage_blocks_bytes")
_WAL: Final = of_stack("prometheus_tsdb_wal_storage_size_bytes")
_MOST: Final = of_stack("prometheus_tsdb_retention_limit_bytes")
_OF_PROMETHEUS: Final = f"({_BLOCKS} + {_WAL})"
_TO_PIPELINE: Final = links.board("otel-trading-pipeline", "This board, for the whole desk")
_TO_BOTS: Final = links.board("otel-trading-bots", "Bots and hosts")
_DAY: Final = 24 * 3600
_NO_TEMPO: Final = "Tempo is scraped where it runs; in the proof another program takes its traces"
_NO_REFUSAL: Final = "A store tells it from the first refusal on"


def _named(expr: str, store: str) -> str:
    return f'label_replace({expr}, "store", "{store}", "", "")'


def _per_second(name: str) -> str:
    return f"sum({counted_in(of_stack(name), WINDOW)}) * 1000 / $__rate_interval_ms"


USED: Final = (
    f"max by (store) ({of_stack('keeper_store_used_bytes')} / {of_stack('keeper_store_limit_bytes')})"
    f" or {_named(f'max({_OF_PROMETHEUS} / ({_MOST} > 0))', 'prometheus')}"
)
"""The used share of each store's size."""

STORES: Final = (
    plot(
        "Storage",
        "The used share of what each store may take on disk. Dashed where the alert begins; at 1 the oldest data goes "
        "before its time.",
        "raise LOKI_MAX_BYTES, TEMPO_MAX_BYTES or PROMETHEUS_MAX_SIZE in .env where the disk has room, or send less.",
        prom(USED, "{{store}}"),
        threshold("store_used_ratio", "alert"),
        unit="percentunit",
        soft_max=1,
        width=8,
        links=(_TO_PIPELINE,),
    ),
    plot(
        "Storage in bytes",
        "What each store takes on disk, and what the disk has left. Dashed is what has to be left.",
        "see how fast it grows: the time until it is full is the time you have.",
        prom(f"max by (store) ({of_stack('keeper_store_used_bytes')})", "{{store}}"),
        prom(f"max({_OF_PROMETHEUS})", "prometheus"),
        prom(f"min({of_stack('keeper_store_free_bytes')})", "left on the disk"),
        threshold("disk_free_bytes", "alert below"),
        unit="bytes",
        width=8,
        links=(_TO_PIPELINE,),
    ),
    plot(
        "How long is kept",
        "The retention in force, and the one that is set. Below it, the keeper gives up the oldest data for room.",
        "below what you need: raise the store's size.",
        prom(f"min by (store) ({of_stack('keeper_store_retention_seconds')}) / {_DAY}", "{{store}}"),
        prom(f"min by (store) ({of_stack('keeper_store_retention_set_seconds')}) / {_DAY}", "{{store}}, as set"),
        unit="suffix:days",
        width=8,
        links=(_TO_PIPELINE,),
    ),
    plot(
        "Ingestion",
        "What Loki and Tempo take in a second.",
        "a jump: a bot that logs in a loop, see its levels. Nothing while bots send: the Collector's queue fills.",
        prom(_per_second("loki_distributor_bytes_received_total"), "loki"),
        prom(_per_second("tempo_distributor_bytes_received_total"), "tempo", empty=_NO_TEMPO),
        unit="Bps",
        width=6,
        links=(_TO_BOTS,),
    ),
    plot(
        "Samples taken by Prometheus",
        "Samples of metrics that Prometheus takes in a second.",
        "it grows with series, see beside.",
        prom(_per_second("prometheus_tsdb_head_samples_appended_total"), "samples"),
        unit="suffix:/s",
        width=6,
        links=(_TO_BOTS,),
    ),
    plot(
        "Series and streams",
        "Series that Prometheus holds in memory, and streams that Loki does.",
        "a step with each start of a bot is normal and goes within hours; one that does not end is a label without "
        "bounds.",
        prom(f"sum({of_stack('prometheus_tsdb_head_series')})", "series"),
        prom(f"sum({of_stack('loki_ingester_memory_streams')})", "streams"),
        unit="none",
        defaults={"decimals": 0},
        width=6,
        links=(_TO_BOTS,),
    ),
    bars(
        "Refused by stores",
        "What a store did not take, in a minute: too old, too large, too much.",
        "the reason is the label; docker compose logs --since 15m collector has the words.",
        prom(
            f"sum by (reason) ({counted_in(of_stack('loki_discarded_samples_total'), WINDOW)})"
            " * 60000 / $__rate_interval_ms",
            "loki {{reason}}",
            empty=_NO_REFUSAL,
        ),
        prom(
            f"sum by (reason) ({counted_in(of_stack('tempo_discarded_spans_total'), WINDOW)})"
            " * 60000 / $__rate_interval_ms",
            "tempo {{reason}}",
            empty=_NO_REFUSAL,
        ),
        prom(
            f"sum({counted_in(of_stack('prometheus_tsdb_too_old_samples_total'), WINDOW)})"
            " * 60000 / $__rate_interval_ms",
            "prometheus, too old",
        ),
        unit=PER_MINUTE,
        width=6,
        links=(_TO_PIPELINE,),
        no_data="Nothing refused in this time range",
    ),
    states(
        "Stores take data",
        "Whether the keeper lets new data in. While room is short it waits in the Collector's queue.",
        "refuses or short: docker compose logs --since 30m keeper; raise the store's size.",
        prom(
            f"max by (store) ({of_stack('keeper_store_refusing')} + 2 * {of_stack('keeper_store_short')})", "{{store}}"
        ),
        unit="none",
        mappings=words({"0": ("takes", GOOD), "1": ("refuses", WARN), "2": ("short", BAD), "3": ("short", BAD)}),
        height=5,
        links=(_TO_PIPELINE,),
    ),
    plot(
        "Keeper's last round",
        "How long ago the keeper last looked after each store; dashed where the alert begins. It does so every 15 s.",
        "it rises: nobody watches the stores' size. docker compose logs --since 15m keeper.",
        prom(f"time() - min by (store) ({of_stack('keeper_last_success_timestamp_seconds')})", "{{store}}"),
        threshold("keeper_silence_seconds", "alert"),
        unit="s",
        height=5,
        links=(_TO_PIPELINE,),
    ),
)

SERVERS: Final = (
    plot(
        "Memory of servers",
        "Memory that each server holds; the line named after it is where Go begins to work hard for less, at four "
        "fifths of what it may have.",
        "near its line: raise its …_MEMORY_MIB and …_GO_MIB in .env together.",
        prom(f"max by (job) ({of_stack('process_resident_memory_bytes')})", "{{job}}"),
        prom(f"max({of_stack('otelcol_process_memory_rss_bytes')})", "collector"),
        prom(f"max by (job) ({of_stack('go_gc_gomemlimit_bytes')} < 1e15)", "{{job}}, Go's limit"),
        unit="bytes",
        links=(_TO_PIPELINE,),
    ),
    plot(
        "Processors used by servers",
        "Processor time of each server: 1 is a whole processor.",
        "a store that works hard without being asked compacts; one that is asked: a board with a long time range.",
        prom(
            f"sum by (job) ({counted_in(of_stack('process_cpu_seconds_total'), WINDOW)}) * 1000 / $__rate_interval_ms",
            "{{job}}",
        ),
        prom(_per_second("otelcol_process_cpu_seconds_total"), "collector"),
        unit="none",
        defaults={"decimals": 2},
        links=(_TO_PIPELINE,),
    ),
)
