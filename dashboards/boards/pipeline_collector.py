"""The Collector: what it takes, refuses, holds and hands on."""

from __future__ import annotations

from typing import Final

from dashboards import links
from dashboards.foreign import of_stack
from dashboards.kit import PER_MINUTE, bars, plot
from dashboards.queries import WINDOW, counted_in, prom, threshold

SIGNALS: Final = {"spans": "spans", "log_records": "log records", "metric_points": "metric points"}
FILL: Final = f"{of_stack('otelcol_exporter_queue_size')} / {of_stack('otelcol_exporter_queue_capacity')}"

_FROM_BOTS: Final = 'receiver="otlp"'
_TO_BOTS: Final = links.board("otel-trading-bots", "Bots and hosts")
_TO_PIPELINE: Final = links.board("otel-trading-pipeline", "This board, for the whole desk")
_NEVER_FAILED: Final = "The Collector tells it from the first failure on"
_TAKES_ALL: Final = "The Collector tells it from the first refusal on"
_MINUTE: Final = "* 60000 / $__rate_interval_ms"


def of_signals(name: str, window: str, *where: str) -> dict[str, str]:
    """Return, by signal, by how much a counter rose that there is one of for each signal."""
    return {
        said: counted_in(of_stack(f"otelcol_{name}_{signal}_total", *where), window) for signal, said in SIGNALS.items()
    }


def lost_by_collector(window: str) -> str:
    """Return by how much the counters of what is gone for good rose: refused by a destination, or by a queue."""
    found = [
        *of_signals("exporter_send_failed", window, 'error_permanent="true"').values(),
        *of_signals("exporter_enqueue_failed", window).values(),
    ]
    names = ("refused", "not queued")
    kinds = [f"{names[number // len(SIGNALS)]} {said}" for number, said in enumerate((*SIGNALS.values(),) * len(names))]
    return " or ".join(
        f'label_replace({expr}, "lost", "{kind}", "", "")' for kind, expr in zip(kinds, found, strict=True)
    )


COLLECTOR: Final = (
    bars(
        "Taken from bots",
        "Spans, log records and metric points in a minute that the Collector took.",
        "nothing: bots do not reach it, or send to another place: otel-trading doctor tells on their machine.",
        *(
            prom(f"sum({expr}) {_MINUTE}", said)
            for said, expr in of_signals("receiver_accepted", WINDOW, _FROM_BOTS).items()
        ),
        unit=PER_MINUTE,
        width=8,
        lines="",
    ),
    bars(
        "Refused by the Collector",
        "Records in a minute that bots were told to bring again, because memory or a queue was full, or that the "
        "Collector failed on; and requests without the token.",
        "a full queue: the store behind it. Memory: COLLECTOR_MEMORY_MIB in .env. Without the token: a bot with an old "
        "one, or a stranger.",
        *(
            prom(f"sum({expr}) {_MINUTE}", f"{said} refused")
            for said, expr in of_signals("receiver_refused", WINDOW).items()
        ),
        *(
            prom(f"sum({expr}) {_MINUTE}", f"{said} failed on")
            for said, expr in of_signals("receiver_failed", WINDOW).items()
        ),
        prom(
            "sum("
            + counted_in(
                of_stack("http_server_request_duration_seconds_count", 'http_response_status_code="401"'), WINDOW
            )
            + f") {_MINUTE}",
            "requests without the token (HTTP)",
            empty=_TAKES_ALL,
        ),
        prom(
            "sum("
            + counted_in(
                of_stack("rpc_server_call_duration_seconds_count", 'rpc_response_status_code="UNAUTHENTICATED"'),
                WINDOW,
            )
            + f") {_MINUTE}",
            "requests without the token (gRPC)",
            empty=_TAKES_ALL,
        ),
        unit=PER_MINUTE,
        width=8,
        links=(_TO_BOTS,),
    ),
    plot(
        "Collector queues",
        "The used share of the queue of each destination. Dashed where alerts begin.",
        "it fills: the destination takes less than comes, or nothing. What waits is safe on disk; at 1 bots have to "
        "wait.",
        prom(f"max by (exporter) ({FILL})", "{{exporter}}"),
        threshold("collector_queue_warning", "warning"),
        threshold("collector_queue_full", "alert"),
        unit="percentunit",
        soft_max=1,
        width=8,
        links=(_TO_PIPELINE,),
    ),
    bars(
        "Delivered",
        "Records in a minute that each destination took.",
        "one that falls to nothing while bots send: that destination. All: the Collector's disk or network.",
        *(
            prom(f"sum by (exporter) ({expr}) {_MINUTE}", f"{said} to {{{{exporter}}}}")
            for said, expr in of_signals("exporter_sent", WINDOW).items()
        ),
        unit=PER_MINUTE,
        width=8,
        links=(_TO_PIPELINE,),
    ),
    bars(
        "Failed deliveries",
        "Records in a minute whose delivery failed. It is tried again until it works, but where the destination "
        "refused for good.",
        "docker compose logs --since 15m collector names the destination and the reason.",
        *(
            prom(f"sum by (exporter) ({expr}) {_MINUTE}", f"{said} to {{{{exporter}}}}", empty=_NEVER_FAILED)
            for said, expr in of_signals("exporter_send_failed", WINDOW).items()
        ),
        unit=PER_MINUTE,
        width=8,
        links=(_TO_PIPELINE,),
        no_data="No delivery failed in this time range",
    ),
    bars(
        "Lost by the Collector",
        "Records in a minute that are gone: refused for good by a destination, not taken by a queue, or left out as "
        "Prometheus would refuse a whole request for them.",
        "after choosing a layer it is mostly a wrong key. Else the log names the record and the reason. What bots keep "
        "can be sent again: otel-trading replay.",
        prom(
            f"sum by (exporter, lost) ({lost_by_collector(WINDOW)}) {_MINUTE}",
            "{{lost}}, {{exporter}}",
            empty=_NEVER_FAILED,
        ),
        prom(
            f"sum({counted_in(of_stack('otelcol_processor_filter_datapoints_filtered_total'), WINDOW)}) {_MINUTE}",
            "metric points left out",
        ),
        prom(
            f"sum({counted_in(of_stack('keeper_queues_put_aside_total'), WINDOW)}) {_MINUTE}",
            "damaged queues put aside, with what was in them",
        ),
        unit=PER_MINUTE,
        width=8,
        links=(_TO_PIPELINE,),
    ),
)
