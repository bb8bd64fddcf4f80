"""Loki as the stack configures it: what it takes, how a line can be found, and what it does with too much."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from otel_trading.semconv.attributes import TRADING_ORDER_CLIENT_ID as ORDER
from tests.stack.harness.built import built
from tests.stack.harness.sending import unique
from tests.stack.loki_lines import DAY, found, line, push
from tests.stack.schemas.expanding import defaults, expanded

if TYPE_CHECKING:
    from tests.stack.harness.stack import Stack

FILE = Path(__file__).resolve().parents[2] / "loki" / "loki.yaml"
KB = 1024


def verify(file: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [built("loki"), f"-config.file={file}", "-config.expand-env=true", "-verify-config"]
    return subprocess.run(
        command, env={"PATH": os.environ["PATH"], **environment}, capture_output=True, text=True, check=False
    )


def test_loki_takes_the_file() -> None:
    done = verify(FILE)

    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr.lower()


def test_loki_would_refuse_a_key_that_it_does_not_know(tmp_path: Path) -> None:
    wrong = tmp_path / "loki.yaml"
    wrong.write_text(FILE.read_text(encoding="utf-8").replace("max_line_size:", "max_lien_size:"))

    done = verify(wrong)

    assert done.returncode != 0
    assert "max_lien_size" in done.stderr


def test_the_defaults_are_the_containers() -> None:
    chosen = defaults(FILE)

    assert None not in chosen.values()
    assert chosen["LOKI_HTTP_PORT"] == "3100"
    assert chosen["LOKI_DATA"] == "/loki"
    assert chosen["LOKI_RUNTIME"] == "/etc/keeper/loki.yaml"


def test_one_setting_is_the_retention_everywhere() -> None:
    limits = expanded(FILE, {"LOKI_RETENTION": "48h"})["limits_config"]

    assert {limits[key] for key in ("retention_period", "reject_old_samples_max_age", "max_query_lookback")} == {"48h"}


def test_loki_calls_nobody() -> None:
    assert expanded(FILE)["analytics"]["reporting_enabled"] is False


def test_no_request_deletes_logs() -> None:
    assert expanded(FILE)["limits_config"]["deletion_mode"] == "filter-only"


def test_a_line_has_five_index_labels_and_the_rest_beside_it(stack: Stack) -> None:
    bot = unique("labels")
    about = {
        "service.namespace": "desk",
        "service.instance.id": "one",
        "deployment.environment.name": "live",
        "event.name": "trading.order.submitted",
        "severity.level": "info",
        "host.name": "box",
        "k8s.pod.name": "pod",
    }

    push(stack.loki_url, bot, line("sent", {ORDER: "cl-1"}), resource=about)

    (sent,) = found(stack.loki_url, bot)
    assert sent.labels == {
        "service_name": bot,
        "service_namespace": "desk",
        "deployment_environment_name": "live",
        "event_name": "trading.order.submitted",
        "severity_level": "info",
    }
    assert sent.metadata["trading_order_client_id"] == "cl-1"
    assert sent.metadata["service_instance_id"] == "one"
    assert sent.metadata["host_name"] == "box"


def test_an_order_is_found_by_its_id(stack: Stack) -> None:
    bot = unique("order")

    push(stack.loki_url, bot, *(line(f"sent {n}", {ORDER: f"cl-{n}"}) for n in range(3)))

    (sent,) = found(stack.loki_url, bot, '| trading_order_client_id="cl-1"')
    assert sent.line == "sent 1"


def test_the_same_record_twice_is_shown_once(stack: Stack) -> None:
    bot = unique("twice")
    same = line("sent", {ORDER: "cl-1"})

    push(stack.loki_url, bot, same, line("between"), same)
    push(stack.loki_url, bot, same)

    assert [shown.line for shown in found(stack.loki_url, bot)].count("sent") == 1


def test_the_same_record_is_shown_once_when_much_came_between(stack: Stack) -> None:
    """Beyond a block (256 KB) Loki stores it again, and its queries leave one out."""
    bot = unique("twice-far")
    same = line("sent", {ORDER: "cl-1"})

    push(stack.loki_url, bot, same)
    push(stack.loki_url, bot, *(line(f"{n} " + os.urandom(500).hex()) for n in range(1000)))
    push(stack.loki_url, bot, same)

    assert len(found(stack.loki_url, bot, '|= "sent"')) == 1


def test_two_records_of_one_moment_that_differ_in_an_attribute_are_both_kept(stack: Stack) -> None:
    bot = unique("alike")
    now = time.time_ns()

    push(
        stack.loki_url,
        bot,
        line("order sent", {ORDER: "cl-1"}, time_ns=now),
        line("order sent", {ORDER: "cl-2"}, time_ns=now),
    )

    shown = found(stack.loki_url, bot)
    assert {sent.metadata["trading_order_client_id"] for sent in shown} == {"cl-1", "cl-2"}


@pytest.mark.parametrize("days", [0.1, 3, 29.9])
def test_old_lines_are_taken_into_a_stream_that_has_newer_ones(stack: Stack, days: float) -> None:
    bot = unique("late")
    push(stack.loki_url, bot, line("new"))

    answers = [push(stack.loki_url, bot, line(f"old {n}", age=days * DAY - n * 60)) for n in range(3)]
    answers.append(push(stack.loki_url, bot, line("new again")))

    assert [answer.status_code for answer in answers] == [204] * 4
    assert [shown.line for shown in found(stack.loki_url, bot)] == ["old 0", "old 1", "old 2", "new", "new again"]


def test_a_replay_in_any_order_is_taken(stack: Stack) -> None:
    bot = unique("replay")
    hours = [5, 1, 47, 46.5, 2, 5.5, 0.5, 0, 47.2]

    answer = push(stack.loki_url, bot, *(line(f"{age} h", age=age * 3600) for age in hours))

    assert answer.status_code == 204
    assert [shown.line for shown in found(stack.loki_url, bot)] == [f"{age} h" for age in sorted(hours, reverse=True)]


def test_a_line_beyond_retention_is_refused_by_name_and_the_rest_is_stored(stack: Stack) -> None:
    bot = unique("too-old")

    answer = push(stack.loki_url, bot, line("good"), line("ancient", age=31 * DAY), line("good too"))

    assert answer.status_code == 400
    assert b"too old" in answer.content
    assert [shown.line for shown in found(stack.loki_url, bot)] == ["good", "good too"]


def test_a_line_that_is_too_long_loses_its_tail_only(stack: Stack) -> None:
    bot = unique("long")

    answer = push(stack.loki_url, bot, line("x" * 400 * KB), line("short"))

    assert answer.status_code == 204
    long, short = sorted(found(stack.loki_url, bot), key=lambda shown: -len(shown.line))
    assert 255 * KB < len(long.line) <= 257 * KB
    assert long.line.endswith("[cut here: longer than 256 KB]")
    assert short.line == "short"


def test_a_record_with_a_long_stack_trace_and_many_attributes_is_kept(stack: Stack) -> None:
    bot = unique("fat")
    many = {f"field_{n}": "value" for n in range(150)}

    answer = push(stack.loki_url, bot, line("failed", {"exception.stacktrace": "at line 1\n" * 20 * KB, **many}))

    assert answer.status_code == 204
    (failed,) = found(stack.loki_url, bot)
    assert len(failed.metadata["exception_stacktrace"]) == 10 * 20 * KB
    assert failed.metadata["field_149"] == "value"


def test_a_second_of_ten_thousand_lines_of_one_bot_is_no_flood(stack: Stack) -> None:
    bot = unique("flood")
    text = "x" * 1000

    answers = [
        push(stack.loki_url, bot, *(line(f"{half} {n} {text}", {ORDER: f"cl-{n}"}) for n in range(5000)))
        for half in range(2)
    ]

    assert [answer.status_code for answer in answers] == [204, 204]
    counted = requests.get(
        f"{stack.loki_url}/loki/api/v1/query",
        params={"query": f'sum(count_over_time({{service_name="{bot}"}}[10m]))'},
        timeout=30,
    ).json()
    assert counted["data"]["result"][0]["value"][1] == "10000"
