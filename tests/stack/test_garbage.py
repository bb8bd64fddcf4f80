"""Whatever comes in on the Collector's ports, it lives, within its memory, and takes the next good record."""

from __future__ import annotations

import gzip
import random
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc  # type: ignore[import-untyped] # its stubs are a package of their own
import pytest
import requests
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.endtoend.bots import eventually
from tests.stack.harness.loki import Loki
from tests.stack.harness.messages import counter, log, point, request, span
from tests.stack.harness.numbered import SIGNALS
from tests.stack.harness.sending import WAYS, by_grpc, by_http, good_records_arrive, unique
from tests.stack.harness.stack import Stack
from tests.stack.harness.wire import (
    EMPTY_SETTINGS,
    HTTP2_PREFACE,
    gzip_bomb,
    half_sent,
    is_closed,
    nested_log,
    zlib_bomb,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.timeout(240)

MIB = 1 << 20
OVER_THE_BOUND = 17 * MIB
BOMB = 256 * MIB
UNPACKED_AT_MOST = 96 * MIB  # what a request at the bound may take on the way, some copies of it included
THEN = 1_795_000_000 * 10**9
# The same in each run, so that a change to it that does harm is found again.
GOOD = {
    "traces": request(
        "garbage",
        span("order", trace_id=b"t" * 16, span_id=b"s" * 8, start_time_unix_nano=THEN, end_time_unix_nano=THEN + 1),
    ).SerializeToString(),
    "logs": request("garbage", log("sent", time_unix_nano=THEN, observed_time_unix_nano=THEN)).SerializeToString(),
    "metrics": request(
        "garbage", counter(point(start_time_unix_nano=THEN, time_unix_nano=THEN + 1))
    ).SerializeToString(),
}
CONNECTIONS = 200
READ_TIMEOUT = 30.0


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of its own: garbage that is taken is for no other test to read."""
    with Stack(tmp_path_factory.mktemp("garbage")) as running:
        yield running


@pytest.fixture(autouse=True)
def unharmed(stack: Stack) -> Iterator[None]:
    """After each test: the same process, healthy, never beyond its container's memory, and taking records."""
    pid = stack.collector.pid
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")  # forgets the peak so far
    yield
    assert stack.collector.alive, stack.collector.said()[-3000:]
    assert stack.collector.pid == pid
    assert requests.get(stack.health_url, timeout=5).ok
    assert peak_bytes(pid) < stack.memory_limits["collector"]
    good_records_arrive(stack)


def peak_bytes(pid: int) -> int:
    """Return the most memory that the process held since the test began."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("signal", SIGNALS)
def test_random_bytes_are_refused(stack: Stack, way: str, signal: str) -> None:
    chance = random.Random(7)  # noqa: S311 - the same in each run
    for size in (1, 10, 100, 10_000, MIB):
        # An end group without its begin: no protobuf, whatever follows.
        assert not WAYS[way](stack, signal, b"\x0c" + chance.randbytes(size)).taken


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("signal", SIGNALS)
def test_a_request_cut_short_is_refused_wherever_it_ends(stack: Stack, way: str, signal: str) -> None:
    for size in range(1, len(GOOD[signal])):
        assert not WAYS[way](stack, signal, GOOD[signal][:size]).taken, size


@pytest.mark.parametrize("content_type", ["text/plain", "application/octet-stream", ""])
def test_a_wrong_content_type_is_refused(stack: Stack, content_type: str) -> None:
    for signal, body in GOOD.items():
        assert by_http(stack, signal, body, {"content-type": content_type}).status == "415"


def test_protobuf_that_calls_itself_json_is_refused(stack: Stack) -> None:
    for signal, body in GOOD.items():
        # 500 where it cannot even put into JSON what is wrong.
        assert by_http(stack, signal, body, {"content-type": "application/json"}).status in {"400", "500"}


@pytest.mark.parametrize(
    "body", [b"{", b'{"resourceLogs":', b'{"resourceLogs": 5}', b"[" * 100_000, b'{"a":' * 100_000]
)
def test_json_that_is_no_otlp_is_refused(stack: Stack, body: bytes) -> None:
    assert not by_http(stack, "logs", body, {"content-type": "application/json"}).taken


@pytest.mark.parametrize("encoding", ["gzip", "zlib", "deflate", "zstd", "snappy", "x-snappy-framed", "lz4", "br"])
def test_a_body_that_is_not_compressed_as_it_says_is_refused(stack: Stack, encoding: str) -> None:
    for body in (b"\x0cgarbage" * 10, GOOD["logs"]):
        assert not by_http(stack, "logs", body, {"content-encoding": encoding}).taken


def test_a_gzip_body_cut_short_is_refused(stack: Stack) -> None:
    packed = gzip.compress(GOOD["logs"])

    for size in range(1, len(packed) - 8):
        assert by_http(stack, "logs", packed[:size], {"content-encoding": "gzip"}).status == "400"


def test_a_bomb_is_refused_before_it_goes_off(stack: Stack) -> None:
    bombs = {
        "gzip": gzip_bomb(BOMB),
        "deflate": zlib_bomb(BOMB),
        "snappy": b"\xff\xff\xff\xff\x0f\x00a",  # says that it unpacks to 4 GiB
    }
    before = stack.collector.resident_bytes
    for encoding, bomb in bombs.items():
        assert not by_http(stack, "logs", bomb, {"content-encoding": encoding}).taken, encoding
    assert peak_bytes(stack.collector.pid) < before + UNPACKED_AT_MOST


def test_a_bomb_by_grpc_is_refused_before_it_goes_off(stack: Stack) -> None:
    before = stack.collector.resident_bytes

    answer = by_grpc(stack, "logs", bytes(BOMB), compression=grpc.Compression.Gzip)

    assert answer.status == "RESOURCE_EXHAUSTED"
    assert peak_bytes(stack.collector.pid) < before + UNPACKED_AT_MOST


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_body_over_the_bound_is_refused(stack: Stack, signal: str) -> None:
    body = GOOD[signal] * (OVER_THE_BOUND // len(GOOD[signal]) + 1)  # good but for its size

    assert by_http(stack, signal, body).status == "400"
    assert by_grpc(stack, signal, body).status == "RESOURCE_EXHAUSTED"


def test_a_body_without_end_is_refused_at_the_bound(stack: Stack) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 64 * OVER_THE_BOUND:
            sent += MIB
            yield bytes(MIB)

    with pytest.raises((requests.ConnectionError, AssertionError)):
        assert by_http(stack, "logs", endless()).taken  # type: ignore[arg-type] # sent in chunks

    assert sent < 4 * OVER_THE_BOUND


def test_requests_that_stop_half_way_hold_nobody_up_and_are_ended(stack: Stack) -> None:
    head = b"POST /v1/logs HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-protobuf\r\n"
    token = f"Authorization: {stack.headers['authorization']}\r\n".encode()
    began = time.monotonic()
    with (
        half_sent(stack.otlp_http, b"", CONNECTIONS) as silent,
        half_sent(stack.otlp_http, head, CONNECTIONS) as headers,
        half_sent(stack.otlp_http, head + token + b"Content-Length: 1000\r\n\r\nhalf", CONNECTIONS) as bodies,
    ):
        good_records_arrive(stack)
        for each in (*silent, *headers, *bodies):
            assert is_closed(each, READ_TIMEOUT + 15)
    assert time.monotonic() - began < READ_TIMEOUT + 30


def test_grpc_connections_that_stop_half_way_hold_nobody_up(stack: Stack) -> None:
    # HEADERS of stream 1 that go on (no END_HEADERS), and never do.
    headers = HTTP2_PREFACE + EMPTY_SETTINGS + b"\0\0\x01\x01\0\0\0\0\x01\x82"
    with (
        half_sent(stack.otlp_grpc, b"", CONNECTIONS),
        half_sent(stack.otlp_grpc, HTTP2_PREFACE[:10], CONNECTIONS),
        half_sent(stack.otlp_grpc, HTTP2_PREFACE + EMPTY_SETTINGS, CONNECTIONS),
        half_sent(stack.otlp_grpc, headers, CONNECTIONS),
    ):
        good_records_arrive(stack)


@pytest.mark.parametrize("after", [b"", HTTP2_PREFACE, HTTP2_PREFACE + EMPTY_SETTINGS, b"GET / HTTP/1.1\r\n\r\n"])
def test_garbage_on_the_grpc_port_ends_its_connection(stack: Stack, after: bytes) -> None:
    chance = random.Random(7)  # noqa: S311 - the same in each run
    for _ in range(20):
        with half_sent(stack.otlp_grpc, after, 1) as (connection,):
            try:
                connection.sendall(b"\xff\xff\xff" + chance.randbytes(4096))
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                continue  # ended already
            assert is_closed(connection, 20)


def test_text_that_is_no_utf8_costs_no_other_record(stack: Stack) -> None:
    for signal, body in GOOD.items():
        for way in WAYS.values():
            way(stack, signal, body.replace(b"garbage", b"\xff\xfe\xc0\x80\xed\xa0\x80"))


@pytest.mark.parametrize("nanoseconds", [0, 1, 2**32, 2**62, 2**63 - 1, 2**63, 2**64 - 1])
def test_absurd_times_cost_no_other_record(stack: Stack, nanoseconds: int) -> None:
    absurd: dict[str, Any] = {"time_unix_nano": nanoseconds}
    ends: dict[str, Any] = {"start_time_unix_nano": nanoseconds, "end_time_unix_nano": 2**64 - 1 - nanoseconds}
    service = unique("absurd")
    messages = {
        "traces": request(service, span("order", **ends)),
        "logs": request(service, log("absurd", **absurd), log("good")),
        "metrics": request(service, counter(point(**absurd))),
    }
    for signal, message in messages.items():
        by_http(stack, signal, message.SerializeToString())

    lines = Loki(stack.loki_url)
    eventually(lambda: "good" in [entry.line for entry in lines.entries(f'{{service_name="{service}"}}')])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("as_body", [True, False], ids=["body", "attribute"])
@pytest.mark.parametrize("depth", [100, 1_000, 10_000, 100_000])
def test_lists_in_lists_cost_little_time(stack: Stack, way: str, as_body: bool, depth: int) -> None:
    began = time.monotonic()

    WAYS[way](stack, "logs", nested_log(depth, as_body=as_body))

    assert time.monotonic() - began < 10


def test_a_record_of_too_many_attributes_is_stored_with_some_of_them(stack: Stack) -> None:
    service = unique("many")
    record = log("of many attributes", {"trading.order.client_id": "cl-1"} | {f"a{n:03d}": n for n in range(500)})

    assert by_http(stack, "logs", request(service, record).SerializeToString()).taken

    (entry,) = eventually(lambda: Loki(stack.loki_url).entries(f'{{service_name="{service}"}}'))
    assert entry.line == "of many attributes"
    assert 64 <= len(entry.metadata) <= 256
    assert entry.metadata["trading_order_client_id"] == "cl-1"


@pytest.mark.parametrize("where", ["body", "attribute"])
def test_a_record_of_a_megabyte_is_stored_in_part(stack: Stack, where: str) -> None:
    service, huge = unique("huge"), "x" * MIB
    record = log(huge) if where == "body" else log("of a megabyte", {"exception.stacktrace": huge})

    assert by_http(stack, "logs", request(service, record).SerializeToString()).taken

    (entry,) = eventually(lambda: Loki(stack.loki_url).entries(f'{{service_name="{service}"}}'))
    assert 1_000 <= len(entry.line) + sum(map(len, entry.metadata.values())) <= 512 * 1024


def mutated(data: bytes) -> st.SearchStrategy[bytes]:
    """Return a valid request with some bytes changed, left out, put in or doubled."""
    place = st.integers(0, len(data))
    change = st.tuples(place, place, st.one_of(st.just(None), st.binary(max_size=20)))

    def changed(changes: list[tuple[int, int, bytes | None]]) -> bytes:
        out = data
        for first, second, new in changes:
            low, high = sorted((first, second))
            out = out[:low] + (out[low:high] * 2 if new is None else new) + out[min(high, low + 8) :]
        return out

    return st.lists(change, min_size=1, max_size=4).map(changed)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("signal", SIGNALS)
def test_no_change_to_a_good_request_is_an_error_of_the_server_s(stack: Stack, way: str, signal: str) -> None:
    answers = {"200", "400"} if way == "http" else {"OK", "INTERNAL", "INVALID_ARGUMENT"}

    @seed(7)
    @settings(max_examples=200, deadline=None, database=None)
    @given(body=mutated(GOOD[signal]))
    def send(body: bytes) -> None:
        assert WAYS[way](stack, signal, body).status in answers

    send()
