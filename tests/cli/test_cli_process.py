"""The command line as a process: pipes, terminals, signals, what it imports."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from otel_trading.telemetry.store.encode import LineEncoder
from otel_trading.telemetry.store.writer import SignalWriter
from otel_trading.version import __version__
from tests.cli.shell import KEEP, keep, run
from tests.story import scenes
from tests.story.tape import Tape

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from otel_trading.cli import main; main()"]
PROBE = """
import sys
from click.testing import CliRunner
from otel_trading.cli import main
result = CliRunner().invoke(main, sys.argv[1:])
assert result.exit_code == 0, result.output
print(*sorted(name for name in sys.modules if name.startswith(("opentelemetry.sdk", "rich", "otel_trading.story"))))
"""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return keep(tmp_path / "store", scenes.everything())


def imported(*arguments: str | Path) -> list[str]:
    probe = subprocess.run(
        [sys.executable, "-c", PROBE, *map(str, arguments)], check=True, capture_output=True, text=True
    )
    return probe.stdout.split()


def in_terminal(*arguments: str | Path, **environment: str) -> str:
    """Run the command line on a terminal of 100 columns and return what it prints."""
    leader, follower = pty.openpty()
    env = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}}
    env |= {"TERM": "xterm-256color", "COLUMNS": "100", **environment}
    with subprocess.Popen([*COMMAND, *map(str, arguments)], stdout=follower, stdin=follower, env=env) as process:
        os.close(follower)
        chunks = []
        while True:
            try:
                chunk = os.read(leader, 65536)
            except OSError:  # the terminal's other end is closed
                break
            if not chunk:
                break
            chunks.append(chunk)
        assert process.wait(20) == 0
    os.close(leader)
    return b"".join(chunks).decode()


def test_help_imports_neither_stories_nor_rich_nor_the_sdk() -> None:
    assert imported("--help") == []


def test_no_command_imports_the_sdk(store: Path) -> None:
    for command in (("order", "cl-2"), ("orders",), ("logs",)):
        loaded = imported("--store", store, *command)
        assert loaded
        assert not [name for name in loaded if name.startswith("opentelemetry.sdk")]


def test_the_version_is_printed() -> None:
    assert run("--version").stdout == f"otel-trading {__version__}\n"


def test_an_unknown_command_is_wrong_usage() -> None:
    assert run("ordre").exit_code == 2


def test_a_terminal_gets_colours_for_states_and_a_pipe_none(store: Path) -> None:
    assert "\x1b[1;32m" in in_terminal("order", "cl-7f3a-0001", "--store", store)
    piped = subprocess.run([*COMMAND, "order", "cl-2", "--store", str(store)], check=True, capture_output=True)
    assert b"\x1b" not in piped.stdout


def test_no_color_turns_colours_off(store: Path) -> None:
    printed = in_terminal("order", "cl-7f3a-0001", "--store", store, NO_COLOR="1")
    assert "32m" not in printed
    assert "FILLED" in printed


def test_log_lines_on_a_terminal_wrap_under_their_column(tmp_path: Path) -> None:
    tape = Tape()
    tape.log("word " * 40, 0)
    printed = in_terminal("logs", "--store", keep(tmp_path, tape), NO_COLOR="1", TERM="dumb").replace("\r", "")
    day, first, second, *_ = printed.splitlines()
    assert day == "2026-11-23Z"
    assert first.startswith("12:03:14.502118 INFO     bot.orders: word")
    assert second.startswith(" " * 25 + "word")


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(tmp_path: Path) -> None:
    tape = Tape()
    for number in range(20_000):
        tape.log(f"line {number} {'x' * 50}", number / 1000)
    store = keep(tmp_path, tape)
    with subprocess.Popen(
        [*COMMAND, "logs", "-n", "0", "--store", str(store)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"line 0" in process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == b""


def test_following_shows_what_comes_and_ends_quietly_on_ctrl_c(tmp_path: Path) -> None:
    tape = Tape()
    tape.log("already there", 0)
    store = keep(tmp_path, tape)
    with subprocess.Popen(
        [*COMMAND, "logs", "-f", "there|hedge", "--regex", "--store", str(store)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        watchdog = threading.Timer(20, process.kill)
        watchdog.start()
        assert process.stdout is not None
        assert process.stderr is not None
        assert b"already there" in process.stdout.readline()
        later = Tape()
        later.log("of no interest", 5)
        later.log("hedge placed", 6)
        writer = SignalWriter(store, "grid-bot", "logs", KEEP)
        writer.write(LineEncoder({"service.name": "grid-bot"}).logs([each.record for each in later.logs_kept]))
        writer.close()
        assert process.stdout.readline() == b"2026-11-23T12:03:14.508118Z INFO bot.orders: hedge placed\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == b""
        watchdog.cancel()
