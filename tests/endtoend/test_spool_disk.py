"""A disk that is really full while the receiver is away: the loss is told to a record, and what was kept arrives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import eventually
from tests.endtoend.small_disk import on_a_small_disk
from tests.endtoend.test_spool import QUICK

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endtoend.bots import Bot, Bots
    from tests.endtoend.receiver import Receiver

KEPT, MORE = 10, 40
PROGRAM = f"""
import logging, os, sys
from opentelemetry._logs import get_logger_provider
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
store = os.environ["OTEL_TRADING_STORE"]
ballast = os.path.join(store, "ballast")

def say(kind, count):
    for number in range(count):
        log.info("%s %d %s", kind, number, "word " * 400)  # 2 KB: a page takes no two
        get_logger_provider().force_flush(20_000)

def reach(step):
    print(step, flush=True)
    sys.stdin.readline()

say("kept", {KEPT})
with open(ballast, "wb", buffering=0) as file:
    try:
        while True:
            file.write(bytes(1024))
    except OSError:
        pass
say("more", {MORE})
reach("full")
os.unlink(ballast)
say("again", {KEPT})
reach("room")
"""
_LOST = re.compile(r"(\d+) records of logs lost so far \(store_unwritable\)")


@pytest.fixture
def bot(bots: Bots, receiver: Receiver, tmp_path: Path) -> Bot:
    """A bot whose receiver is away, and whose disk is full after some records."""
    receiver.status = 503
    disk = tmp_path / "disk"
    environ = {
        **QUICK,
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_TRADING_STORE": str(disk),
        "OTEL_TRADING_QUEUE_SIZE": "100000",
        "COVERAGE_PROCESS_CONFIG": None,
        "COVERAGE_PROCESS_START": None,
    }
    return bots.start(PROGRAM, environ, prefix=on_a_small_disk(disk))


def arrived(receiver: Receiver, kind: str) -> list[int]:
    """Return the numbers of the records of a kind, as they came."""
    return [int(log.name.split()[1]) for log in receiver.logs if log.name.startswith(f"{kind} ")]


def test_what_the_disk_did_not_take_is_counted_and_what_it_took_arrives_when_there_is_room_again(
    bot: Bot, receiver: Receiver
) -> None:
    assert bot.read_line() == "full"
    bot.write_line()
    assert bot.read_line() == "room"
    receiver.status = 200
    eventually(lambda: arrived(receiver, "again") == list(range(KEPT)))
    bot.write_line()
    ended = bot.end()

    assert ended.returncode == 0, ended.stderr
    assert arrived(receiver, "kept") == list(range(KEPT))
    more = arrived(receiver, "more")
    assert len(more) == len(set(more)) < MORE
    # The last that was told is of all; a line that tells of it is a record as well, and may be lost on the same disk.
    told = int(_LOST.findall(ended.stderr)[-1])
    assert MORE - len(more) <= told <= MORE - len(more) + len(_LOST.findall(ended.stderr))
    assert "No space left on device" in ended.stderr or "no space" in ended.stderr.lower()
    assert "spool_damaged" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_was_kept_is_sent_from_a_disk_that_is_still_full_each_record_once(bot: Bot, receiver: Receiver) -> None:
    assert bot.read_line() == "full"
    receiver.status = 200
    eventually(lambda: len(arrived(receiver, "kept")) >= KEPT)
    bot.write_line()
    assert bot.read_line() == "room"
    bot.write_line()
    ended = bot.end()

    assert ended.returncode == 0, ended.stderr
    assert arrived(receiver, "kept") == list(range(KEPT))
    assert arrived(receiver, "again") == list(range(KEPT))
    assert "spool_damaged" not in ended.stderr
