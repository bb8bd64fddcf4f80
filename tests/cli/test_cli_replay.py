"""``otel-trading replay``: what it prints, its exit codes, Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.cli.shell import run
from tests.replay.receiver import Asked, Reply, receiver, refusal
from tests.replay.stores import log_line, metric_line, names, span_line, write
from tests.telemetry.store.samples import NOON, SECOND, SERVICE, folder_of

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from otel_trading.cli import main; main()"]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    root = tmp_path / "store"
    write(root, "traces", [span_line(1, 2)])
    write(root, "logs", [log_line(1), log_line(2), log_line(3)])
    write(root, "metrics", [metric_line(1, points=2)])
    return root


def test_it_sends_every_signal_and_says_how_much_of_how_many_files(store: Path) -> None:
    with receiver() as server:
        done = run("replay", "--store", store, "--endpoint", server.url)
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.splitlines() == [
            f"traces  2 spans of 1 of 1 files sent ({server.url}/v1/traces)",
            f"logs    3 log records of 1 of 1 files sent ({server.url}/v1/logs)",
            f"metrics 2 data points of 1 of 1 files sent ({server.url}/v1/metrics)",
        ]
        again = run("replay", "--store", store, "--endpoint", server.url)
    assert again.exit_code == 0
    assert "logs    0 log records of 0 of 1 files sent, 3 sent before" in again.stdout
    assert server.taken == names("span", [1, 2]) | names("log", [1, 2, 3]) | names("metric", [1])


def test_the_endpoint_and_the_headers_come_from_the_environment(store: Path) -> None:
    with receiver() as server:
        environ = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": server.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20sesame",
        }
        done = run("replay", "--store", store, "--signal", "logs", env=dict(environ))
        assert {asked.headers["authorization"] for asked in server.requests} == {"Bearer sesame"}
    assert done.exit_code == 0
    assert server.taken == names("log", [1, 2, 3])


def test_a_dry_run_sends_nothing(store: Path) -> None:
    with receiver() as server:
        done = run("replay", "--store", store, "--endpoint", server.url, "--dry-run")
        assert server.requests == []
    assert done.exit_code == 0
    assert "traces  2 spans of 1 of 1 files to send" in done.stdout


def test_since_and_until_and_service_choose(store: Path) -> None:
    write(store, "logs", [log_line(9)], service="hedge")
    choice = ["--since", "2026-11-23T12:00:02", "--until", "2026-11-23T12:00:03", "--service", SERVICE]
    assert NOON + 2 * SECOND == 1_795_435_202 * SECOND  # 12:00:02 on that day
    with receiver() as server:
        done = run("replay", "--store", store, "--endpoint", server.url, "--signal", "logs", *choice)
    assert done.exit_code == 0
    assert server.taken == names("log", [2])


def test_refused_records_are_told_with_the_file_that_keeps_them(store: Path) -> None:
    with receiver(lambda asked: refusal(400, "no") if "log 2" in asked.names else Reply()) as server:
        done = run("replay", "--store", store, "--endpoint", server.url, "--signal", "logs")
    assert done.exit_code == 1
    assert "2 log records of 1 of 1 files sent, 1 refused" in done.stdout
    [kept] = (folder_of(store) / "replay").glob("*.refused.jsonl")
    assert str(kept) in done.stdout


def test_wrong_credentials_are_told_with_the_variable(store: Path) -> None:
    with receiver(lambda _: refusal(401, "who are you")) as server:
        done = run("replay", "--store", store, "--endpoint", server.url)
    assert done.exit_code == 1
    assert "stopped: HTTP 401 who are you" in done.stdout
    assert "OTEL_EXPORTER_OTLP_HEADERS" in done.stdout


def test_json_has_stable_names(store: Path) -> None:
    with receiver() as server:
        done = run("replay", "--store", store, "--endpoint", server.url, "--signal", "logs", "--json")
    found = json.loads(done.stdout)
    assert found == {
        "complete": True,
        "dry_run": False,
        "signals": {
            "logs": {
                "receiver": f"{server.url}/v1/logs",
                "files": 1,
                "files_sent": 1,
                "sent": 3,
                "sent_before": 0,
                "refused": 0,
                "in_doubt": 0,
                "repeated": 0,
            }
        },
        "refused_files": [],
        "warnings": [],
        "interrupted": False,
        "stopped": "",
        "remedy": "",
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("--endpoint", "localhost:4318"),
        ("--rate", "0"),
        ("--patience", "-1"),
        ("--signal", "profiles"),
        ("--since", "yesterday"),
        ("--in-doubt", "maybe"),
        ("--from", "stack"),
    ],
)
def test_wrong_usage_is_two(store: Path, arguments: tuple[str, ...]) -> None:
    done = run("replay", "--store", store, *arguments)
    assert done.exit_code == 2
    assert "Usage:" in done.stderr


def test_a_store_without_telemetry_is_told(tmp_path: Path) -> None:
    done = run("replay", "--store", tmp_path / "nothing")
    assert done.exit_code == 1
    assert "does not exist" in done.stderr


def test_what_the_receiver_says_cannot_steer_the_terminal(store: Path) -> None:
    with receiver(lambda _: refusal(401, "\x1b[2Jgone")) as server:
        done = run("replay", "--store", store, "--endpoint", server.url)
    assert "\x1b" not in done.output


def _begun(store: Path, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "replay", "--store", str(store), "--endpoint", url, "--signal", "logs", "--rate", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_after_the_batch_that_is_on_its_way_and_leaves_nothing_in_doubt(
    store: Path, kind: signal.Signals
) -> None:
    arrived, answer = threading.Event(), threading.Event()

    def slow(_: Asked) -> Reply:
        arrived.set()
        answer.wait(20)
        return Reply()

    with receiver(slow) as server:
        with _begun(store, server.url) as process:
            assert arrived.wait(20)
            process.send_signal(kind)
            assert process.stderr is not None
            assert "ending after the batch" in process.stderr.readline()
            answer.set()
            out, _ = process.communicate(timeout=20)
        assert process.returncode == 130
        assert "1 log record of 1 of 1 files sent" in out
        assert "run it again" in out
        run("replay", "--store", store, "--endpoint", server.url, "--signal", "logs")
    assert server.taken == names("log", [1, 2, 3])


def test_a_second_ctrl_c_ends_at_once_and_the_batch_is_in_doubt(store: Path) -> None:
    arrived, answer = threading.Event(), threading.Event()

    def slow(_: Asked) -> Reply:
        arrived.set()
        answer.wait(20)
        return Reply(None)

    with receiver(slow) as server:
        with _begun(store, server.url) as process:
            assert arrived.wait(20)
            process.send_signal(signal.SIGINT)
            assert process.stderr is not None
            process.stderr.readline()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=20)
            assert process.returncode == 130
        answer.set()
        server.judge = lambda _: Reply()
        done = run("replay", "--store", store, "--endpoint", server.url, "--signal", "logs")
    assert "1 log record in doubt, being on the way when an earlier replay ended: sent again" in done.stdout
    assert set(server.taken) == set(names("log", [1, 2, 3]))
