"""Loki by itself: what it took survives, and the file of limits that the keeper writes governs it while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.endtoend.bots import eventually
from tests.stack.harness.stack import Stack
from tests.stack.loki_lines import found, line, push

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def lone_loki(tmp_path: Path) -> Iterator[Stack]:
    """A stack of which only Loki runs, with an empty file of limits."""
    stack = Stack(tmp_path, environment={"LOKI_RUNTIME_PERIOD": "1s"})
    limits(stack).parent.mkdir(parents=True, exist_ok=True)
    limits(stack).touch()
    stack.loki.start()
    yield stack
    stack.loki.stop()


def test_what_loki_took_survives_a_kill(lone_loki: Stack) -> None:
    for n in range(20):
        assert push(lone_loki.loki_url, "bot", line(f"line {n}")).status_code == 204
    lone_loki.loki.kill()
    lone_loki.loki.start()

    assert len(found(lone_loki.loki_url, "bot")) == 20


def test_without_the_file_of_limits_loki_names_it_and_does_not_serve(lone_loki: Stack) -> None:
    """It does not end either, so nothing would start it again: the file has to be there first."""
    lone_loki.loki.stop()
    limits(lone_loki).unlink()

    lone_loki.loki.start(wait=False)

    eventually(lambda: f'read file \\"{limits(lone_loki)}\\"' in lone_loki.loki.said(), 60)
    with pytest.raises(requests.RequestException):
        requests.get(f"{lone_loki.loki_url}/ready", timeout=2)
    lone_loki.loki.kill()


def test_limits_are_read_again_while_loki_runs_and_leave_the_labels_alone(lone_loki: Stack) -> None:
    limits(lone_loki).write_text("overrides: {fake: {retention_period: 3h}}\n")

    eventually(lambda: kept(lone_loki) == "3h", 30)

    push(lone_loki.loki_url, "bot", line("sent"), resource={"service.instance.id": "one"})
    (sent,) = found(lone_loki.loki_url, "bot")
    assert sent.labels == {"service_name": "bot"}


def test_limits_stay_as_they_were_while_the_file_is_broken_or_gone(lone_loki: Stack) -> None:
    limits(lone_loki).write_text("overrides: {fake: {retention_period: 3h}}\n")
    eventually(lambda: kept(lone_loki) == "3h", 30)

    limits(lone_loki).write_text("overrides: {fake: {retention_perio")
    eventually(lambda: read_again(lone_loki) == "0", 30)
    assert kept(lone_loki) == "3h"

    limits(lone_loki).write_text("{}\n")
    eventually(lambda: read_again(lone_loki) == "1" and kept(lone_loki) == "30d", 30)

    limits(lone_loki).unlink()
    eventually(lambda: read_again(lone_loki) == "0", 30)
    assert kept(lone_loki) == "30d"


def limits(stack: Stack) -> Path:
    return stack.volumes / "keeper-limits" / "loki.yaml"


def kept(stack: Stack) -> str:
    """Return the retention that holds in the running Loki."""
    answer = requests.get(
        f"{stack.loki_url}/loki/api/v1/drilldown-limits", headers={"X-Scope-OrgID": "fake"}, timeout=10
    )
    return str(answer.json()["limits"]["retention_period"])


def read_again(stack: Stack) -> str:
    """Return 1 where the last reading of the file went well, 0 where it did not."""
    metrics = requests.get(f"{stack.loki_url}/metrics", timeout=10).text
    (line,) = (line for line in metrics.splitlines() if line.startswith("loki_runtime_config_last_reload_successful{"))
    return line.rpartition(" ")[2]
