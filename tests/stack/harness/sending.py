"""Sends OTLP to a running Collector byte by byte as told, and says what it answers."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, NamedTuple

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own
import requests

from tests.endtoend.bots import eventually
from tests.stack.harness.loki import Loki
from tests.stack.harness.messages import one_of_each
from tests.stack.harness.numbered import SIGNALS
from tests.stack.harness.prometheus import Prometheus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.stack.harness.stack import Stack

PROTOBUF = {"content-type": "application/x-protobuf"}
_SECONDS = 30.0
_METHODS = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
}
_numbers = itertools.count(1)


class Answer(NamedTuple):
    """What the Collector answered: HTTP's status (``401``) or gRPC's (``UNAUTHENTICATED``), and words."""

    status: str
    words: str

    @property
    def taken(self) -> bool:
        return self.status in {"200", "OK"}


def by_http(stack: Stack, signal: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """Post ``body`` with the token and as protobuf, where ``headers`` say nothing else."""
    given = {**stack.headers, **PROTOBUF, **(headers or {})}
    answer = requests.post(f"{stack.otlp_http}/v1/{signal}", data=body, headers=given, timeout=_SECONDS)
    return Answer(str(answer.status_code), answer.text)


def by_grpc(
    stack: Stack,
    signal: str,
    body: bytes,
    metadata: Mapping[str, str] | None = None,
    compression: grpc.Compression = grpc.Compression.NoCompression,
) -> Answer:
    """Call the service of ``signal`` with ``body`` as the message, and the token where ``metadata`` is None."""
    with grpc.insecure_channel(stack.otlp_grpc, compression=compression) as channel:
        call = channel.unary_unary(_METHODS[signal], request_serializer=bytes, response_deserializer=bytes)
        given = stack.headers if metadata is None else metadata
        try:
            call(body, metadata=tuple(given.items()), timeout=_SECONDS)
        except grpc.RpcError as error:
            return Answer(error.code().name, error.details() or "")
    return Answer("OK", "")


WAYS: dict[str, Callable[..., Answer]] = {"http": by_http, "grpc": by_grpc}


def unique(word: str) -> str:
    """Return a service name that no other test of this run uses."""
    return f"{word}-{os.getpid()}-{next(_numbers)}"


def arrived(stack: Stack, service: str) -> set[str]:
    """Return the signals of which the stores hold something of ``service``."""
    # As bytes: what others have sent need be no text.
    traces = stack.tempo.file.read_bytes() if stack.tempo.file.exists() else b""
    there = {
        "logs": bool(Loki(stack.loki_url).entries(f'{{service_name="{service}"}}')),
        "metrics": bool(Prometheus(stack.prometheus_url).query(f'{{job="{service}"}}')),
        "traces": f'{{"stringValue":"{service}"}}'.encode() in traces,
    }
    return {signal for signal, found in there.items() if found}


def good_records_arrive(stack: Stack, seconds: float = 60.0) -> None:
    """Send one good record of each signal by each protocol; AssertionError where one is refused or does not arrive."""
    services = {way: unique(f"good-{way}") for way in WAYS}
    for way, service in services.items():
        for signal, message in one_of_each(service).items():
            answer = WAYS[way](stack, signal, message.SerializeToString())
            assert answer.taken, f"a good record of {signal} by {way}: {answer}"
    for service in services.values():
        eventually(lambda name=service: arrived(stack, name) == set(SIGNALS), seconds)
