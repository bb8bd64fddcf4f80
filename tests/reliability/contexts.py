"""The order stays with the work that is done for it, wherever that is done, and with no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reliability.pitfall import Pitfall, Run, Seen

if TYPE_CHECKING:
    from tests.endtoend.receiver import Received

CLIENT_ID = "trading.order.client_id"

SETUP = """
import asyncio, concurrent.futures, contextlib, gc, logging, queue, sys, threading, time
from otel_trading import order
log = logging.getLogger("bot")
log.setLevel(logging.INFO)
"""
LINES = """
with order(client_id="cl-7f3a-0001") as this:
    log.info("sending")
    this.submitted()
log.info("cl-7f3a-0001 is sent")
"""
THREADS = """
pool = concurrent.futures.ThreadPoolExecutor(1)
pool.submit(time.sleep, 0).result()  # its thread is older than the orders
for number in (1, 2):
    with order(client_id=f"cl-{number}"):
        log.info(f"for {number}: begin")
        thread = threading.Thread(target=log.info, args=(f"for {number}: thread",))
        thread.start()
        thread.join()
        pool.submit(log.info, f"for {number}: executor").result()
        timer = threading.Timer(0.01, log.info, args=(f"for {number}: timer",))
        timer.start()
    timer.join()
    log.info("for none: between")
    pool.submit(log.info, "for none: executor").result()
"""
LOOP = """
async def work(name):
    await asyncio.sleep(0)
    log.info(name)

async def trade(number):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    with order(client_id=f"cl-{number}"):
        log.info(f"for {number}: begin")
        await asyncio.gather(*(work(f"for {number}: gather {n}") for n in range(2)))
        if sys.version_info >= (3, 11):
            async with asyncio.TaskGroup() as group:
                group.create_task(work(f"for {number}: task group"))
        else:
            await asyncio.create_task(work(f"for {number}: task group"))
        await loop.run_in_executor(None, log.info, f"for {number}: run_in_executor")
        await asyncio.to_thread(log.info, f"for {number}: to_thread")
        loop.call_soon(log.info, f"for {number}: call_soon")
        loop.call_later(0.01, lambda: (log.info(f"for {number}: call_later"), done.set_result(None)))
    await done
    log.info("for none: after")

async def main():
    await asyncio.gather(trade(1), trade(2))
    log.info("for none: at the end")

asyncio.run(main())
"""
FEED = """
fills = queue.Queue()
def read():
    while (fill := fills.get()):
        log.info("for 1: %s is filled", fill)
feed = threading.Thread(target=read)
feed.start()  # as a websocket's thread: it is there before any order
with order(client_id="cl-1") as this:
    log.info("for 1: begin")
    this.submitted()
    this.acknowledged(id="28173645")
    time.sleep(0.1)
fills.put("28173645")
fills.put(None)
feed.join()
"""
GENERATOR = """
async def quotes():
    with order(client_id="cl-1"):
        log.info("for 1: begin")
        for price in (1, 2):
            yield price
            log.info("for 1: goes on")

async def main():
    async for price in quotes():
        pass
    log.info("for none: after the loop")
    with order(client_id="cl-2"):
        log.info("for 2: begin")
    log.info("for none: at the end")

asyncio.run(main())
"""
CLOSED_GENERATOR = GENERATOR.replace(
    "    async for price in quotes():\n        pass\n",
    "    async with contextlib.aclosing(quotes()) as read:\n        async for price in read:\n            break\n",
)
WITHOUT_US = """
import os
from opentelemetry import trace
if os.environ.get("OTEL_PYTHON_DISTRO") == "stock":
    def order(client_id):
        return trace.get_tracer("bot").start_as_current_span("order")
"""
LEFT_GENERATOR = WITHOUT_US + GENERATOR.replace("        pass\n", "        break\n").replace(
    '    log.info("for none: after the loop")',
    '    gc.collect()\n    await asyncio.sleep(0)\n    log.info("for none: after the loop")',
)


def owner(line: Received) -> str:
    """Return the number of the order that the line says it was written for, or none."""
    return line.name.removeprefix("for ").partition(":")[0]


def kept(run: Run) -> Seen:
    """Measure which lines are in the trace of the order that they say they are for, and carry its id."""
    logs = [record for record in run.records() if record.name.startswith("for ")]
    traces = {owner(log): log.trace_id for log in logs if log.name.endswith(": begin")}
    mine = [log for log in logs if owner(log) != "none"]
    others = [log for log in logs if owner(log) == "none"]
    in_trace = sum(log.trace_id == traces[owner(log)] for log in mine)
    with_id = sum(log.attributes.get(CLIENT_ID) == f"cl-{owner(log)}" for log in mine)
    strayed = sum(log.trace_id in traces.values() or CLIENT_ID in log.attributes for log in others)
    words = f"{in_trace} of {len(mine)} lines are in their order's trace, {with_id} carry its id"
    if others:
        words += f"; {strayed} of {len(others)} other lines are taken for an order's"
    lost = with_id < len(mine) if run.ours else in_trace < len(mine)
    return Seen(words, bool(lost or strayed or not mine))


def named(run: Run) -> Seen:
    """Measure which lines can be found by the order's id."""
    lines = run.records()
    found = [line for line in lines if line.attributes.get(CLIENT_ID) == "cl-7f3a-0001"]
    return Seen(f"{len(found)} of {len(lines)} lines carry the order's id", len(found) < len(lines))


CARRIED = "`opentelemetry-instrumentation-threading` is installed, and asyncio copies the context"

PITFALLS = (
    Pitfall(
        "order-id",
        "Which order was this log line for?",
        SETUP + LINES,
        named,
    ),
    Pitfall(
        "threads",
        "Two orders, each with work in a thread, an executor and a timer",
        SETUP + THREADS,
        kept,
        not_reproduced=CARRIED,
    ),
    Pitfall(
        "asyncio",
        "Two orders side by side in one loop: gather, task group, executor, callbacks",
        SETUP + LOOP,
        kept,
        not_reproduced=CARRIED,
    ),
    Pitfall(
        "feed-thread",
        "A fill is logged by a feed's thread that is older than the order",
        SETUP + FEED,
        kept,
    ),
    Pitfall(
        "generator-closed",
        "An order's block in an async generator that is left by `break`, within `contextlib.aclosing`",
        SETUP + CLOSED_GENERATOR,
        kept,
        not_reproduced="the block ends where it was begun",
    ),
    Pitfall(
        "generator-left",
        "The same without `contextlib.aclosing`",
        SETUP + LEFT_GENERATOR,
        kept,
        remark="For the plain SDK the block is its own, `start_as_current_span`. What a generator logs"
        " while it is closed is without the id.",
    ),
)
