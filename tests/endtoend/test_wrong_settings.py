"""Wrong settings stop no bot: each is told by its name with what it takes, and the rest goes on as set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.endtoend.programs import ONLY_LOGS

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver

OURS = {
    "OTEL_TRADING_EXPORT": "nowhere",
    "OTEL_TRADING_QUEUE_SIZE": "-5",
    "OTEL_TRADING_FLUSH_SECONDS": "soon",
    "OTEL_TRADING_CONSOLE": "xml",
    "OTEL_TRADING_STOR": "/tmp/misspelt",  # noqa: S108 - nothing is written there
}
STANDARD = {
    "OTEL_EXPORTER_OTLP_PROTOCOL": "carrier pigeon",
    "OTEL_EXPORTER_OTLP_TIMEOUT": "soon",
    "OTEL_EXPORTER_OTLP_COMPRESSION": "zip",
    "OTEL_TRACES_EXPORTER": "jaeger",
    "OTEL_METRIC_EXPORT_INTERVAL": "0",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "many",
}


def test_each_wrong_value_is_told_with_its_name_and_the_bot_runs_on(bots: Bots) -> None:
    without, ended = bots.run_both(ONLY_LOGS, OURS | STANDARD)

    assert (ended.returncode, ended.stdout) == (0, without.stdout)
    assert ended.stderr.endswith(without.stderr)
    told = ended.stderr.removesuffix(without.stderr).splitlines()
    assert sorted(line.partition(":")[0] for line in told) == sorted(OURS | STANDARD)
    assert "OTEL_TRADING_EXPORT: 'nowhere' is ignored, 'auto' holds: takes one of auto, store, otlp, both" in told
    assert ended.store.bodies() == [*told, "hello"]


def test_wrong_values_of_an_exporter_keep_nothing_from_the_receiver(bots: Bots, receiver: Receiver) -> None:
    ended = bots.run(ONLY_LOGS, STANDARD | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url})

    assert ended.returncode == 0
    assert "hello" in [log.name for log in receiver.logs]


@pytest.mark.parametrize("variable", ["OTEL_TRACES_EXPORTER", "OTEL_LOGS_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_an_empty_value_is_as_good_as_none(bots: Bots, variable: str) -> None:
    without, ended = bots.run_both(ONLY_LOGS, {variable: ""})

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, without.stdout, without.stderr)
    assert ended.store.bodies() == ["hello"]


def test_an_exporter_that_can_not_be_made_costs_the_bot_nothing_else(bots: Bots) -> None:
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
        "OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER": "nobody",
    }
    without, ended = bots.run_both(ONLY_LOGS, environ)

    assert (ended.returncode, ended.stdout) == (0, without.stdout)
    assert "Requested component 'nobody' not found" in ended.stderr
    assert ended.stderr.count("the bot is unharmed") == 1
    assert "Failed to auto initialize" not in ended.stderr
    assert ended.stderr.endswith(without.stderr)
