"""The receiver is away for longer than an exporter tries, and comes back: to the same process, or to the next."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.reliability.pitfall import Pitfall, Run, Seen
from tests.reliability.receivers import answering

if TYPE_CHECKING:
    from tests.endtoend.receiver import Receiver
    from tests.reliability.running import Program

LINES = 50
AWAY = 6.0
PATIENCE = 15.0

SETUP = f"""
import logging, os, subprocess, sys
log = logging.getLogger("bot")
log.setLevel(logging.INFO)

def during():
    for number in range({LINES}):
        log.info("during %d", number)

def reach(step):
    print(step, flush=True)
    sys.stdin.readline()
"""
BACK = """
during()
reach("waiting")
log.info("after")
reach("done")
"""
RESTART = """
environ = {name: value for name, value in os.environ.items() if name != "OTEL_SDK_DISABLED"}
if sys.argv[1:] == ["first"]:
    during()
elif sys.argv[1:] == ["second"]:
    log.info("after")
    reach("done")
else:  # what starts a bot again, as systemd or Docker does
    subprocess.run([sys.executable, __file__, "first"], env=environ, check=True)
    reach("waiting")
    subprocess.run([sys.executable, __file__, "second"], env=environ, check=True)
"""
TIMEOUT = {"OTEL_EXPORTER_OTLP_TIMEOUT": "2"}
SHORTER = "The outage is 6 s; so that this is too long for an exporter, `OTEL_EXPORTER_OTLP_TIMEOUT` is 2 s, not 10 s."


def comes_back(program: Program, receiver: Receiver) -> None:
    """Have the receiver answer again after a while, and wait for what is to come."""
    assert program.read_line() == "waiting"
    time.sleep(AWAY)
    receiver.status = 200
    program.write_line("go")
    assert program.read_line() == "done"
    deadline = time.monotonic() + PATIENCE
    while len(receiver.logs) <= LINES and time.monotonic() < deadline:
        time.sleep(0.1)
    program.write_line("end")


def got(run: Run) -> Seen:
    """Measure what arrived of the outage, and whether each came once."""
    found = [name for name in run.names() if name.startswith("during ")]
    words = f"{len(set(found))} of {LINES} records of the outage arrived"
    words += ", each once" if found and len(set(found)) == len(found) else ", some more than once" if found else ""
    assert "after" in run.names(), "the receiver was not back"
    return Seen(words, sorted(found) != sorted(f"during {number}" for number in range(LINES)))


PITFALLS = (
    Pitfall(
        "outage-back",
        "The receiver answers 503 for a while, and is back",
        SETUP + BACK,
        got,
        comes_back,
        environ=TIMEOUT,
        receiver=lambda: answering(503),
        remark=SHORTER,
    ),
    Pitfall(
        "outage-restart",
        "The bot ends while the receiver answers 503, and is started again when that is back",
        SETUP + RESTART,
        got,
        comes_back,
        environ={**TIMEOUT, "OTEL_SDK_DISABLED": "true"},
        receiver=lambda: answering(503),
        remark=SHORTER,
    ),
)
