"""What the receiver answers, and what becomes of the records then."""

from __future__ import annotations

import socket
import threading
import time
from email.utils import formatdate
from typing import TYPE_CHECKING

import pytest

from otel_trading.replay import replay
from otel_trading.replay.target import target_of
from tests.replay.receiver import TAKEN_BUT_UNANSWERED, Asked, Reply, receiver, refusal, takes_all
from tests.replay.stores import SMALL, log_line, metric_line, names, plan, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """Answer with these, then with success."""
    left = list(replies)
    return lambda _: left.pop(0) if left else Reply()


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_asks_to_wait_is_waited_for(tmp_path: Path, status: int) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver(in_turn(refusal(status, Retry_After="1"))) as server:
        began = time.monotonic()
        summary = replay(plan(tmp_path, server.target(), patience=10.0))
    assert time.monotonic() - began >= 1
    assert server.taken == names("log", [1])
    assert summary.complete
    assert summary.signals["logs"].repeated == 0


def test_a_date_in_retry_after_is_understood(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver(in_turn(refusal(503, Retry_After=formatdate(time.time() + 600, usegmt=True)))) as server:
        summary = replay(plan(tmp_path, server.target(), patience=5.0))
    assert "asks to wait for" in summary.stopped
    assert server.taken == {}


@pytest.mark.parametrize("header", ["", "soon", "-5", "inf", "nan", "1e999"])
def test_a_retry_after_without_sense_is_not_obeyed(tmp_path: Path, header: str) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver(in_turn(refusal(503, Retry_After=header))) as server:
        assert replay(plan(tmp_path, server.target())).complete
    assert server.taken == names("log", [1])


def test_a_receiver_that_stays_overloaded_ends_the_replay_and_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    waits: list[tuple[str, float]] = []
    with receiver(lambda _: refusal(503, "queue is full")) as server:
        summary = replay(plan(tmp_path, server.target(), patience=0.3), on_wait=lambda *wait: waits.append(wait))
        assert "503 queue is full" in summary.stopped
        assert waits[0][0] == "HTTP 503 queue is full"
        assert not summary.complete
        server.judge = takes_all
        later = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", [1])
    assert later.signals["logs"].doubted == 0


def test_a_receiver_that_is_not_there_is_told_and_nothing_is_in_doubt(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    summary = replay(plan(tmp_path, target_of({}, "logs", f"http://127.0.0.1:{port}"), patience=0.2))
    assert "refused" in summary.stopped
    assert "Run this again" in summary.remedy
    later = replay(plan(tmp_path, target_of({}, "logs", f"http://127.0.0.1:{port}"), patience=0.1, dry_run=True))
    assert (later.signals["logs"].sent, later.signals["logs"].doubted) == (1, 0)


def test_a_connection_that_does_not_come_about_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    # A server that accepts nobody, whose queue is full: further connections wait.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server, socket.create_connection(server.getsockname()):
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        target = target_of({"OTEL_EXPORTER_OTLP_TIMEOUT": "0.2"}, "logs", url)
        summary = replay(plan(tmp_path, target, patience=0.1))
        later = replay(plan(tmp_path, target, dry_run=True))
    assert "no connection within 0.2 s" in summary.stopped
    assert later.signals["logs"].doubted == 0


def test_a_lost_answer_has_the_batch_sent_again_and_counted_as_repeated(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1, 2, 3)])
    with receiver(in_turn(TAKEN_BUT_UNANSWERED)) as server:
        summary = replay(plan(tmp_path, server.target()))
    assert set(server.taken.values()) == {2}
    assert (summary.signals["logs"].sent, summary.signals["logs"].repeated) == (3, 3)
    assert summary.complete


def test_a_receiver_that_never_answers_leaves_its_batch_in_doubt_and_says_so_next_time(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(number) for number in range(100)])
    silent = in_turn(Reply(), *[TAKEN_BUT_UNANSWERED] * 100)
    with receiver(silent) as server:
        summary = replay(plan(tmp_path, server.target(), patience=0.1))
        assert summary.stopped
        doubted = len(server.requests[1].names)
        server.judge = takes_all
        later = replay(plan(tmp_path, server.target()))
    assert later.signals["logs"].doubted == doubted
    assert later.signals["logs"].before == len(server.requests[0].names)
    assert set(server.taken) == set(names("log", range(100)))
    assert later.complete


def test_a_time_out_is_the_variables(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    release = threading.Event()

    def hang(_: Asked) -> Reply:
        release.wait(10)
        return TAKEN_BUT_UNANSWERED

    with receiver(hang) as server:
        summary = replay(plan(tmp_path, server.target(TIMEOUT="0.2"), patience=0.1))
        release.set()
    assert "no answer within 0.2 s" in summary.stopped


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_stop_at_once_and_name_the_variable(tmp_path: Path, status: int) -> None:
    write(tmp_path, "logs", [log_line(number) for number in range(100)])
    with receiver(lambda _: refusal(status, "who are you")) as server:
        target = server.target(LOGS_HEADERS="authorization=Bearer%20sesame")
        summary = replay(plan(tmp_path, target))
        assert len(server.requests) == 1
        assert server.requests[0].headers["authorization"] == "Bearer sesame"
    assert "OTEL_EXPORTER_OTLP_LOGS_HEADERS" in summary.remedy
    assert "who are you" in summary.stopped
    assert "sesame" not in summary.stopped + summary.remedy


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (refusal(404), "correct the endpoint"),
        (refusal(405), "correct the endpoint"),
        (refusal(415), "no OTLP/JSON"),
        (Reply(307, b"", {"Location": "http://127.0.0.1/"}, takes=False), "redirects"),
        (refusal(500, "internal"), "receiver's own log"),
        (Reply(200, b"<html>", {"Content-Type": "text/html; charset=utf-8"}, takes=False), "correct the endpoint"),
    ],
)
def test_an_answer_that_no_waiting_helps_stops_with_a_remedy(tmp_path: Path, reply: Reply, words: str) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver(lambda _: reply) as server:
        summary = replay(plan(tmp_path, server.target()))
        assert len(server.requests) == 1
    assert summary.stopped
    assert words in summary.remedy
    assert summary.signals["logs"].sent == 0


@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b"null", b'{"partialSuccess":7}', b"\xff", b"[" * 60_000])
def test_any_other_body_of_a_success_is_a_success(tmp_path: Path, body: bytes) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with receiver(lambda _: Reply(200, body)) as server:
        assert replay(plan(tmp_path, server.target())).signals["logs"].sent == 1


def test_a_port_that_speaks_something_else_is_told_as_that(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"\x00\x00\x06\x04\x00\x00\x00\x00\x00\r\n")  # what a gRPC server begins with

        speaker = threading.Thread(target=speak)
        speaker.start()
        summary = replay(plan(tmp_path, target_of({}, "logs", f"http://127.0.0.1:{server.getsockname()[1]}")))
        speaker.join(5)
    assert "does not speak HTTP" in summary.stopped
    assert "4318" in summary.remedy


def test_a_wish_to_end_is_heard_between_two_batches_and_nothing_is_in_doubt(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(number) for number in range(200)])
    stop = threading.Event()
    with receiver() as server:
        summary = replay(plan(tmp_path, server.target()), stop=stop, on_progress=lambda *_: stop.set())
        assert summary.interrupted
        assert len(server.requests) == 1
        assert 0 < len(server.taken) <= SMALL.records
        later = replay(plan(tmp_path, server.target()))
    assert server.taken == names("log", range(200))
    assert later.signals["logs"].doubted == 0


def test_a_wish_to_end_is_heard_while_the_receiver_is_waited_for(tmp_path: Path) -> None:
    write(tmp_path, "logs", [log_line(1)])
    stop = threading.Event()
    with receiver(lambda _: refusal(503, Retry_After="60")) as server:
        began = time.monotonic()
        summary = replay(plan(tmp_path, server.target(), patience=600.0), stop=stop, on_wait=lambda *_: stop.set())
    assert time.monotonic() - began < 10
    assert (summary.interrupted, summary.stopped) == (True, "")


def test_each_export_of_metrics_is_a_request_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, "metrics", [metric_line(number) for number in range(20)])
    with receiver() as server:
        replay(plan(tmp_path, server.target("metrics")))
    assert [asked.names for asked in server.requests] == [[f"metric {number}"] for number in range(20)]


def test_of_metrics_only_the_export_that_was_not_answered_is_in_doubt(tmp_path: Path) -> None:
    write(tmp_path, "metrics", [metric_line(number) for number in range(20)])
    with receiver(in_turn(Reply(), Reply(), *[TAKEN_BUT_UNANSWERED] * 50)) as server:
        replay(plan(tmp_path, server.target("metrics"), patience=0.05))
        server.judge = takes_all
        later = replay(plan(tmp_path, server.target("metrics")))
    assert (later.signals["metrics"].before, later.signals["metrics"].doubted, later.signals["metrics"].sent) == (
        2,
        1,
        18,
    )
    assert set(server.taken) == set(names("metric", range(20)))
