"""What a receiver misses while it is away waits on disk: nothing is lost, and it is sent when the receiver is back."""

from __future__ import annotations

import signal
import socket
import stat
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import eventually
from tests.endtoend.programs import ONLY_LOGS
from tests.endtoend.waiting import waiting

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver


WORKERS = """
import logging, os, sys, time
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
children = []
for number in range(3):
    child = os.fork()
    if child == 0:
        for line in range(20):
            log.info("%d of child %d", line, number)
            time.sleep(0.02)
        sys.exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
"""

STAYS = "import time\ntime.sleep(8)\n"

FULL = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"

QUICK = {
    "OTEL_TRADING_FLUSH_SECONDS": "0.05",
    "OTEL_EXPORTER_OTLP_TIMEOUT": "0.5",  # seconds that the exporter tries for by itself
    "OTEL_METRICS_EXPORTER": "none",
    "PYTHONWARNINGS": "ignore::DeprecationWarning",  # Python's, of forks beside threads
}


def to(url: str, **more: str) -> dict[str, str | None]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": url, **QUICK, **more}


def numbered(count: int) -> str:
    return ONLY_LOGS + f"for n in range({count}):\n    logging.getLogger('bot').info('number %d', n)\n"


def names(receiver: Receiver) -> list[str]:
    return [log.name for log in receiver.logs if log.scope == "bot"]


def test_a_receiver_that_is_back_gets_all_in_order_and_live_records_too(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 503
    program = (
        "import time\n"
        + numbered(30)
        + "time.sleep(2)\nprint('back', flush=True)\ntime.sleep(4)\n"
        + "logging.getLogger('bot').info('live')\ntime.sleep(1)\n"
    )
    bot = bots.start(program, to(receiver.url))
    assert bot.read_line() == "done"
    assert bot.read_line() == "back"
    assert waiting(bots.store.folder)["logs"][0] == "hello"
    receiver.status = 200

    ended = bot.end()

    assert ended.returncode == 0, ended.stderr
    assert names(receiver) == ["hello", *(f"number {n}" for n in range(30)), "live"]
    assert waiting(bots.store.folder) == {}
    assert ended.stderr.count("they wait in") == 1
    assert "lost so far" not in ended.stderr


def test_what_waits_is_private_to_the_user_and_masked(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 503

    bots.run(ONLY_LOGS.replace('"hello"', '"https://x/y?signature=0123456789"'), to(receiver.url))

    (path,) = bots.store.folder.rglob("*.spool")
    assert waiting(bots.store.folder) == {"logs": ["https://x/y?***"]}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    room = path.parent
    while room != bots.store.folder.parent:
        assert stat.S_IMODE(room.stat().st_mode) == 0o700
        room = room.parent


@pytest.mark.parametrize("protocol", ["http/protobuf", "grpc"])
def test_what_waited_is_the_same_record_when_it_comes(bots: Bots, receiver: Receiver, protocol: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        away = f"http://127.0.0.1:{unused.getsockname()[1]}"
    said = ONLY_LOGS.replace('"hello"', '"hello", extra={"pair": "BTC/USDT", "n": 3}')
    bots.run(said, to(away, OTEL_EXPORTER_OTLP_PROTOCOL=protocol))
    bots.run(STAYS.replace("8", "2"), to(receiver.url))
    bots.run(said, to(receiver.url))

    late, live = (log for log in receiver.logs if log.name == "hello")

    assert late.attributes.keys() == live.attributes.keys()
    assert {key: late.attributes[key] for key in ("pair", "n")} == {"pair": "BTC/USDT", "n": 3}
    assert late.resource.keys() == live.resource.keys()
    assert late.resource["process.pid"] != live.resource["process.pid"]


def test_the_next_start_sends_what_the_last_one_left_though_it_records_nothing(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 503
    bots.run(numbered(3), to(receiver.url))
    receiver.status = 200

    bots.run(STAYS.replace("8", "2"), to(receiver.url))

    assert names(receiver) == ["hello", "number 0", "number 1", "number 2"]
    assert waiting(bots.store.folder) == {}


def test_a_bot_killed_during_the_outage_has_lost_nothing_that_was_kept(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 503
    bot = bots.start(numbered(100) + STAYS, to(receiver.url))
    eventually(lambda: len(waiting(bots.store.folder).get("logs", [])) == 101)
    bot.signal(signal.SIGKILL)
    bot.end()
    receiver.status = 200

    bots.run(STAYS.replace("8", "2"), to(receiver.url))

    assert names(receiver) == ["hello", *(f"number {n}" for n in range(100))]


def test_several_processes_share_what_waits_and_send_each_record_once(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 503
    bots.run(WORKERS, to(receiver.url))
    expected = Counter(f"{line} of child {number}" for number in range(3) for line in range(20))
    assert Counter(waiting(bots.store.folder)["logs"]) == expected
    receiver.status = 200

    several = [bots.start(STAYS.replace("8", "3"), to(receiver.url)) for _ in range(3)]
    for each in several:
        each.end()

    assert Counter(names(receiver)) == expected
    assert waiting(bots.store.folder) == {}


def test_a_wrong_token_is_told_and_nothing_is_kept_for_it(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 401

    ended = bots.run(ONLY_LOGS, to(receiver.url))

    assert ended.stderr.count("1 records of logs lost so far (export_failed)") == 1
    assert (
        "the receiver refuses them (HTTP 401). Does it accept OTEL_EXPORTER_OTLP_HEADERS? otel-trading doctor"
        in ended.stderr
    )
    assert waiting(bots.store.folder) == {}


def test_without_a_spool_what_the_receiver_does_not_take_is_dropped_and_told(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 503

    ended = bots.run(ONLY_LOGS, to(receiver.url, OTEL_TRADING_SPOOL_MAX_BYTES="0"))

    assert "1 records of logs lost so far (export_failed)" in ended.stderr
    assert not bots.store.folder.exists()


def test_a_full_disk_is_told_once_and_the_bot_runs_on(bots: Bots, receiver: Receiver) -> None:
    receiver.status = 503
    program = FULL + numbered(3) + "import time\ntime.sleep(1.5)\nlogging.getLogger('bot').info('later')\n"
    # The measuring of test coverage wants to write files too.
    environ = to(receiver.url) | {"COVERAGE_PROCESS_CONFIG": None, "COVERAGE_PROCESS_START": None}

    ended = bots.run(program, environ)

    assert (ended.returncode, ended.stdout) == (0, "done\n")
    assert "records of logs lost so far (store_unwritable): the receiver is away, and: " in ended.stderr
    assert ended.stderr.count("store_unwritable") <= 2  # at once, and what came later at the end
    assert "Traceback" not in ended.stderr
    assert list(bots.store.folder.rglob("*.spool")) == []


def test_the_store_on_this_machine_is_told_each_record_once_whatever_the_receiver_does(
    bots: Bots, receiver: Receiver
) -> None:
    receiver.status = 503

    bots.run(numbered(5), to(receiver.url, OTEL_TRADING_EXPORT="both"))

    assert bots.store.bodies() == ["hello", *(f"number {n}" for n in range(5))]
    assert waiting(bots.store.folder)["logs"] == bots.store.bodies()
