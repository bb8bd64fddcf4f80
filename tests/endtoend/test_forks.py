"""Bots of several processes: each delivers its own, once, however it was made and however it ends."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver

SETUP = """
import concurrent.futures, logging, multiprocessing, os, signal, sys, time
log = logging.getLogger("bot")
log.setLevel(logging.INFO)

def work(number):
    log.info("child %s", number)
    return number
"""

PROCESSES = """
if __name__ == "__main__":
    multiprocessing.set_start_method(os.environ["METHOD"])
    log.info("parent before")
    children = [multiprocessing.Process(target=work, args=(n,)) for n in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    log.info("parent after")
"""

POOL = """
if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    log.info("parent before")
    with multiprocessing.Pool(2) as pool:
        assert pool.map(work, range(4), 1) == [0, 1, 2, 3]
    with concurrent.futures.ProcessPoolExecutor(1) as executor:
        assert list(executor.map(work, [4])) == [4]
    log.info("parent after")
"""

BARE_FORK = """
log.info("parent before")
child = os.fork()
if child == 0:
    log.info("child 0")
    sys.exit(5)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5
log.info("parent after")
"""

KILLED_CHILD = """
log.info("parent before")
readable, writable = os.pipe()
child = os.fork()
if child == 0:
    log.info("child 0")
    os.write(writable, b"x")
    time.sleep(60)
os.read(readable, 1)
os.kill(child, signal.SIGTERM)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGTERM
log.info("parent after")
"""


def expected(children: int) -> Counter[str]:
    return Counter(["parent before", *(f"child {n}" for n in range(children)), "parent after"])


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_multiprocessing_deliver_their_own(bots: Bots, method: str) -> None:
    ended = bots.run(SETUP + PROCESSES, {"METHOD": method}, name="desk")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert Counter(ended.store.bodies()) == expected(2)
    assert ended.store.services() == ["desk"]


def test_workers_of_pools_deliver_their_own_though_they_are_terminated(bots: Bots) -> None:
    ended = bots.run(SETUP + POOL)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert Counter(ended.store.bodies()) == expected(5)


@pytest.mark.parametrize("program", [BARE_FORK, KILLED_CHILD], ids=["that ends", "that gets SIGTERM"])
def test_a_bare_fork_delivers_its_own(bots: Bots, program: str) -> None:
    # From 3.12 on Python warns of a fork beside threads, be they of the SDK or of a lane.
    ended = bots.run(SETUP + program, {"PYTHONWARNINGS": "ignore::DeprecationWarning"})

    assert (ended.returncode, ended.stderr) == (0, "")
    assert Counter(ended.store.bodies()) == expected(1)


def test_children_send_to_the_receiver_on_connections_of_their_own(bots: Bots, receiver: Receiver) -> None:
    busy = (
        SETUP.replace('log.info("child %s", number)', 'log.info("child %s", number); time.sleep(0.3)')
        + "log.info('warm'); time.sleep(1)\n"  # the parent has a connection before it forks
        + PROCESSES.replace('log.info("parent after")', 'time.sleep(0.3); log.info("parent after")')
    )
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
        "OTEL_TRADING_FLUSH_SECONDS": "0.1",
        "OTEL_METRIC_EXPORT_INTERVAL": "200",
        "METHOD": "fork",
    }

    ended = bots.run(busy, environ)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert Counter(log.name for log in receiver.logs) == expected(2) + Counter(["warm"])
