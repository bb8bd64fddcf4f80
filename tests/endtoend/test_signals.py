"""Bots that are ended from outside: nothing is lost by SIGTERM, and what had left the process by SIGKILL."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import eventually

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver

WAITS = {
    "asleep": "time.sleep(60)",
    "waiting for a lock": "threading.Event().wait()",
    "in an event loop": "asyncio.run(asyncio.sleep(60))",
    "waiting for a socket": "socket.socketpair()[0].recv(1)",
    "waiting for a child": "subprocess.run(['sleep', '5'], stdout=-3, stderr=-3)",
    "waiting for a thread": "threading.Thread(target=time.sleep, args=(60,), daemon=True).run()",
    "busy": "[None for _ in iter(int, 1)]",
}

BOT = """
import asyncio, logging, os, socket, subprocess, sys, threading, time
logging.getLogger("bot").info("last words")
print("ready", flush=True)
"""

OWN_HANDLER = """
import logging, os, signal, sys, time
def stop(number, frame):
    logging.getLogger("bot").info("told to stop")
    os.write(1, b"my own end\\n")  # print() below may have been interrupted
    sys.exit(3)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
time.sleep(60)
"""

IGNORING = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(1)
print("still here", flush=True)
"""

HANDING_OVER = """
import contextlib, time
with contextlib.ExitStack() as held:
    for lane in _lanes:
        held.enter_context(lane._wake._cond)
    print("ready", flush=True)
    time.sleep(60)
"""

SLOW_END = """
import atexit, logging, time
def end():
    print("ending", flush=True)
    time.sleep(1)
    logging.getLogger("bot").info("last words")
atexit.register(end)
"""


@pytest.mark.parametrize("wait", WAITS.values(), ids=WAITS.keys())
def test_a_bot_ended_by_sigterm_loses_nothing_and_dies_of_the_signal(bots: Bots, wait: str) -> None:
    bot = bots.start(BOT + wait)
    assert bot.read_line() == "ready"

    bot.signal(signal.SIGTERM)
    seconds = bot.seconds_to_end()
    ended = bot.end()

    assert ended.returncode == -signal.SIGTERM, ended.stderr
    assert ended.stderr == ""
    assert ended.store.bodies() == ["last words"]
    assert seconds < 2 + 1.5


def test_a_bot_that_handles_sigterm_itself_ends_in_its_own_way(bots: Bots) -> None:
    bot = bots.start(OWN_HANDLER)
    assert bot.read_line() == "ready"

    bot.signal(signal.SIGTERM)
    ended = bot.end()

    assert (ended.returncode, ended.stdout) == (3, "my own end\n")
    assert ended.store.bodies() == ["told to stop"]


def test_a_bot_that_ignores_sigterm_goes_on(bots: Bots) -> None:
    bot = bots.start(IGNORING)
    assert bot.read_line() == "ready"

    bot.signal(signal.SIGTERM)
    ended = bot.end()

    assert (ended.returncode, ended.stdout) == (0, "still here\n")


def test_sigterm_while_the_receiver_hangs_ends_the_bot_in_time(bots: Bots, receiver: Receiver) -> None:
    receiver.hang()
    bot = bots.start(BOT + WAITS["asleep"], {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url})
    assert bot.read_line() == "ready"
    assert receiver.asked.wait(20)

    bot.signal(signal.SIGTERM)
    seconds = bot.seconds_to_end()

    assert bot.end().returncode == -signal.SIGTERM
    assert seconds < 2 + 1.5


def test_sigterm_at_the_moment_a_record_is_handed_over_ends_the_bot_in_time(bots: Bots) -> None:
    bot = bots.start("from otel_trading.telemetry.lane import _lanes\n" + HANDING_OVER)
    assert bot.read_line() == "ready"

    bot.signal(signal.SIGTERM)
    seconds = bot.seconds_to_end()

    assert bot.end().returncode == -signal.SIGTERM
    assert seconds < 2 + 1.5


def test_a_second_sigterm_during_the_end_hurries_nothing_and_loses_nothing(bots: Bots) -> None:
    bot = bots.start(BOT + WAITS["asleep"])
    assert bot.read_line() == "ready"

    bot.signal(signal.SIGTERM)
    bot.signal(signal.SIGTERM)
    ended = bot.end()

    assert ended.returncode == -signal.SIGTERM
    assert ended.stderr == ""
    assert ended.store.bodies() == ["last words"]


def test_sigterm_while_the_bot_s_own_end_runs_loses_nothing(bots: Bots) -> None:
    bot = bots.start('import logging\nlogging.getLogger("bot").info("first words")\n' + SLOW_END)
    assert bot.read_line() == "ending"

    bot.signal(signal.SIGTERM)
    ended = bot.end()

    assert ended.returncode == -signal.SIGTERM
    assert "first words" in ended.store.bodies()


def test_what_had_left_the_process_survives_sigkill(bots: Bots) -> None:
    bot = bots.start(BOT + WAITS["asleep"])
    assert bot.read_line() == "ready"
    eventually(lambda: "last words" in bot.store.bodies())

    bot.signal(signal.SIGKILL)

    assert bot.end().returncode == -signal.SIGKILL
    assert bot.store.bodies() == ["last words"]


def test_half_a_line_at_the_end_of_a_killed_bot_is_told_and_costs_no_other(bots: Bots) -> None:
    bot = bots.start(BOT + WAITS["asleep"])
    eventually(lambda: "last words" in bot.store.bodies())
    bot.signal(signal.SIGKILL)
    bot.end()
    (file,) = bot.store.folder.rglob("logs-*.jsonl")
    with file.open("ab") as torn:  # what a machine that lost its power leaves
        torn.write(b'{"resourceLogs":[{"resource":{"attri')

    result = bot.store.command("logs")

    assert result.exit_code == 0
    assert "last words" in result.stdout
    assert file.name in result.stderr


def test_a_bot_ended_by_ctrl_c_ends_as_ever(bots: Bots) -> None:
    # The first leaves files behind that the second tidies up at its very end, with code that it loads then.
    for bot in (bots.start(BOT), bots.start(BOT)):
        bot.end()
    without, watched = bots.start(BOT + WAITS["asleep"], watched=False), bots.start(BOT + WAITS["asleep"])
    for bot in (without, watched):
        assert bot.read_line() == "ready"
        bot.signal(signal.SIGINT)
    expected, ended = without.end(), watched.end()

    assert expected.returncode == ended.returncode == -signal.SIGINT
    assert [line for line in ended.stderr.splitlines() if "otel" in line or "threading" in line] == []
    assert ended.stderr.splitlines()[-1] == "KeyboardInterrupt"
    assert ended.store.bodies() == ["last words"] * 3
