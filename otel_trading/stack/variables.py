"""The variables of ``.env``: the one place where the stack is tuned."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

GIBIBYTE = 1024**3


class Variable(NamedTuple):
    """A variable: what it is for, and its value, or what makes it up anew for each ``.env``.

    One that is not ``active`` is written as a comment, to be taken in.
    """

    name: str
    meaning: str
    value: str | Callable[[], str]
    active: bool = True


class Section(NamedTuple):
    """Variables that belong together."""

    title: str
    variables: tuple[Variable, ...]


def secret() -> str:
    """Return 256 random bits. Hexadecimal: nothing that Compose, YAML, a URL or a shell would take for syntax."""
    return secrets.token_hex(32)


def password() -> str:
    """Return 128 random bits, short enough to be typed."""
    return secrets.token_hex(16)


def _memory(server: str, name: str, mebibytes: int) -> tuple[Variable, Variable]:
    limit = f"MiB of memory that {server} may take; at the limit it is ended and started again."
    goal = f"MiB from which {server} frees memory rather than taking more: 80 % of the line above."
    return (
        Variable(f"{name}_MEMORY_MIB", limit, str(mebibytes)),
        Variable(f"{name}_GO_MIB", goal, str(mebibytes * 8 // 10)),
    )


def _layer(name: str, meaning: str, example: str) -> Variable:
    return Variable(name, meaning, example, active=False)


SECTIONS = (
    Section(
        "Secrets, made for this file. A value with $, # or blanks needs 'single quotes'.",
        (
            Variable(
                "OTLP_TOKEN", "The token that bots send: OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20…", secret
            ),
            Variable(
                "REDACTION_KEY",
                "The key of the hashes that the Collector puts in place of secrets and personal data. With another key"
                " the same value gets another hash.",
                secret,
            ),
            Variable(
                "GRAFANA_PASSWORD",
                "The password of Grafana's user admin. Read at Grafana's first start only; docs/stack.md tells how to"
                " change it later.",
                password,
            ),
            Variable(
                "GRAFANA_SECRET_KEY",
                "Encrypts the secrets in Grafana's database; with another one they are lost.",
                secret,
            ),
        ),
    ),
    Section(
        "Ports on this machine's loopback address.",
        (
            Variable("OTLP_GRPC_PORT", "OTLP by gRPC.", "4317"),
            Variable("OTLP_HTTP_PORT", "OTLP by HTTP; what `otel-trading init` prints for the bot.", "4318"),
            Variable("COLLECTOR_HEALTH_PORT", "The Collector's health: 200 while it takes telemetry.", "13133"),
            Variable("GRAFANA_PORT", "Grafana.", "3000"),
            Variable(
                "GRAFANA_URL",
                "Grafana's address as whoever reads an alert reaches it, if that is not this machine and port: what "
                "the links in a message begin with. A way there with TLS (a VPN, a proxy) is yours to make.",
                "",
            ),
        ),
    ),
    Section(
        "How long data is kept, and how much of it: whichever is reached first, the oldest goes.",
        (
            Variable(
                "LOKI_RETENTION", "Logs: an age in hours (720h are 30 days; Loki knows no unit above hours).", "720h"
            ),
            Variable("LOKI_MAX_BYTES", "Logs: a size on disk, with a unit (MB, GB).", "10GB"),
            Variable("TEMPO_RETENTION", "Traces: an age in hours.", "720h"),
            Variable("TEMPO_MAX_BYTES", "Traces: a size on disk, with a unit.", "10GB"),
            Variable("PROMETHEUS_RETENTION", "Metrics: an age, with a unit (h, d, w, y).", "30d"),
            Variable("PROMETHEUS_MAX_SIZE", "Metrics: a size on disk, with a unit (MB, GB); not below 1GB.", "10GB"),
            Variable(
                "COLLECTOR_QUEUE_BYTES",
                "Bytes that each of the Collector's queues may hold on disk while its store is away. A full queue makes"
                " bots wait and try again; nothing in it is thrown away.",
                str(GIBIBYTE),
            ),
            Variable(
                "COLLECTOR_FSYNC",
                "true: what the Collector took outlives a loss of power, and each request waits for the disk. false is"
                " faster, and outlives the Collector's own end only.",
                "true",
            ),
        ),
    ),
    Section(
        "Where else telemetry goes, and which traces are kept (docs/collector.md).",
        (
            Variable(
                "COLLECTOR_LAYERS",
                "'--config=/etc/otelcol/layers/NAME.yaml', or several with blanks in between, in single quotes. NAME is"
                " elastic, grafana-cloud, jaeger, otlp, sampling or sentry.",
                "",
            ),
            Variable("SAMPLING_PERCENTAGE", "With sampling: percent of the traces that tell of no trouble.", "10"),
            Variable(
                "SAMPLING_SLOW_ACK_MS", "With sampling: milliseconds from which an acknowledgement is trouble.", "500"
            ),
            Variable("SAMPLING_WAIT", "With sampling: how long after its first span a trace is decided on.", "10s"),
            _layer("ELASTIC_OTLP", "Elastic: the address of the endpoint.", "https://HOST:443"),
            _layer("ELASTIC_API_KEY", "Elastic: the key, encoded, as Kibana shows it.", "KEY"),
            _layer("GRAFANA_CLOUD_OTLP", "Grafana Cloud: the address of the gateway.", "https://HOST/otlp"),
            _layer("GRAFANA_CLOUD_AUTHORIZATION", "Grafana Cloud: the header.", "'Basic CREDENTIALS'"),
            _layer("JAEGER_OTLP", "Jaeger: host and port of OTLP by gRPC.", "HOST:4317"),
            _layer("JAEGER_INSECURE", "Jaeger: false where it speaks TLS.", "true"),
            _layer("OTHER_OTLP", "Any other: the address of OTLP by HTTP, without /v1/….", "https://HOST:4318"),
            _layer("OTHER_OTLP_AUTHORIZATION", "Any other: the header.", "'Bearer TOKEN'"),
            _layer("SENTRY_OTLP", "Sentry: the address.", "https://HOST/api/PROJECT/integration/otlp"),
            _layer("SENTRY_PUBLIC_KEY", "Sentry: the public key of the project's DSN.", "KEY"),
        ),
    ),
    Section(
        "Where alerts go (docs/alerts.md). What is empty is not used.",
        (
            Variable("ALERT_TELEGRAM_TOKEN", "Telegram: the token of a bot, as BotFather gives it.", ""),
            Variable("ALERT_TELEGRAM_CHAT", "Telegram: the chat's number, of which that bot is a member.", ""),
            Variable("ALERT_EMAIL_TO", "E-mail: addresses, with ; in between.", ""),
            Variable("ALERT_SMTP_HOST", "E-mail: the server that takes it, HOST:PORT; it has to speak STARTTLS.", ""),
            Variable("ALERT_SMTP_USER", "E-mail: the user there.", ""),
            Variable("ALERT_SMTP_PASSWORD", "E-mail: the password there.", ""),
            Variable(
                "ALERT_SMTP_FROM",
                "E-mail: the address that it comes from, NAME@HOST.DOMAIN: with another, Grafana does not start.",
                "",
            ),
            Variable(
                "ALERT_HEARTBEAT_URL",
                "An address outside of this machine that is called every minute while alerting works. The service "
                "behind it tells you when the calls stop; nothing here could.",
                "",
            ),
            Variable(
                "ALERT_CALENDAR",
                "us-equities or eu-equities: while that market is closed, alerts that mean nothing then (no orders, old"
                " market data) are held back. always: never.",
                "always",
            ),
        ),
    ),
    Section(
        "TLS, with a certificate of yours (docs/stack.md).",
        (
            Variable("COMPOSE_FILE", "Turns it on.", "docker-compose.yml:docker-compose.tls.yml", active=False),
            Variable("TLS_CERT_FILE", "The certificate (PEM), with its chain.", "./tls/cert.pem", active=False),
            Variable("TLS_KEY_FILE", "Its private key (PEM).", "./tls/key.pem", active=False),
            Variable(
                "BIND_ADDRESS",
                "The address of this machine on which OTLP and Grafana can be reached; without TLS it is 127.0.0.1,"
                " whatever stands here.",
                "127.0.0.1",
                active=False,
            ),
        ),
    ),
    Section(
        "Memory.",
        (
            *_memory("the Collector", "COLLECTOR", 1024),
            *_memory("Loki", "LOKI", 1024),
            *_memory("Tempo", "TEMPO", 1024),
            *_memory("Prometheus", "PROMETHEUS", 1024),
            *_memory("Grafana", "GRAFANA", 512),
        ),
    ),
)
"""Every variable that ``.env`` sets."""


def names() -> frozenset[str]:
    """Return the names of all variables."""
    return frozenset(variable.name for section in SECTIONS for variable in section.variables)
