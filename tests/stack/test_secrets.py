"""Secrets sent straight to the Collector, by a program that masks nothing, are in no file of any server afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
import requests

from tests.endtoend.bots import eventually
from tests.stack.harness.haystack import Haystack
from tests.stack.harness.loki import Loki
from tests.stack.harness.planted import (
    BEYOND_REACH,
    BY_FORM,
    BY_NAME,
    LOOK_ALIKES,
    SERVICE,
    request_beyond_reach,
    requests_under,
    requests_with,
)
from tests.stack.harness.prometheus import Prometheus
from tests.stack.harness.sending import WAYS, by_http
from tests.stack.harness.stack import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.stack.harness.numbered import ExportRequest, Signal

pytestmark = pytest.mark.timeout(240)

# Stands wherever secrets stand; where the search does not find it, it would find no secret either.
CONTROL = "planted control c0nspicu0us"
LAST = "planted last of all"


class Left(NamedTuple):
    """What the servers have left: their files, and what they answered before they ended."""

    files: Haystack
    answers: Haystack


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    files, answers = Haystack(), Haystack()
    with Stack(tmp_path_factory.mktemp("secrets"), environment={"SPAN_METRICS_INTERVAL": "1s"}) as stack:
        for number, (signal, message) in enumerate(everything()):
            answer = WAYS["grpc" if number % 2 else "http"](stack, signal, message.SerializeToString())
            assert answer.taken, answer
        settle(stack)
        ask(stack, answers)
        assert requests.post(f"{stack.loki_url}/flush", timeout=30).ok
        eventually(lambda: list((stack.volumes / "loki-data" / "chunks").glob("fake/**/*")))
    files.add_files(stack.folder)
    return Left(files, answers)


def everything() -> Iterator[tuple[Signal, ExportRequest]]:
    for text in (CONTROL, *LOOK_ALIKES, *(text for text, _ in BY_FORM.values())):
        yield from requests_with(text)
    for name, value in BY_NAME.items():
        yield from requests_under(name, value)
    for place, secret in BEYOND_REACH.items():
        yield "traces", request_beyond_reach(place, f"api_key={secret}")


def settle(stack: Stack) -> None:
    """Wait until all that was sent is stored."""
    for signal, message in requests_with(LAST):
        assert by_http(stack, signal, message.SerializeToString()).taken
    loki, prometheus = Loki(stack.loki_url), Prometheus(stack.prometheus_url)
    eventually(lambda: loki.entries(f'{{service_name="{SERVICE}"}} |= "{LAST}"'))
    eventually(lambda: prometheus.query(f'planted_attributes_total{{planted_text="{LAST}"}}'))
    eventually(lambda: LAST in {span["name"] for span in stack.tempo.spans()})
    eventually(lambda: prometheus.query(f'traces_span_metrics_calls_total{{span_name="{LAST}"}}'))


def ask(stack: Stack, answers: Haystack) -> None:
    """Take down all that the stores answer."""
    loki, prometheus = Loki(stack.loki_url), Prometheus(stack.prometheus_url)
    answers.add("Loki", repr(loki.entries(f'{{service_name="{SERVICE}"}}')).encode())
    answers.add("Loki's labels", repr(loki.streams('{service_name=~".+"}')).encode())
    answers.add("Prometheus", repr(prometheus.series('{__name__=~".+"}')).encode())
    answers.add("Prometheus's exemplars", repr(prometheus.exemplars('{__name__=~".+"}')).encode())
    answers.add("traces", stack.tempo.file.read_bytes())


def nowhere(left: Left, secret: str) -> None:
    found = {(each.place, each.form, each.around) for each in (*left.files.find(secret), *left.answers.find(secret))}
    assert not found, "\n".join(f"{place} ({form}): {around!r}" for place, form, around in sorted(found))


@pytest.mark.parametrize("kind", BY_FORM)
def test_a_secret_is_nowhere(left: Left, kind: str) -> None:
    text, secret = BY_FORM[kind]
    assert secret in text

    nowhere(left, secret)


@pytest.mark.parametrize("name", BY_NAME)
def test_what_stands_under_a_secret_s_name_is_nowhere(left: Left, name: str) -> None:
    nowhere(left, BY_NAME[name])


@pytest.mark.xfail(strict=True, reason="no processor of the Collector 0.158 looks there")
@pytest.mark.parametrize("place", BEYOND_REACH)
def test_a_secret_where_no_processor_looks_is_nowhere(left: Left, place: str) -> None:
    nowhere(left, BEYOND_REACH[place])


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_what_looks_alike_stays_readable(left: Left, text: str) -> None:
    places = {found.place for found in left.answers.find(text)}

    assert {"Loki", "traces", "Prometheus"} <= places


@pytest.mark.parametrize(
    "volume", ["collector-queue", "loki-data/wal", "loki-data/chunks", "prometheus-data/wal", "traces.jsonl"]
)
def test_the_search_sees_into_the_files_of_each_server(left: Left, volume: str) -> None:
    assert [found for found in left.files.find(CONTROL) if volume in found.place]


def test_nothing_that_the_servers_print_holds_what_was_sent(left: Left) -> None:
    assert [place for place in left.files.places if place.endswith("collector.log")]
    assert not [found for found in left.files.find("Planted") if found.place.endswith(".log")]
