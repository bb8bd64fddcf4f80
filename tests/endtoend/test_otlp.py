"""With an OTLP endpoint all three signals go there, and to the store too only where the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.endtoend.programs import ONE_ORDER

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver

SUBMISSIONS = "trading.order.submissions"


def test_all_signals_arrive_at_the_receiver_and_none_in_the_store(bots: Bots, receiver: Receiver) -> None:
    ended = bots.run(ONE_ORDER, {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}, name="grid_btc")

    assert ended.returncode == 0, ended.stderr
    assert [span.name for span in receiver.spans] == ["order"]
    plain = [log for log in receiver.logs if log.scope == "bot.orders"]
    assert [log.name for log in plain] == ["sending", "order 28173645 is filled"]
    assert [log.attributes["trading.order.client_id"] for log in plain] == ["cl-7f3a-0001"] * 2
    assert {log.trace_id for log in receiver.logs} == {receiver.spans[0].trace_id}
    assert receiver.metrics[SUBMISSIONS].sum.data_points[0].as_int == 1
    assert {record.resource["service.name"] for record in (*receiver.spans, *receiver.logs)} == {"grid_btc"}
    assert not ended.store.folder.exists()


def test_both_receive_the_same_record_by_record(bots: Bots, receiver: Receiver) -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_TRADING_EXPORT": "both"}

    ended = bots.run(ONE_ORDER, environ)

    assert ended.returncode == 0, ended.stderr
    store = ended.store
    stored: list[Any] = [
        (span.name, span.trace_id, span.span_id, span.scope, span.attributes) for span in store.spans()
    ]
    assert [span[:5] for span in receiver.spans] == stored
    assert stored
    stored = [(str(log.body), log.trace_id, log.span_id, log.scope, log.attributes) for log in store.all_logs()]
    assert sorted((log[:5] for log in receiver.logs), key=repr) == sorted(stored, key=repr)
    assert len(stored) >= 5
    assert {repr(sorted(record.resource.items())) for record in receiver.logs} == {
        repr(sorted(resource.items())) for resource in store.resources()
    }
    assert receiver.metrics.keys() == store.metric_names()


def test_an_endpoint_of_one_signal_is_an_endpoint(bots: Bots, receiver: Receiver) -> None:
    environ = {
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{receiver.url}/v1/logs",
        "OTEL_TRACES_EXPORTER": "none",
        "OTEL_METRICS_EXPORTER": "none",
    }

    ended = bots.run(ONE_ORDER, environ)

    assert (ended.returncode, receiver.spans, receiver.metrics) == (0, [], {})
    assert "sending" in [log.name for log in receiver.logs]
    assert not ended.store.folder.exists()


def test_sending_leaves_no_spans_or_logs_of_its_own(bots: Bots, receiver: Receiver) -> None:
    everything = 'logging.basicConfig(level=logging.DEBUG, filename="bot.log")'
    program = "import logging, time\n" + everything + ONE_ORDER + "time.sleep(1)\n"
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_TRADING_FLUSH_SECONDS": "0.05",
        "OTEL_METRIC_EXPORT_INTERVAL": "100",
        "OTEL_PYTHON_LOG_HANDLER_LEVEL": "debug",
    }

    ended = bots.run(program, environ)

    assert ended.returncode == 0, ended.stderr
    assert [span.name for span in receiver.spans] == ["order"]
    assert {log.scope for log in receiver.logs} == {"bot.orders", "otel_trading"}
