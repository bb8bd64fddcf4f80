"""What whole bots tell of their process, their host and their event loops, and how it is switched off."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from otel_trading.semconv import metrics
from tests.endtoend.bots import eventually

if TYPE_CHECKING:
    from tests.endtoend.bots import Bots
    from tests.endtoend.receiver import Receiver

LOOP = metrics.TRADING_BOT_EVENT_LOOP_DELAY.name
OF_PROCESS = {
    "process.cpu.time",
    "process.context_switches",
    "process.memory.usage",
    "process.thread.count",
    "process.open_file_descriptor.count",
    "cpython.gc.collections",
}
OF_HOST = {"system.cpu.time", "system.memory.utilization"}

ON_ASYNCIO = """
import asyncio, time
async def bot():
    await asyncio.sleep(0.2)
    time.sleep(0.5)
    await asyncio.sleep(0.2)
asyncio.run(bot())
"""

ON_UVLOOP = ON_ASYNCIO.replace("import asyncio", "import uvloop, asyncio").replace("asyncio.run(", "uvloop.run(")

HANGING = """
import asyncio, time
async def bot():
    await asyncio.sleep(0.2)
    print("hangs", flush=True)
    time.sleep(60)
asyncio.run(bot())
"""

FORKED = """
import os, sys, time
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
child = os.fork()
if child == 0:
    sys.exit(0 if SystemMetricsInstrumentor()._proc.pid == os.getpid() else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
"""


def told(bots: Bots, names: set[str]) -> set[str]:
    return bots.store.metric_names() & names


@pytest.mark.parametrize("source", [ON_ASYNCIO, ON_UVLOOP], ids=["asyncio", "uvloop"])
def test_a_bot_tells_of_its_process_its_host_and_its_event_loop(bots: Bots, source: str) -> None:
    ended = bots.run(source)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    wanted = {LOOP, *OF_PROCESS, *OF_HOST}
    assert told(bots, wanted) == wanted


def test_a_bot_without_an_event_loop_tells_of_none(bots: Bots) -> None:
    bots.run("print('done')")
    assert told(bots, {LOOP, *OF_HOST}) == OF_HOST


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ({"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "system_metrics"}, {LOOP}),
        ({"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "asyncio"}, OF_PROCESS | OF_HOST),
        ({"OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "system_metrics,asyncio"}, set()),
        ({"OTEL_PYTHON_SYSTEM_METRICS_EXCLUDED_METRICS": "system.*"}, {LOOP, *OF_PROCESS}),
    ],
)
def test_what_is_switched_off_is_not_told(bots: Bots, off: dict[str, str], left: set[str]) -> None:
    bots.run(ON_ASYNCIO, off)
    assert told(bots, {LOOP, *OF_PROCESS, *OF_HOST}) == left


def test_a_loop_that_hangs_is_told_of_while_it_does(bots: Bots, receiver: Receiver) -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url, "OTEL_METRIC_EXPORT_INTERVAL": "200"}
    bot = bots.start(HANGING, environ)
    assert bot.read_line() == "hangs"

    def delay() -> float:
        found = receiver.metrics.get(LOOP)
        return found.gauge.data_points[0].as_double if found is not None else 0.0

    first = eventually(lambda: delay() > 0.5 and delay())
    time.sleep(0.5)
    assert delay() > first


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_reads_its_own_numbers(bots: Bots) -> None:
    ended = bots.run(FORKED)
    assert ended.returncode == 0, ended.stderr
