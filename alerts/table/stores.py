"""Rules about the stores and their disk. Metrics are those of the servers' own."""

from __future__ import annotations

from typing import Final

from alerts.promql import by, counted
from alerts.rule import Owner, Rule, Severity, State, Unit

_STORE: Final = ("store",)
_BLOCKS: Final = "prometheus_tsdb_storage_blocks_bytes / (prometheus_tsdb_retention_limit_bytes > 0)"
_USED: Final = (
    f"max by (store) (keeper_store_used_bytes / keeper_store_limit_bytes)"
    f" or label_replace(max({_BLOCKS}), 'store', 'prometheus', '', '')"
)

RULES: Final = (
    Rule(
        uid="prometheus-down",
        title="Prometheus is gone",
        expr='1 - min(up{job="prometheus"})',
        threshold=0,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="2m",
        exec_err=State.ALERTING,
        exec_err_reason="This is the rule that speaks for Prometheus: a query that fails is what it is about.",
        summary="Prometheus does not answer: no rule about metrics can fire.",
        means=(
            "Grafana cannot ask Prometheus, or Prometheus cannot be asked for its own metrics. All other rules keep"
            " the state they had."
        ),
        steps=(
            "$ docker compose ps --all prometheus",
            "$ docker compose logs --since 15m prometheus",
            "$ docker compose up -d --wait --force-recreate prometheus",
            "The Collector keeps metrics in its queue meanwhile, so that nothing is missing afterwards.",
        ),
        board="pipeline",
        panel="Servers",
    ),
    Rule(
        uid="loki-down",
        title="Loki does not answer",
        store="loki",
        expr="vector(0)",
        threshold=0,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="2m",
        exec_err=State.ALERTING,
        exec_err_reason="This is the rule that speaks for Loki: a query that fails is what it is about.",
        no_data=State.ALERTING,
        no_data_reason="The query always finds something, where Loki works.",
        summary="Loki does not answer: no rule about log lines can fire.",
        means="Grafana asks Loki for a constant, and gets none. Rules about events and log lines keep their state.",
        steps=(
            "$ docker compose ps --all loki",
            "$ docker compose logs --since 15m loki keeper",
            "$ docker compose up -d --wait --force-recreate loki",
            "The Collector keeps logs in its queue meanwhile.",
        ),
        board="pipeline",
        panel="Servers",
    ),
    Rule(
        uid="server-down",
        title="A server of the stack is gone",
        expr='1 - max by (job) (up{job=~"loki|tempo|keeper|grafana"})',
        threshold=0,
        labels=("job",),
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="2m",
        summary="{job} does not answer the Collector.",
        means=(
            "The Collector cannot ask a server for its metrics. What is meant for a store waits in the Collector's"
            " queue; without Grafana no alert is sent, without the keeper Loki and Tempo may outgrow their size."
        ),
        steps=(
            "$ docker compose ps --all",
            "$ docker compose logs --since 15m loki tempo keeper grafana",
            "$ docker compose up -d --wait",
            "That leaves alone what runs and does not answer. For this, name the server, `tempo` for example:",
            "$ docker compose up -d --wait --force-recreate tempo",
        ),
        board="pipeline",
        panel="Servers",
    ),
    Rule(
        uid="store-refusing",
        title="A store takes no new data",
        expr=by(_STORE, "keeper_store_refusing or keeper_store_short", "max"),
        threshold=0,
        labels=_STORE,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="5m",
        summary="{store} is full: new data waits in the Collector's queue.",
        means="Deleting has not made room yet, or even the shortest retention takes more than the limit.",
        steps=(
            "$ docker compose logs --since 1h keeper",
            "Deleting takes half an hour and more. Does the queue have that much room? See the panel of queues.",
            (
                'Where the log says "even the shortest retention takes more than the limit": raise `LOKI_MAX_BYTES` or'
                " `TEMPO_MAX_BYTES` in .env, then"
            ),
            "$ docker compose up -d --wait",
        ),
        board="pipeline",
        panel="Storage",
    ),
    Rule(
        uid="store-near-limit",
        title="A store nears its size",
        expr=_USED,
        threshold="store_used_ratio",
        unit=Unit.SHARE,
        labels=_STORE,
        severity=Severity.INFO,
        owner=Owner.PLATFORM,
        pending="30m",
        summary="{store} has used what it may: old data goes before its time.",
        means="The store is held within its size by deleting the oldest, so it keeps less than its retention says.",
        steps=(
            "See on the panel how old the oldest data is.",
            "Keep more: raise the size in .env (`LOKI_MAX_BYTES`, `TEMPO_MAX_BYTES`, `PROMETHEUS_MAX_SIZE`), then",
            "$ docker compose up -d --wait",
            "Keep less on purpose: lower the retention, and this stops.",
        ),
        board="pipeline",
        panel="Storage",
    ),
    Rule(
        uid="disk-full",
        title="The stores' disk is nearly full",
        expr="min(keeper_store_free_bytes)",
        threshold="disk_free_bytes",
        comparison="<",
        unit=Unit.BYTES,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="2m",
        summary="The disk of the stores has little room left.",
        means="On a full disk stores stop taking data, queues stop, and whatever else lives on that disk stops, too.",
        steps=(
            "$ df -h",
            "$ docker system df",
            "Lower the sizes in .env, remove what is not needed, or give the disk room. Then",
            "$ docker compose up -d --wait",
        ),
        board="pipeline",
        panel="Storage",
    ),
    Rule(
        uid="keeper-failing",
        title="Nobody watches the stores' size",
        expr="time() - min by (store) (keeper_last_success_timestamp_seconds)",
        threshold="keeper_silence_seconds",
        unit=Unit.TIME,
        labels=_STORE,
        severity=Severity.WARNING,
        owner=Owner.PLATFORM,
        summary="The keeper has not measured {store} for minutes: it may outgrow its size.",
        means="The keeper runs, and its rounds fail: a folder that cannot be read, or a file that cannot be written.",
        steps=(
            "$ docker compose logs --since 30m keeper",
            "$ docker compose restart keeper",
        ),
        board="pipeline",
        panel="Storage",
    ),
    Rule(
        uid="queue-put-aside",
        title="A damaged queue was put aside",
        expr=f"sum({counted('keeper_queues_put_aside_total', '1h')})",
        threshold=0,
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="0s",
        summary="A queue of the Collector was damaged. What waited in it did not get through.",
        means="The Collector could not open the file of a queue. The keeper renamed it, and a new one was begun.",
        steps=(
            "$ docker compose logs --since 2h keeper",
            "What the bots kept in their local stores can be sent again, on their machines:",
            "$ otel-trading replay --since 2h",
            "A disk that damages files: look at it. The file that the log names takes room until it is removed:",
            "$ docker compose exec keeper rm /var/lib/otelcol/ID.backup",
        ),
        board="pipeline",
        panel="Collector queues",
    ),
    Rule(
        uid="alerts-undelivered",
        title="Alerts do not get out",
        expr=by(("integration",), counted("grafana_alerting_notifications_failed_total", "15m")),
        threshold=0,
        labels=("integration",),
        severity=Severity.CRITICAL,
        owner=Owner.PLATFORM,
        pending="0s",
        summary="Grafana could not send alerts by {integration}.",
        means="Telegram, the mail server or the heartbeat's address refused a message, or was not reached.",
        steps=(
            "$ docker compose logs --since 30m grafana",
            "Do not pass that log on: it may show the token of the Telegram bot.",
            "Telegram: the token, the chat (the bot has to be a member of it), the way out of this machine.",
            "E-mail: host, user, password, and whether the sender's address is allowed.",
            "Correct it in .env, then",
            "$ docker compose up -d --wait grafana",
        ),
        board="pipeline",
        panel="Alert rules",
    ),
)
