"""The Collector's queue damaged while it is stopped: it starts again, by itself or with the keeper's help."""

from __future__ import annotations

import random
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from keeper.bbolt import Damaged, check
from keeper.queues import Queues
from tests.stack.collector_process import until
from tests.stack.harness.backends import BACKENDS
from tests.stack.harness.counting import ARRIVED, await_arrival
from tests.stack.harness.restarts import as_docker_restarts
from tests.stack.harness.stack import Stack
from tests.stack.harness.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PAGE = 4096
_LEAF = 2
_TRACES = "exporter_otlp_grpc_tempo_traces"


def _noise(count: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(count)  # noqa: S311 - damage is no secret


def _both_first_pages(data: bytearray) -> None:
    data[: 2 * _PAGE] = _noise(2 * _PAGE)


def _everything(data: bytearray) -> None:
    data[:] = _noise(len(data))


def _a_page_of_the_tree(data: bytearray) -> None:
    page = _leaves(data)[len(_leaves(data)) // 2]
    data[page : page + 64] = _noise(64)


def _pages_never_written(data: bytearray) -> None:
    """Leave pages empty, as a power failure does where the file's size was written and its content was not."""
    for page in _leaves(data):
        data[page : page + _PAGE] = bytes(_PAGE)


def _the_second_half(data: bytearray) -> None:
    del data[len(data) // 2 // _PAGE * _PAGE :]


def _all_but_a_few_bytes(data: bytearray) -> None:
    del data[100:]


def _a_byte_here_and_there(data: bytearray) -> None:
    chance = random.Random(7)  # noqa: S311 - damage is no secret
    for _ in range(200):
        data[chance.randrange(2 * _PAGE, len(data))] ^= chance.randrange(1, 256)


_DAMAGES = (
    _both_first_pages,
    _everything,
    _a_page_of_the_tree,
    _pages_never_written,
    _the_second_half,
    _all_but_a_few_bytes,
    _a_byte_here_and_there,
)


def _leaves(data: bytearray) -> list[int]:
    """Return where pages begin that hold records (a few of them may be free by now)."""
    starts = range(2 * _PAGE, len(data), _PAGE)
    return [
        start
        for start in starts
        if int.from_bytes(data[start : start + 8], "little") == start // _PAGE and data[start + 8] == _LEAF
    ]


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack of the test's own; the test starts it."""
    made = Stack(tmp_path)
    try:
        yield made
    finally:
        made.stop()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("damage", _DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_a_damaged_queue_stops_nobody_and_costs_no_other_queue_anything(
    stack: Stack, damage: Callable[[bytearray], None]
) -> None:
    queued = _queued(stack)
    folder = stack.volumes / "collector-queue"
    _apply(damage, folder / _TRACES)
    _start_stores(stack)
    with _kept(folder), as_docker_restarts(stack.collector) as restarts:
        restarts.wait_ready()
        with Traffic(stack) as traffic:
            until(lambda: len(traffic.acknowledged("traces")) > 500)
        for signal in ARRIVED:
            await_arrival(stack, signal, traffic.acknowledged(signal), 60)
        for signal in ("logs", "metrics"):
            await_arrival(stack, signal, queued.acknowledged(signal), 60)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", [0, 1])
def test_one_damaged_first_page_costs_nothing_for_there_are_two(stack: Stack, page: int) -> None:
    queued = _queued(stack)

    def damage(data: bytearray) -> None:
        data[page * _PAGE : (page + 1) * _PAGE] = _noise(_PAGE)

    _apply(damage, stack.volumes / "collector-queue" / _TRACES)
    _start_stores(stack)
    stack.collector.start()
    for signal in ARRIVED:
        await_arrival(stack, signal, queued.acknowledged(signal), 60)


@pytest.mark.timeout(180)
def test_the_collector_starts_with_whatever_the_keeper_finds_sound(stack: Stack) -> None:
    _queued(stack)
    file = stack.volumes / "collector-queue" / _TRACES
    whole = file.read_bytes()
    chance = random.Random(11)  # noqa: S311 - damage is no secret
    sound = 0
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 5))):
            page = chance.choice((*range(0, 4 * _PAGE, _PAGE), *_leaves(data)))
            start = page + chance.randrange(0, 128)
            data[start : start + 8] = chance.randbytes(chance.choice((1, 8)))
        file.write_bytes(data)
        if _is_sound(file):
            sound += 1
            stack.collector.start()
            stack.collector.kill()
    assert 0 < sound < 60


@pytest.mark.timeout(120)
def test_a_queue_in_use_is_never_touched(stack: Stack) -> None:
    folder = stack.volumes / "collector-queue"
    stack.collector.start()
    assert {path.name for path in folder.iterdir()} >= {_TRACES}
    _apply(_everything, folder / _TRACES)  # as an open database may look, caught in the middle of a change
    assert Queues(folder).round(time.time()) == []
    stack.collector.kill()
    assert [path.name for path in Queues(folder).round(0.0)] == [f"{_TRACES}.19700101T000000.backup"]


def _queued(stack: Stack) -> Traffic:
    """Run the Collector without any store; it ends with records of each signal in its queues."""
    stack.collector.start()
    with Traffic(stack) as traffic:
        until(lambda: all(len(traffic.acknowledged(signal)) > 500 for signal in ARRIVED))
    stack.collector.kill()
    return traffic


def _start_stores(stack: Stack) -> None:
    stack.keeper.start()
    stores = [backend.process(stack) for backend in BACKENDS.values()]
    for store in stores:
        store.start(wait=False)
    for store in stores:
        store.wait_ready()


def _apply(damage: Callable[[bytearray], None], file: Path) -> None:
    data = bytearray(file.read_bytes())
    damage(data)
    with file.open("r+b") as damaged:
        damaged.truncate(len(data))
        damaged.write(data)


def _is_sound(file: Path) -> bool:
    with file.open("rb") as opened:
        try:
            check(opened)
        except Damaged:
            return False
    return True


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """Look after the queue's folder as the keeper does, only more often."""
    over = threading.Event()
    queues = Queues(folder)

    def keep() -> None:
        while not over.wait(0.5):
            queues.round(time.time())

    keeping = threading.Thread(target=keep, daemon=True)
    keeping.start()
    try:
        yield
    finally:
        over.set()
        keeping.join()
