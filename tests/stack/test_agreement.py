"""What the demo bot keeps on its own disk and what the stores hold of it are the same, record by record."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from otel_trading.demo.venue import DEMO_KEY, DEMO_SECRET, VenueThread
from otel_trading.semconv import attributes as names
from otel_trading.telemetry.store import StoreReader
from otel_trading.telemetry.store.decode import spans_of
from tests.endtoend.bots import bots_in, eventually
from tests.stack.harness.expected import Series, flat, label, last_values, same_attribute, text
from tests.stack.harness.loki import Loki
from tests.stack.harness.prometheus import Prometheus
from tests.stack.harness.sending import good_records_arrive, unique

if TYPE_CHECKING:
    from otel_trading.telemetry.records import LogRecord, SpanRecord
    from tests.stack.harness.loki import Entry
    from tests.stack.harness.prometheus import Sample
    from tests.stack.harness.stack import Stack

pytestmark = pytest.mark.timeout(240)

BOT = Path(__file__).parents[2] / "examples" / "ccxt_bot.py"
NAMESPACE, ENVIRONMENT, STRATEGY = "desk-7", "paper", "grid-btc"

# How the names begin of what each exporter reads anew at its own moment; every other value stands still once the bot
# has ended.
READ_WHEN_COLLECTED = (
    "trading_market_data_age_seconds",
    "trading_bot_event_loop_delay_seconds",
    "process_",
    "system_",
    "cpython_gc_",
)

# What Prometheus puts on a series that stands not among the data point's own attributes: its resource.
OF_THE_RESOURCE = {"job", "instance", "service_name", "service_namespace", "deployment_environment_name"}


class Run(NamedTuple):
    """A run of the demo bot that has ended, and where its records are."""

    stack: Stack
    service: str
    reader: StoreReader

    @property
    def spans(self) -> list[SpanRecord]:
        return [found.record for found in self.reader.spans()]

    @property
    def logs(self) -> list[LogRecord]:
        return [found.record for found in self.reader.logs()]

    @property
    def order_ids(self) -> list[str]:
        ids = {span.attributes.get(names.TRADING_ORDER_CLIENT_ID) for span in self.spans}
        return sorted(str(each) for each in ids if each)

    def received(self) -> list[SpanRecord]:
        """Return what the receiving end of traces holds of this bot."""
        with self.stack.tempo.file.open(encoding="utf-8") as lines:
            return [
                record
                for line in lines
                if line.endswith("\n")
                for record, resource in spans_of(json.loads(line))
                if resource.get("service.name") == self.service
            ]

    def in_loki(self, query: str = "") -> list[Entry]:
        return Loki(self.stack.loki_url).entries(f'{{service_name="{self.service}"}} {query}')

    def in_prometheus(self, selector: str = "") -> list[Sample]:
        return Prometheus(self.stack.prometheus_url).query(f'{{service_name="{self.service}"{selector}}}')


@pytest.fixture(scope="module", params=["http/protobuf", "grpc"])
def run(request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("agreement")
    service = unique("demo-bot")
    environ = {
        **stack.bot_environment,
        "OTEL_SERVICE_NAME": service,
        "OTEL_RESOURCE_ATTRIBUTES": f"service.namespace={NAMESPACE},deployment.environment.name={ENVIRONMENT}",
        "OTEL_TRADING_EXPORT": "both",
        "OTEL_TRADING_STRATEGY": STRATEGY,
        "VENUE_KEY": DEMO_KEY,
        "VENUE_SECRET": DEMO_SECRET,
        "BOT_SECONDS": "4.5",
    }
    if request.param == "grpc":
        environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = f"http://{stack.otlp_grpc}"
        environ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc"
    with VenueThread(seed=7) as venue, bots_in(folder) as bots:
        ended = bots.start_script(BOT, {**environ, "VENUE_URL": venue.url}).end()
    assert ended.returncode == 0, ended.stderr
    assert "lost" not in ended.stderr
    found = Run(stack, service, StoreReader(ended.store.folder))
    assert len(found.order_ids) >= 4
    eventually(lambda: len(found.received()) >= len(found.spans))
    eventually(lambda: len(found.in_loki()) >= len(found.logs))
    eventually(found.in_prometheus)
    return found


def test_every_span_is_at_the_receiving_end_as_the_bot_stored_it(run: Run) -> None:
    # All but one thing is the same: OpenTelemetry's OTLP exporter leaves W3C's lower eight bits of the flags out.
    received = {span.span_id: span for span in run.received()}

    assert Counter(span.span_id for span in run.received()) == Counter(span.span_id for span in run.spans)
    for span in run.spans:
        assert received[span.span_id]._asdict() == span._replace(flags=span.flags & ~0xFF)._asdict()


def test_the_resource_at_the_receiving_end_is_the_bot_s(run: Run) -> None:
    stored = {json.dumps(found.resource, sort_keys=True) for found in run.reader.spans()}
    received = {
        json.dumps(span["resource"], sort_keys=True)
        for span in run.stack.tempo.spans()
        if span["resource"].get("service.name") == run.service
    }

    assert received == stored


def test_every_log_record_is_in_loki_with_its_time_text_and_trace(run: Run) -> None:
    stored = Counter((log.time_ns, text(log.body or ""), log.trace_id, log.span_id) for log in run.logs)
    found = Counter(
        (entry.time_ns, entry.line, entry.metadata.get("trace_id", ""), entry.metadata.get("span_id", ""))
        for entry in run.in_loki()
    )

    assert found == stored


def test_every_attribute_of_a_log_record_is_in_loki(run: Run) -> None:
    entries = {(entry.time_ns, entry.line): entry.metadata for entry in run.in_loki()}

    for log in run.logs:
        metadata = entries[log.time_ns, text(log.body or "")]
        expected = flat(log.attributes) | {"severity_text": log.severity_text, "scope_name": log.scope}
        wrong = {
            name: (value, metadata.get(name))
            for name, value in expected.items()
            if value not in ("", None) and not same_attribute(value, metadata.get(name, "nan"))
        }
        assert not wrong, log


def test_an_order_s_log_lines_are_found_by_its_id(run: Run) -> None:
    for order_id in run.order_ids:
        stored = [log for log in run.logs if log.attributes.get(names.TRADING_ORDER_CLIENT_ID) == order_id]
        found = run.in_loki(f'| trading_order_client_id="{order_id}"')

        assert stored
        assert sorted(entry.time_ns for entry in found) == sorted(log.time_ns for log in stored)


def test_an_order_s_spans_are_found_by_its_id(run: Run) -> None:
    for order_id in run.order_ids:
        stored = [span for span in run.spans if span.attributes.get(names.TRADING_ORDER_CLIENT_ID) == order_id]
        found = [span for span in run.received() if span.attributes.get(names.TRADING_ORDER_CLIENT_ID) == order_id]

        assert stored
        assert Counter(span.span_id for span in found) == Counter(span.span_id for span in stored)


def series_of(sample: Sample) -> Series:
    """Return which of the bot's own series a sample belongs to."""
    own = {name: value for name, value in sample.labels.items() if name not in {*OF_THE_RESOURCE, "__name__", "le"}}
    bound = float(sample.labels["le"]) if "le" in sample.labels else None
    return Series(sample.name, frozenset(own.items()), bound)


def of_the_bot(sample: Sample) -> bool:
    """Leave out what others made of the bot's telemetry: Prometheus of its resource, the Collector of its spans."""
    return sample.name != "target_info" and not sample.name.startswith("traces_span_metrics")


def steady(values: dict[Series, float]) -> dict[Series, float]:
    """Leave out what is read anew at each export."""
    return {each: value for each, value in values.items() if not each.name.startswith(READ_WHEN_COLLECTED)}


def test_every_last_value_of_a_metric_is_in_prometheus(run: Run) -> None:
    stored = steady(last_values(run.reader.metrics()))

    def found() -> dict[Series, float]:
        return steady({series_of(each): each.value for each in run.in_prometheus() if of_the_bot(each)})

    assert len(stored) > 50
    eventually(lambda: found().keys() >= stored.keys(), 20)
    assert found() == pytest.approx(stored)


def test_what_is_read_when_collected_is_in_prometheus_too(run: Run) -> None:
    stored = {each for each in last_values(run.reader.metrics()) if each.name.startswith(READ_WHEN_COLLECTED)}

    assert stored
    assert {series_of(each) for each in run.in_prometheus() if each.name.startswith(READ_WHEN_COLLECTED)} == stored


def test_exemplars_of_the_bot_s_counters_lead_to_traces_that_exist(run: Run) -> None:
    exemplars = Prometheus(run.stack.prometheus_url).exemplars(
        f'trading_order_submissions_total{{service_name="{run.service}"}}'
    )

    assert exemplars
    assert {each.labels["trace_id"] for each in exemplars} <= {span.trace_id for span in run.received()}
    assert {each.labels["span_id"] for each in exemplars} <= {span.span_id for span in run.received()}


def test_span_metrics_count_every_span_and_their_exemplars_lead_to_traces_that_exist(run: Run) -> None:
    calls = f'traces_span_metrics_calls_total{{service_name="{run.service}"}}'
    prometheus = Prometheus(run.stack.prometheus_url)

    eventually(lambda: prometheus.total(calls) == len(run.spans), 90)
    exemplars = prometheus.exemplars(f'traces_span_metrics_duration_seconds_bucket{{service_name="{run.service}"}}')

    assert exemplars
    assert {each.labels["trace_id"] for each in exemplars} <= {span.trace_id for span in run.received()}


def test_loki_s_index_labels_are_service_namespace_environment_event_and_level(run: Run) -> None:
    bot = {
        "service_name": run.service,
        "service_namespace": NAMESPACE,
        "deployment_environment_name": ENVIRONMENT,
    }
    own = {(log.event_name, log.severity_text.lower()) for log in run.logs}

    streams = Loki(run.stack.loki_url).streams(f'{{service_name="{run.service}"}}')

    assert {tuple(sorted(each.items())) for each in streams} == {
        tuple(sorted((bot | {"severity_level": level} | ({"event_name": event} if event else {})).items()))
        for event, level in own
    }


def test_no_order_id_is_a_label_or_a_value_of_one_in_prometheus(run: Run) -> None:
    prometheus = Prometheus(run.stack.prometheus_url)
    ids = {span.attributes.get(names.TRADING_ORDER_ID) for span in run.spans} | set(run.order_ids)
    ids |= {span.trace_id for span in run.spans} | {span.span_id for span in run.spans}

    series = prometheus.series(f'{{service_name="{run.service}"}}')

    assert {label(names.TRADING_ORDER_ID), label(names.TRADING_ORDER_CLIENT_ID)}.isdisjoint(prometheus.label_names())
    assert ids.isdisjoint(value for labels in series for value in labels.values())


def test_the_services_of_the_stack_tell_of_themselves_in_prometheus(stack: Stack) -> None:
    prometheus = Prometheus(stack.prometheus_url)
    jobs = {"collector", "loki", "prometheus"}  # and tempo, which here is a Collector too and says so
    good_records_arrive(stack)

    eventually(lambda: {each.labels["job"] for each in prometheus.query("up == 1")} >= jobs, 90)
    for name in (
        "otelcol_receiver_accepted_spans_total",
        "otelcol_exporter_queue_size",
        "loki_ingester_streams_created_total",
        "prometheus_tsdb_head_series",
    ):
        eventually(lambda name=name: prometheus.query(name), 90)
