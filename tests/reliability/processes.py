"""Bots of several processes: each is to deliver its own, once, under an instance id of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reliability.pitfall import Pitfall, Run, Seen, arrived
from tests.reliability.receivers import Counting, hanging

if TYPE_CHECKING:
    from tests.endtoend.receiver import Receiver
    from tests.reliability.running import Program

SETUP = """
import concurrent.futures, multiprocessing, os, subprocess, sys
from opentelemetry import metrics, trace

def work(name):
    trace.get_tracer("bot").start_span(f"{name}").end()
"""
CHILD = """
if __name__ == "__main__":
    work("main")
    child = multiprocessing.get_context("METHOD").Process(target=work, args=("worker",))
    child.start()
    child.join()
"""
POOL = """
if __name__ == "__main__":
    work("main")
    with multiprocessing.get_context("METHOD").Pool(1) as pool:
        pool.map(work, ["worker"])
"""
EXECUTOR = """
if __name__ == "__main__":
    work("main")
    context = multiprocessing.get_context("METHOD")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as executor:
        list(executor.map(work, ["worker"]))
"""
BARE_FORK = """
work("main")
if os.fork() == 0:
    work("worker")
    sys.exit()
os.wait()
"""
SUBPROCESS = """
if sys.argv[1:]:
    work("worker")
else:
    work("main")
    subprocess.run([sys.executable, __file__, "worker"], check=True)
"""
COUNT = """
orders = metrics.get_meter("bot").create_counter("orders")
orders.add(1)
if os.fork() == 0:
    orders.add(1)
    sys.exit()
os.wait()
"""
FORK_IN_EXPORT = """
metrics.get_meter("bot").create_counter("orders").add(1)
print("waiting", flush=True)
sys.stdin.readline()
child = os.fork()
if child == 0:
    sys.stdin.readline()
    work("worker")
    metrics.get_meter_provider().force_flush(5_000)
    work("worker flushed")
    sys.exit()
print("forked", flush=True)
os.waitpid(child, 0)
"""


def own_instances(run: Run) -> Seen:
    """Measure what arrived of main and its worker, and from how many instances."""
    seen = arrived("main", "worker")(run)
    ids = {record.resource.get("service.instance.id") for record in run.records()}
    own = len(run.records()) == len(ids) == 2 and None not in ids
    words = "" if seen.harmed else ", each under its own instance id" if own else ", both under one instance id"
    return Seen(f"{seen.words}{words}", not own)


def counted_once(run: Run) -> Seen:
    assert isinstance(run.receiver, Counting)
    total = run.receiver.total("orders")
    return Seen(f"2 orders are counted as {total}", total != 2)


def fork_in_export(program: Program, receiver: Receiver) -> None:
    """Fork while the parent's metrics are on their way; then let the receiver answer, and the child begin."""
    assert program.read_line() == "waiting"
    assert receiver.asked.wait(20)
    program.write_line("fork")
    assert program.read_line() == "forked"
    receiver._go_on.set()
    program.write_line("work")


def flushed(run: Run) -> Seen:
    if run.returncode is None:
        return Seen("the child hangs in its first `force_flush`", harmed=True)
    seen = arrived("worker", "worker flushed")(run)
    return Seen(f"the child flushes and ends, {seen.words}", seen.harmed)


def several(name: str, title: str, program: str, not_reproduced: str = "") -> Pitfall:
    return Pitfall(name, title, SETUP + program, own_instances, not_reproduced=not_reproduced)


def each_way(name: str, title: str, program: str, *ways: str, well: tuple[str, ...] = ()) -> tuple[Pitfall, ...]:
    """Make a pitfall of ``program`` for each way to make a process; the plain SDK is ``well`` with some."""
    return tuple(
        several(
            f"{name}-{way}",
            f"{title}, {way}",
            program.replace("METHOD", way),
            NORMAL_END if way in well else "",
        )
        for way in ways
    )


NORMAL_END = "such a child ends as any Python does, hooks at exit included"

PITFALLS = (
    several("fork", "`os.fork`, the child ends by `sys.exit`", BARE_FORK, NORMAL_END),
    *each_way("process", "`multiprocessing.Process`", CHILD, "fork", "spawn", "forkserver", well=("spawn",)),
    *each_way("pool", "`multiprocessing.Pool`", POOL, "fork", "spawn", "forkserver"),
    *each_way("executor", "`ProcessPoolExecutor`", EXECUTOR, "fork", "spawn", well=("spawn",)),
    several("subprocess", "A script of its own, started by `subprocess`", SUBPROCESS, NORMAL_END),
    Pitfall(
        "count-fork",
        "One order counted before a fork, and one in the child",
        SETUP + COUNT,
        counted_once,
        receiver=Counting,
    ),
    Pitfall(
        "fork-in-export",
        "A fork while metrics are being exported",
        SETUP + FORK_IN_EXPORT,
        flushed,
        fork_in_export,
        environ={"OTEL_METRIC_EXPORT_INTERVAL": "200"},
        receiver=hanging,
        patience=8.0,
    ),
)
