"""A bot configured by OTEL_CONFIG_FILE: the file says what there is, and our promises hold as with variables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import attributes, metrics
from tests.endtoend.programs import ONE_ORDER
from tests.endtoend.test_receiver_away import BOUND, SLACK
from tests.endtoend.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver

    Write = Callable[[str], dict[str, str]]

PAGE = Path(__file__).parents[2] / "docs" / "configuration-file.md"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
FILE = """
file_format: "1.0"
resource: {attributes: [{name: service.name, value: desk}, {name: api_key, value: resource-secret-1}]}
tracer_provider:
  processors: [{batch: {exporter: {otlp_http: {endpoint: "${URL}/v1/traces"}}}}]
logger_provider:
  processors: [{simple: {exporter: {otlp_http: {endpoint: "${URL}/v1/logs"}}}}]
meter_provider:
  readers: [{periodic: {exporter: {otlp_http: {endpoint: "${URL}/v1/metrics"}}}}]
"""
STORE = "{otel_trading: }"
NO_DETECTOR = (
    "resource: is left out: Plugin 'no_such_detector' not found in group 'opentelemetry_resource_detector'. "
    "Make sure the package providing this plugin is installed."
)
SECRETS = """
import logging
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
log.info("apiKey=abcdefghijklmnopqrstuvwxyz0123456789")
log.info("seen", extra={"desk": "desk-secret-1"})
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a configuration file, and return an environment that names it."""

    def write(text: str) -> dict[str, str]:
        file = tmp_path / "otel.yaml"
        file.write_text(text, encoding="utf-8")
        return {"OTEL_CONFIG_FILE": str(file)}

    return write


def told(stderr: str) -> list[str]:
    """Return what we say of the file."""
    return [line for line in stderr.splitlines() if "otel.yaml" in line]


def test_an_order_reaches_the_receiver_that_the_file_names_as_one_story(
    bots: Bots, receiver: Receiver, write: Write
) -> None:
    ended = bots.run(ONE_ORDER, {**write(FILE), "URL": receiver.url})

    assert (ended.returncode, told(ended.stderr)) == (0, [])
    assert "sending" in {log.name for log in receiver.logs}
    records = [*receiver.spans, *receiver.logs]
    assert {record.attributes.get(attributes.TRADING_ORDER_CLIENT_ID) for record in records} == {"cl-7f3a-0001"}
    assert len({record.trace_id for record in records}) == 1
    assert metrics.TRADING_ORDER_SUBMISSIONS.name in receiver.metrics


def test_what_the_file_sends_is_masked_with_its_own_masks_too(bots: Bots, receiver: Receiver, write: Write) -> None:
    node = "distribution: {otel_trading: {mask_keys: [desk]}}"
    ended = bots.run(SECRETS, {**write(FILE + node), "URL": receiver.url})

    assert ended.returncode == 0
    assert [log.name for log in receiver.logs] == ["apiKey=***", "seen"]
    assert receiver.logs[1].attributes["desk"] == "***"
    assert {log.resource["api_key"] for log in receiver.logs} == {"***"}


def test_a_secret_of_the_resource_leaves_with_no_metric(bots: Bots, receiver: Receiver, write: Write) -> None:
    bodies: list[bytes] = []
    take = receiver.take

    def seen(path: str, body: bytes) -> None:
        bodies.append(body)
        take(path, body)

    receiver.take = seen  # type: ignore[method-assign] # it is asked by its name

    bots.run(ONE_ORDER, {**write(FILE), "URL": receiver.url})

    assert metrics.TRADING_ORDER_SUBMISSIONS.name in receiver.metrics
    assert any(b"desk" in body for body in bodies)
    assert [body for body in bodies if b"resource-secret-1" in body] == []


def test_processes_and_bots_are_told_apart_where_the_file_says_nothing_of_them(bots: Bots, write: Write) -> None:
    bots.run(ONE_ORDER, write(EXAMPLES[1]), name="grid_bot")

    assert bots.store.services() == ["grid_bot"]
    for resource in bots.store.resources():
        assert resource["telemetry.distro.name"] == "otel-trading"
        assert resource["service.instance.id"]


def test_the_end_of_a_bot_is_held_up_no_longer_than_the_file_says_and_nothing_is_lost(
    bots: Bots, receiver: Receiver, write: Write
) -> None:
    receiver.hang()
    environ = {**write(FILE + "distribution: {otel_trading: {shutdown_seconds: 1}}"), "URL": receiver.url}
    bot = bots.start(ONE_ORDER, environ)

    assert bot.read_line() == "done"
    assert bot.seconds_to_end() < BOUND + SLACK
    bot.end()
    kept = waiting(bots.store.folder)
    assert kept["traces"] == ["order"]
    assert "sending" in kept["logs"]


def test_the_queue_is_as_long_as_the_file_says_and_what_it_drops_is_told(
    bots: Bots, receiver: Receiver, write: Write
) -> None:
    receiver.hang()
    logs = FILE.replace("{simple: {", "{batch: {max_queue_size: 50, schedule_delay: 60000, ")
    source = f"{SECRETS}\nfor number in range(200):\n    log.info('line %d', number)\n"

    ended = bots.run(source, {**write(logs), "URL": receiver.url})

    (lost,) = re.findall(r"(\d+) records of logs lost so far \(queue_full\)", ended.stderr)[-1:]
    kept = waiting(bots.store.folder)["logs"]
    assert len([body for body in kept if body.startswith(("line", "seen", "apiKey"))]) + int(lost) == 202


def test_a_forked_child_sends_where_the_file_says(bots: Bots, receiver: Receiver, write: Write) -> None:
    source = """
import logging, multiprocessing
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
from otel_trading import order

def work():
    with order(client_id="cl-child") as this:
        this.submitted()
        this.acknowledged(id="1")
    log.info("child")

log.info("parent")
child = multiprocessing.get_context("fork").Process(target=work)
child.start()
child.join()
"""
    ended = bots.run(source, {**write(FILE), "URL": receiver.url, "PYTHONWARNINGS": "ignore::DeprecationWarning"})

    assert ended.returncode == 0
    logs = [log for log in receiver.logs if log.name in {"parent", "child"}]
    assert sorted(log.name for log in logs) == ["child", "parent"]
    assert len({log.resource["service.instance.id"] for log in logs}) == 2
    assert metrics.TRADING_ORDER_SUBMISSIONS.name in receiver.metrics  # counted in the child only


def test_a_processor_that_cannot_be_had_costs_only_itself(bots: Bots, write: Write) -> None:
    text = """
file_format: "1.0"
tracer_provider:
  processors: [{batch: {exporter: {zipkin: }}}, {batch: {exporter: {otel_trading: }}}]
logger_provider:
  processors: [{event_to_span_event_bridge/development: }]
meter_provider:
  readers: [{periodic: {exporter: {zipkin: }}}]
resource:
  attributes: [{name: service.name, value: desk}]
  detection/development: {detectors: [{no_such_detector: }]}
"""
    ended = bots.run(ONE_ORDER, write(text))

    assert [line.partition("otel.yaml: ")[2] for line in told(ended.stderr)] == [
        NO_DETECTOR,
        "tracer_provider.processors[0]: is left out: no exporter 'zipkin' of traces is installed",
        "meter_provider.readers[0]: is left out: no exporter 'zipkin' of metrics is installed",
        "logger_provider.processors[0]: is left out: is no processor that there is: it takes batch, or simple",
    ]
    assert bots.store.services() == ["desk"]
    assert [span.name for span in bots.store.spans()] == ["order"]
    assert "sending" in bots.store.bodies()
    assert metrics.TRADING_ORDER_SUBMISSIONS.name in bots.store.metric_names()


def test_a_signal_without_a_provider_goes_nowhere(bots: Bots, write: Write) -> None:
    text = 'file_format: "1.0"\nlogger_provider: {processors: [{batch: {exporter: {otel_trading: }}}]}'
    ended = bots.run(ONE_ORDER, write(text))

    assert ended.returncode == 0
    assert "sending" in bots.store.bodies()
    assert bots.store.spans() == []


def test_a_file_that_says_disabled_records_nothing(bots: Bots, write: Write) -> None:
    ended = bots.run(ONE_ORDER, write(f"disabled: true\n{EXAMPLES[1]}"))

    assert (ended.returncode, ended.stdout) == (0, "done\n")
    assert not bots.store.folder.exists()


@pytest.mark.parametrize("text", ["", "file_format: [", "tracer_provider: 5"])
def test_with_a_file_that_cannot_be_used_telemetry_is_kept_here_and_sent_nowhere(
    bots: Bots, receiver: Receiver, write: Write, text: str
) -> None:
    ended = bots.run(ONE_ORDER, {**write(text), "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url})

    assert ended.returncode == 0
    (problem,) = told(ended.stderr)
    assert problem.startswith("OTEL_CONFIG_FILE=")
    assert "Traceback" not in ended.stderr
    assert [span.name for span in bots.store.spans()] == ["order"]
    assert "sending" in bots.store.bodies()
    assert (receiver.spans, receiver.logs, receiver.metrics) == ([], [], {})


def test_the_example_of_the_documentation_runs(bots: Bots, receiver: Receiver, write: Write) -> None:
    headers: list[Any] = []
    handler = receiver._server.RequestHandlerClass
    answer = handler.do_POST  # type: ignore[attr-defined] # the receiver's own

    def seen(self: Any) -> None:
        headers.append(self.headers["authorization"])
        answer(self)

    handler.do_POST = seen  # type: ignore[attr-defined] # the same
    source = ONE_ORDER + '\nlog.info("ACME-123456 by", extra={"desk": "7"})\n'
    environ = {**write(EXAMPLES[0]), "COLLECTOR": receiver.url, "COLLECTOR_TOKEN": "of-this-test"}

    ended = bots.run(source, environ)

    assert (ended.returncode, told(ended.stderr)) == (0, [])
    assert set(headers) == {"Bearer of-this-test"}
    assert [span.name for span in receiver.spans] == [span.name for span in bots.store.spans()] == ["order"]
    assert sorted(log.name for log in receiver.logs) == sorted(str(log.body) for log in bots.store.all_logs())
    assert "*** by" in {log.name for log in receiver.logs}
    assert metrics.TRADING_ORDER_SUBMISSIONS.name in receiver.metrics
    assert metrics.TRADING_ORDER_SUBMISSIONS.name in bots.store.metric_names()
    assert {record.attributes[attributes.TRADING_STRATEGY_ID] for record in receiver.spans} == {"grid-btc"}
    assert bots.store.services() == ["grid-btc"]


@pytest.mark.parametrize("export", ["otlp", "both"])
def test_export_gives_the_signals_that_the_file_says_nothing_of_their_exporters(
    bots: Bots, receiver: Receiver, write: Write, export: str
) -> None:
    text = (
        f"{EXAMPLES[1].replace('store', export)}\nlogger_provider: {{processors: [{{batch: {{exporter: {STORE}}}}}]}}"
    )
    ended = bots.run(ONE_ORDER, {**write(text), "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url})

    assert (ended.returncode, told(ended.stderr)) == (0, [])
    assert [span.name for span in receiver.spans] == ["order"]
    assert [span.name for span in bots.store.spans()] == (["order"] if export == "both" else [])
    assert metrics.TRADING_ORDER_SUBMISSIONS.name in receiver.metrics
    assert receiver.logs == []
    assert "sending" in bots.store.bodies()
