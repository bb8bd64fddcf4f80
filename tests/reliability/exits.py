"""The end of a bot, whatever its receiver does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reliability.pitfall import Pitfall, Run, Seen, arrived
from tests.reliability.receivers import Refusing, Trickling, answering, hanging

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.endtoend.receiver import Receiver
    from tests.reliability.running import Program

LOG = """
import asyncio, atexit, logging, os, sys, time
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
"""
LAST_WORDS = LOG + 'log.info("last words")\n'

HELD_UP = 7.0
BOUND = 2.0
SLACK = 1.5
"""For a machine with other work to do."""


def until_done(program: Program, _: Receiver) -> None:
    assert program.read_line() == "done"


def held_up(run: Run) -> Seen:
    if run.returncode is None:
        return Seen(f"the process still runs {HELD_UP:.0f} s after its last line", harmed=True)
    within = run.seconds < BOUND + SLACK
    return Seen("the process ends within the bound" if within else "the process ends late", not within)


ALL_SIGNALS = (
    LAST_WORDS
    + """
from opentelemetry import metrics, trace
trace.get_tracer("bot").start_span("order").end()
metrics.get_meter("bot").create_counter("orders").add(1)
print("done", flush=True)
"""
)


def exit_with(name: str, title: str, receiver: Callable[[], Receiver]) -> Pitfall:
    return Pitfall(name, title, ALL_SIGNALS, held_up, until_done, receiver=receiver, patience=HELD_UP)


def survived(run: Run) -> Seen:
    early, late = "early" in run.names(), "late" in run.names()
    words = {
        (False, False): "both are lost",
        (True, False): "the span of 2 s before arrived, the last one is lost",
        (True, True): "both arrived",
    }
    return Seen(words[early, late], not (early and late))


def exception_told(run: Run) -> Seen:
    told = [log for log in run.receiver.logs if "lost the plot" in str(log.attributes.get("exception.message"))]
    return Seen("the exception is a record" if told else "no record tells of the exception", not told)


def code_and_words(run: Run) -> Seen:
    seen = arrived("last words")(run)
    return Seen(f"exit code {run.returncode}, {seen.words}", seen.harmed or run.returncode != 7)


FLUSHES = "the SDK flushes at exit, and this is one"

PITFALLS = (
    exit_with("exit-refused", "The bot ends while the receiver refuses connections", Refusing),
    exit_with("exit-hanging", "The bot ends while the receiver takes requests and never answers", hanging),
    exit_with("exit-503", "The bot ends while the receiver answers 503", lambda: answering(503)),
    exit_with("exit-trickling", "The bot ends while the receiver answers one byte at a time", Trickling),
    Pitfall(
        "sys-exit",
        "`sys.exit(7)`",
        LAST_WORDS + "sys.exit(7)\n",
        code_and_words,
        not_reproduced=FLUSHES,
    ),
    Pitfall(
        "asyncio-end",
        "The end of an asyncio loop, with tasks left over",
        LOG
        + """
async def feed():
    try:
        await asyncio.sleep(60)
    finally:
        log.info("feed ended")

async def main():
    task = asyncio.create_task(feed())
    await asyncio.sleep(0)
    log.info("last words")

asyncio.run(main())
""",
        arrived("last words", "feed ended"),
        not_reproduced=FLUSHES,
    ),
    Pitfall(
        "exception",
        "An exception that nobody catches ends the bot",
        LAST_WORDS + 'raise RuntimeError("lost the plot")\n',
        exception_told,
        remark="For the plain SDK there is `opentelemetry-instrumentation-exceptions`, which is not installed here.",
    ),
    Pitfall(
        "os-exit",
        "`os._exit` (as `kill -9`), 2 s after one span and at once after another",
        """
import os, time
from opentelemetry import trace
tracer = trace.get_tracer("bot")
tracer.start_span("early").end()
time.sleep(2)
tracer.start_span("late").end()
os._exit(0)
""",
        survived,
        still="what is younger than `OTEL_TRADING_FLUSH_SECONDS` has not left, and no code of ours runs any more",
        remark="Log records leave the plain SDK after 1 s, spans after 5 s.",
    ),
)
