"""What a bot and its host tell of themselves, read from this very process."""

from __future__ import annotations

import gc
import os
import threading
import time
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped] # its stubs are a package of their own
import pytest
from opentelemetry.instrumentation.system_metrics import SystemMetricsInstrumentor
from opentelemetry.sdk.metrics.export import Sum

from otel_trading.distro import TradingDistro
from otel_trading.instrumentation import process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.recording import Recorded

EXPECTED = {
    "process.cpu.time": {("type", "user"), ("type", "system")},
    "process.context_switches": {("type", "involuntary")},
    "process.memory.usage": set(),
    "process.thread.count": set(),
    "process.open_file_descriptor.count": set(),
    "cpython.gc.collections": {
        (name, value)
        for generation in range(3)
        for name, value in (("cpython.gc.generation", generation), ("generation", str(generation)))
    },
    "system.memory.utilization": {("state", "used")},
    "system.cpu.time": {("cpu.mode", mode) for mode in ("user", "system", "idle", "iowait", "steal")},
}
SERIES = 15


@pytest.fixture
def stock() -> Iterator[None]:
    """The stock instrumentor, as when a process starts, and left so."""
    SystemMetricsInstrumentor._instance = None
    yield
    if SystemMetricsInstrumentor._instance is not None:
        SystemMetricsInstrumentor._instance.uninstrument()
    SystemMetricsInstrumentor._instance = None


@pytest.fixture
def told(recorded: Recorded, stock: None) -> Recorded:  # noqa: ARG001 - comes first
    """What this process tells."""
    load()
    return recorded


def load() -> None:
    (entry_point,) = entry_points(group="opentelemetry_instrumentor", name="system_metrics")
    TradingDistro().load_instrumentor(entry_point, skip_dep_check=True)


def test_what_a_desk_looks_at_is_told_and_nothing_else(told: Recorded) -> None:
    found = {
        name: {pair for point in told.metric(name) for pair in point.attributes.items()}
        for name in told.metrics()
        if not name.startswith("otel.")
    }
    assert found == EXPECTED


def test_a_process_has_few_series_however_large_its_host_is(told: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_count", lambda *_, **__: 512)
    assert sum(len(told.metric(name)) for name in EXPECTED) == SERIES


def test_the_numbers_are_those_of_the_process(told: Recorded) -> None:
    own = psutil.Process()
    assert told.total("process.memory.usage") == pytest.approx(own.memory_info().rss, rel=0.2)
    assert told.total("process.cpu.time") == pytest.approx(sum(own.cpu_times()[:2]), rel=0.2)
    assert told.total("process.open_file_descriptor.count") == pytest.approx(own.num_fds(), abs=2)
    assert told.total("system.memory.utilization") == pytest.approx(psutil.virtual_memory().percent / 100, abs=0.05)
    assert told.total("system.cpu.time") <= sum(psutil.cpu_times())


def test_a_thread_a_file_and_a_collection_of_garbage_show(told: Recorded, tmp_path: Path) -> None:
    names = ("process.thread.count", "process.open_file_descriptor.count")
    threads, files = map(told.total, names)
    oldest = {"cpython.gc.generation": 2}
    collections = told.total("cpython.gc.collections", **oldest)
    let_go = threading.Event()
    thread = threading.Thread(target=let_go.wait)
    thread.start()
    try:
        with (tmp_path / "open").open("w"):
            gc.collect()
            assert list(map(told.total, names)) == [threads + 1, files + 1]
            assert told.total("cpython.gc.collections", **oldest) == collections + 1
    finally:
        let_go.set()
        thread.join()


def test_times_only_rise(told: Recorded) -> None:
    first = told.total("system.cpu.time")
    time.sleep(0.05)

    assert told.total("system.cpu.time") > first
    data = told.metrics()["system.cpu.time"].data
    assert isinstance(data, Sum)
    assert data.is_monotonic


def test_a_host_that_tells_fewer_times_tells_those(told: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    class Times:
        user = 1.0
        idle = 2.0

    monkeypatch.setattr(psutil, "cpu_times", Times)

    assert {point.attributes["cpu.mode"]: point.value for point in told.metric("system.cpu.time")} == {
        "user": 1.0,
        "idle": 2.0,
    }


@pytest.mark.parametrize(
    ("excluded", "left"),
    [
        ("system.*", {name for name in EXPECTED if not name.startswith("system.")}),
        ("process.*, cpython.gc.*", {"system.memory.utilization", "system.cpu.time"}),
        ("", set(EXPECTED)),
    ],
)
@pytest.mark.usefixtures("stock")
def test_the_stock_variable_leaves_metrics_out(
    excluded: str, left: set[str], recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_PYTHON_SYSTEM_METRICS_EXCLUDED_METRICS", excluded)

    load()

    assert {name for name in recorded.metrics() if not name.startswith("otel.")} == left


def test_loading_twice_tells_once(told: Recorded) -> None:
    load()
    assert len(told.metric("system.cpu.time")) == len(process.MODES)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_tells_of_itself(told: Recorded, tmp_path: Path) -> None:
    answer = tmp_path / "answer"
    pinned = bytearray(64 << 20)
    pinned[::4096] = b"x" * len(pinned[::4096])
    child = os.fork()
    if child == 0:
        try:
            instrumentor = SystemMetricsInstrumentor._instance
            answer.write_text(str(instrumentor._proc.pid if instrumentor else None))
        finally:
            os._exit(0)
    os.waitpid(child, 0)

    assert answer.read_text() == str(child)
    assert told.total("process.memory.usage") > len(pinned)


def test_a_collection_costs_a_few_milliseconds_at_most(told: Recorded) -> None:
    told.metrics()
    began = time.process_time()
    for _ in range(20):
        told.metrics()
    assert (time.process_time() - began) / 20 < 0.02
