"""The signals that end a bot."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

from tests.reliability.exits import BOUND, LAST_WORDS, LOG, SLACK
from tests.reliability.pitfall import Pitfall, Run, Seen, arrived
from tests.reliability.receivers import hanging

if TYPE_CHECKING:
    from tests.endtoend.receiver import Receiver
    from tests.reliability.pitfall import Drive
    from tests.reliability.running import Program

WAITING = LAST_WORDS + 'print("ready", flush=True)\ntime.sleep(60)\n'


def sends(number: int) -> Drive:
    def drive(program: Program, _: Receiver) -> None:
        assert program.read_line() == "ready"
        program.signal(number)

    return drive


def died_of(number: int, run: Run) -> Seen:
    seen = arrived("last words")(run)
    dead = "the process dies of the signal" if run.returncode == -number else f"exit code {run.returncode}"
    return Seen(f"{seen.words}, {dead}", seen.harmed or run.returncode != -number)


def died_in_time(run: Run) -> Seen:
    dead = run.returncode == -signal.SIGTERM and run.seconds < BOUND + SLACK
    return Seen("the process dies of the signal within the bound" if dead else "the process lives on", not dead)


PITFALLS = (
    Pitfall(
        "sigterm",
        "SIGTERM (`docker stop`, systemd, Kubernetes) where the bot has no handler",
        WAITING,
        lambda run: died_of(signal.SIGTERM, run),
        sends(signal.SIGTERM),
    ),
    Pitfall(
        "sigterm-hanging",
        "SIGTERM while the receiver never answers",
        WAITING,
        died_in_time,
        sends(signal.SIGTERM),
        receiver=hanging,
        not_reproduced="it delivers nothing on SIGTERM, so nothing can hold it up",
    ),
    Pitfall(
        "sigterm-own-handler",
        "SIGTERM where the bot's own handler logs and calls `sys.exit`",
        LOG
        + """
import signal
def stop(number, frame):
    log.info("told to stop")
    sys.exit(3)
signal.signal(signal.SIGTERM, stop)
print("ready", flush=True)
time.sleep(60)
""",
        arrived("told to stop"),
        sends(signal.SIGTERM),
        not_reproduced="`sys.exit` runs its hooks at exit",
    ),
    Pitfall(
        "sigint",
        "Ctrl-C (SIGINT)",
        WAITING,
        lambda run: died_of(signal.SIGINT, run),
        sends(signal.SIGINT),
        not_reproduced="KeyboardInterrupt is an exception, its hooks at exit run",
    ),
)
