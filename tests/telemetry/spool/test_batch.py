"""A batch that waited on disk is the same when it is read again."""

from __future__ import annotations

import pytest
from opentelemetry.sdk.resources import Resource

from otel_trading.telemetry.spool.batch import LOGS, SPANS, Batch, Kind
from otel_trading.telemetry.spool.lines import framed, waiting
from tests.telemetry.store.samples import log, span

RESOURCE = Resource({"service.name": "grid-btc", "process.pid": 7}, "https://schemas.example/1")


@pytest.mark.parametrize(
    ("kind", "records"), [(SPANS, [span(), span()]), (LOGS, [log(), log()])], ids=["spans", "logs"]
)
def test_a_batch_comes_back_as_it_was(kind: Kind, records: list[object]) -> None:
    (line,) = waiting(framed(2, kind.line(Batch(records, RESOURCE))))

    assert line.payload is not None
    assert kind.batch(line.payload) == Batch(records, RESOURCE)
    assert line.records == 2


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"no json", b'{"resourceLogs":[]}'])
def test_what_is_no_batch_is_an_error_of_value(payload: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever the reader of JSON raises
        LOGS.batch(payload)
