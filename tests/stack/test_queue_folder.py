"""The Collector's queue on disk: it ends, it cannot be written, it belongs to somebody else, its bound is reached."""

from __future__ import annotations

import os
import re
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.stack.collector_process import until
from tests.stack.harness.backends import BACKENDS, start_without
from tests.stack.harness.counting import await_all, await_arrival
from tests.stack.harness.restarts import as_docker_restarts
from tests.stack.harness.stack import Stack
from tests.stack.harness.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NOBODY = 54321
_STILL = 3.0
_BACK = 120.0
_TEMPO = BACKENDS["tempo"]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack of the test's own; the test starts it."""
    yield from _stopped_after(Stack(tmp_path))


def _stopped_after(made: Stack) -> Iterator[Stack]:
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def disk(stack: Stack) -> Iterator[Path]:
    """A disk of 8 MB under the queue's folder."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    folder = _folder(stack)
    folder.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        stack.stop()
        subprocess.run(["/bin/umount", str(folder)], check=True)


@pytest.mark.timeout(300)
def test_a_full_disk_holds_the_clients_back_until_there_is_room_and_loses_nothing(stack: Stack, disk: Path) -> None:
    start_without(stack, _TEMPO)
    with Traffic(stack, rate=3000, batch=100, signals=("traces",)) as traffic:
        until(lambda: _refusals(traffic, "no space left on device"), 60)
        held = _comes_to_rest(traffic)
        assert stack.collector.alive
        # What the clients are told is in the Collector's own output too, and names the file.
        file = disk / "exporter_otlp_grpc_tempo_traces"
        assert f"write {file}: no space left on device" in stack.collector.said()

        _mount("-o", "remount,size=64m", str(disk))
        until(lambda: len(traffic.acknowledged("traces")) > len(held) + 1000, 60)
    _TEMPO.process(stack).start()
    await_all_traces(stack, traffic)


@pytest.mark.timeout(300)
def test_a_full_disk_is_emptied_by_the_store_when_it_comes_back(stack: Stack, disk: Path) -> None:
    start_without(stack, _TEMPO)
    with Traffic(stack, rate=3000, batch=100, signals=("traces",)) as traffic:
        until(lambda: _refusals(traffic, "no space left on device"), 60)
        held = _comes_to_rest(traffic)
        _TEMPO.process(stack).start()
        # What waited is no part of this promise: on a full disk the Collector deletes from its queue what it cannot
        # note there as taken (docs/durability.md). What is acknowledged once there is room again arrives.
        until(lambda: len(traffic.acknowledged("traces")) > len(held) + 1000, _BACK)
    with Traffic(stack, signals=("traces",), name="later") as later:
        until(lambda: len(later.acknowledged("traces")) > 500)
    await_all_traces(stack, later)
    assert disk.exists()


@pytest.mark.timeout(240)
def test_a_queue_that_cannot_be_written_stops_the_start_with_its_name_until_it_can(stack: Stack, disk: Path) -> None:
    queued = _with_something_queued(stack)
    _mount("-o", "remount,ro", str(disk))

    with as_docker_restarts(stack.collector) as restarts:
        until(lambda: restarts.ends >= 2)
        assert _told_at_start(stack, "read-only file system")
        _mount("-o", "remount,rw", str(disk))
        restarts.wait_ready()
    _TEMPO.process(stack).start()
    await_all_traces(stack, queued)


@pytest.mark.timeout(240)
def test_a_queue_of_somebody_else_stops_the_start_with_its_name_until_it_is_given_back(stack: Stack) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may give a folder away")
    queued = _with_something_queued(stack)
    folder = _folder(stack)
    # As a container without capabilities: a root that may not do what the folder's mode forbids.
    stack.collector.command[:0] = ["/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    os.chown(folder, _NOBODY, _NOBODY)
    folder.chmod(0o700)

    with as_docker_restarts(stack.collector) as restarts:
        until(lambda: restarts.ends >= 2)
        assert _told_at_start(stack, "permission denied")
        os.chown(folder, 0, 0)
        restarts.wait_ready()
    _TEMPO.process(stack).start()
    await_all_traces(stack, queued)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", BACKENDS)
def test_a_queue_at_its_bound_holds_its_clients_back_and_nobody_else(tmp_path: Path, name: str) -> None:
    backend = BACKENDS[name]
    for stack in _stopped_after(Stack(tmp_path, {"COLLECTOR_QUEUE_BYTES": "600000"})):
        start_without(stack, backend)
        with Traffic(stack, rate=600, batch=30) as traffic:
            # Nobody is refused: clients wait until their own patience ends, and come again.
            until(lambda traffic=traffic: traffic.attempts(backend.signal).refused, 60)  # type: ignore[misc] # a lambda's default
            before = {signal: traffic.acknowledged(signal) for signal in backend.other_signals}
            time.sleep(_STILL)
            for signal, seen in before.items():
                assert len(traffic.acknowledged(signal)) > len(seen)
                await_arrival(stack, signal, seen, 20)
            backend.process(stack).start()
        await_all(stack, traffic, _BACK)


def await_all_traces(stack: Stack, traffic: Traffic) -> None:
    await_arrival(stack, "traces", traffic.acknowledged("traces"), _BACK)
    assert not traffic.problems()


def _with_something_queued(stack: Stack) -> Traffic:
    """Run the Collector without Tempo for a while; it ends with spans in its queue."""
    start_without(stack, _TEMPO)
    with Traffic(stack, signals=("traces",)) as traffic:
        until(lambda: len(traffic.acknowledged("traces")) > 500)
    stack.collector.stop()
    return traffic


def _comes_to_rest(traffic: Traffic) -> set[str]:
    """Wait until nothing is acknowledged any more, and return what has been."""
    seen, since = traffic.acknowledged("traces"), time.monotonic()
    while time.monotonic() < since + _STILL:
        time.sleep(0.2)
        if (now := traffic.acknowledged("traces")) != seen:
            seen, since = now, time.monotonic()
    return seen


def _told_at_start(stack: Stack, reason: str) -> bool:
    """Tell whether the Collector's last words named a file of its queue (whichever it came to first) and the reason."""
    return (
        re.search(rf"^Error: .*: open {_folder(stack)}/exporter_\w+: {reason}$", stack.collector.said(), re.MULTILINE)
        is not None
    )


def _refusals(traffic: Traffic, words: str) -> bool:
    return any(words in reason for reason in traffic.attempts("traces").refused)


def _folder(stack: Stack) -> Path:
    return stack.volumes / "collector-queue"


def _mount(*arguments: str) -> None:
    subprocess.run(["/bin/mount", *arguments], check=True)
