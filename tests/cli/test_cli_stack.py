"""--from stack on the command line: usage, hints, and following."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.shell import run
from tests.stores.asking import ask, lines, on_the_wire
from tests.stores.pretended import PretendedStack
from tests.story import scenes
from tests.story.tape import Tape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from otel_trading.cli import main; main()"]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendedStack]:
    monkeypatch.chdir(tmp_path)
    tape = on_the_wire(scenes.everything())
    with PretendedStack(tape.spans_kept, tape.logs_kept) as running:
        yield running


def test_a_store_s_folder_goes_not_with_the_stack(stack: PretendedStack, tmp_path: Path) -> None:
    result = ask(stack, "order", "cl-2", "--store", tmp_path)
    assert result.exit_code == 2
    assert "--store is of the local store" in result.stderr


def test_an_order_is_searched_since_a_time_in_the_stack_alone(tmp_path: Path) -> None:
    result = run("order", "cl-2", "--since", "1d", "--store", tmp_path)
    assert result.exit_code == 2
    assert "--since goes with --from stack" in result.stderr


def test_where_to_read_from_may_stand_before_the_command(stack: PretendedStack) -> None:
    result = run("--from", "stack", "order", "cl-2", env={"OTEL_TRADING_STACK_URL": stack.url})
    assert result.exit_code == 0
    assert "cl-2" in result.stdout


def test_an_order_older_than_the_period_is_not_found_and_the_period_is_named(stack: PretendedStack) -> None:
    result = ask(stack, "order", "cl-2", "--since", "5m")
    assert result.exit_code == 1
    assert f"No order 'cl-2' in the stack at {stack.url}, searched since 20" in result.stderr
    assert "--since 30d looks further back" in result.stderr


def test_an_unknown_id_is_told_with_those_that_are_near(stack: PretendedStack) -> None:
    result = ask(stack, "order", "cl-7f3a")
    assert result.exit_code == 1
    assert "Near: cl-7f3a-0001\n" in result.stderr
    assert "Services there: grid-bot." in result.stderr


def test_an_empty_stack_is_told_with_what_to_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with PretendedStack((), ()) as stack:
        result = ask(stack, "orders")
    assert result.exit_code == 1
    assert "The stack has no logs of that time." in result.stderr
    assert "otel-trading init" in result.stderr


def test_orders_are_listed_by_their_events_alone(stack: PretendedStack) -> None:
    listed = lines(ask(stack, "orders", "--json", "--limit", "2"))
    assert [order["client_ids"] for order in listed] == [["cl-4"], ["cl-3"]]
    queries = [asked.params["query"] for asked in stack.asked]
    assert all("event_name=~" in query for query in queries)


def test_logs_are_searched(stack: PretendedStack) -> None:
    found = lines(ask(stack, "logs", "hedge lags", "--json"))
    assert [line["body"] for line in found] == ["hedge lags 0.2 BTC"]
    assert ask(stack, "logs", "no such words").exit_code == 1


def test_the_command_imports_no_sdk_and_the_local_store_needs_no_http(stack: PretendedStack) -> None:
    probe = (
        "import sys; from click.testing import CliRunner; from otel_trading.cli import main\n"
        "assert CliRunner().invoke(main, sys.argv[1:]).exit_code in (0, 1)\n"
        "print(*[name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'requests'))])"
    )
    given = os.environ | {"OTEL_TRADING_STACK_URL": stack.url}

    def imported(*arguments: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", probe, *arguments], check=True, capture_output=True, text=True, env=given
        )
        return {name.partition(".")[0] for name in done.stdout.split()}

    assert imported("order", "cl-2", "--from", "stack") == {"requests"}
    assert imported("order", "cl-2", "--store", ".") == set()


def test_following_shows_what_comes_to_the_stack(stack: PretendedStack) -> None:
    with subprocess.Popen(
        [*COMMAND, "logs", "-f", "there|hedge placed", "--regex", "--from", "stack"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"OTEL_TRADING_STACK_URL": stack.url},
    ) as process:
        watchdog = threading.Timer(30, process.kill)
        watchdog.start()
        assert process.stdout is not None
        assert process.stderr is not None
        while not any(asked.params.get("direction") == "forward" for asked in stack.asked):
            time.sleep(0.02)
        [kept] = _line("hedge placed").logs_kept
        stack.logs.append(kept._replace(record=kept.record._replace(time_ns=time.time_ns())))
        assert b"bot.orders: hedge placed" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == b""
        watchdog.cancel()


def _line(body: str) -> Tape:
    tape = Tape()
    tape.log(body, 0)
    return on_the_wire(tape)
