"""A bot configured by OTEL_CONFIG_FILE: the SDK is as the file says, and the order is stamped all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.semconv import attributes
from tests.endtoend.programs import ONE_ORDER

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver

FILE = """
file_format: "1.0"
tracer_provider:
  processors: [{{batch: {{exporter: {{otlp_http: {{endpoint: "{url}/v1/traces"}}}}}}}}]
logger_provider:
  processors: [{{batch: {{exporter: {{otlp_http: {{endpoint: "{url}/v1/logs"}}}}}}}}]
"""


def test_orders_of_a_bot_with_a_configuration_file_reach_the_receiver_it_names(
    bots: Bots, receiver: Receiver, tmp_path: Path
) -> None:
    file = tmp_path / "otel.yaml"
    file.write_text(FILE.format(url=receiver.url), encoding="utf-8")

    ended = bots.run(ONE_ORDER, {"OTEL_CONFIG_FILE": str(file)})

    assert ended.returncode == 0
    told = [line for line in ended.stderr.splitlines() if line.startswith("OTEL_CONFIG_FILE: ")]
    assert len(told) == 1
    sending = [log for log in receiver.logs if log.name == "sending"]
    assert [log.attributes[attributes.TRADING_ORDER_CLIENT_ID] for log in sending] == ["cl-7f3a-0001"]


def test_a_configuration_file_that_is_missing_stops_no_bot(bots: Bots, tmp_path: Path) -> None:
    ended = bots.run("print('runs on')", {"OTEL_CONFIG_FILE": str(tmp_path / "missing.yaml")})

    assert (ended.returncode, ended.stdout) == (0, "runs on\n")
    assert "missing.yaml" in ended.stderr
