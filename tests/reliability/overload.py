"""More than can be sent: bursts, and what is told of losses."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from tests.reliability.pitfall import Pitfall, Run, Seen
from tests.reliability.receivers import hanging

if TYPE_CHECKING:
    from tests.endtoend.receiver import Receiver
    from tests.reliability.running import Program

BURST = 10_000
QUIET = 3.0

PROGRAM = f"""
import logging, sys
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
log.info("0")
print("waiting", flush=True)
sys.stdin.readline()
for number in range(1, {BURST}):
    log.info("%d", number)
print("done", flush=True)
sys.stdin.readline()
"""
_LOST = re.compile(r"(\d+) records of logs lost so far")


def burst_in_outage(program: Program, receiver: Receiver) -> None:
    """Have the burst while a request is on its way; then the receiver answers, and in the end the program ends."""
    assert program.read_line() == "waiting"
    assert receiver.asked.wait(20)
    program.write_line("go")
    assert program.read_line() == "done"
    receiver._go_on.set()
    settle(receiver)
    program.write_line("end")


def settle(receiver: Receiver) -> None:
    """Wait until nothing more arrives, or all has."""
    before = -1
    while before < len(receiver.logs) < BURST:
        before = len(receiver.logs)
        time.sleep(QUIET)


def all_there(run: Run) -> Seen:
    found = run.names()
    missing = BURST - len(set(found))
    if len(found) != len(set(found)):
        return Seen("some arrived more than once", harmed=True)
    return Seen("most are lost" if missing > BURST / 2 else "some are lost" if missing else "all arrived", missing > 0)


def accounted_for(run: Run) -> Seen:
    """Measure whether what was told as lost is what did not arrive.

    The lines that tell it are records too, and may be lost in the same queue: they count among the lost then.
    """
    missing = BURST - len(run.names())
    told = [int(found) for found in _LOST.findall(run.stderr)]
    if not missing:
        return Seen("nothing was lost", harmed=True)  # the pitfall has not been met
    right = missing <= sum(told[-1:]) <= missing + len(told)
    return Seen("arrived and told as lost make all" if right else "how many are lost is told nowhere", not right)


PITFALLS = (
    Pitfall(
        "burst",
        f"A burst of {BURST:,} log lines while the receiver is slow to answer",
        PROGRAM,
        all_there,
        burst_in_outage,
        receiver=hanging,
    ),
    Pitfall(
        "queue-full",
        "A burst beyond the queue",
        PROGRAM,
        accounted_for,
        burst_in_outage,
        environ={"OTEL_TRADING_QUEUE_SIZE": "2000"},
        receiver=hanging,
        remark="The queue was set to 2,000 records for this, the plain SDK's is 2,048.",
    ),
)
