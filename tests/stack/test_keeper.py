"""The keeper's decisions: how much time fits into a size, and how fast more may come in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from keeper.measure import Piece, Usage
from keeper.policy import State, decide, most
from keeper.settings import Store
from tests.stack.storemodel import StoreModel

HOUR = 3600
DAY = 24 * HOUR
NOW = 1_800_000_000.0
MB = 2**20
STORE = Store(
    "loki",
    Path("/loki"),
    Path("/etc/keeper/loki.yaml"),
    limit=round(10_064 * MB / 0.97),
    longest=30 * DAY,
    floor=HOUR,
    lag=1800,
    fastest=128 * MB,
    reaction=50,
)
PART = 10 * MB
assert round(most(STORE.limit)) == 1000 * PART
AT_FIRST = State(STORE.longest)


def pieces(*hours_and_sizes: tuple[float, int]) -> Usage:
    """Data of these ages, in thousandths of the most that the store holds; written long before the keeper began."""
    return Usage(tuple(Piece(NOW - hours * HOUR, size * PART, NOW - DAY) for hours, size in hours_and_sizes))


def decided(usage: Usage, before: State = AT_FIRST, store: Store = STORE, since: float = NOW) -> State:
    return decide(store, usage, before, NOW, since)


def test_what_fits_keeps_the_retention_by_time() -> None:
    assert decided(pieces((1, 400), (200, 490))).retention == 30 * DAY


def test_an_empty_folder_keeps_the_retention_by_time() -> None:
    assert decided(Usage()).retention == 30 * DAY


def test_the_oldest_goes_first_until_the_rest_fits_with_room_to_spare() -> None:
    after = decided(pieces((1, 300), (10, 300), (50, 200), (60, 100), (300, 100)))

    assert after.retention == 60 * HOUR  # the three newest make 800 of 880; the fourth is too much


def test_the_order_on_the_disk_does_not_matter() -> None:
    given = ((60, 100), (1, 300), (300, 100), (50, 200), (10, 300))

    assert decided(pieces(*given)) == decided(pieces(*sorted(given)))


def test_data_already_past_the_retention_in_force_shortens_it_no_further() -> None:
    # 600 in force, and 390 that the store has not come round to delete: nothing new, no more to cut.
    usage = pieces((1, 600), (80, 390))

    assert decided(usage, State(60 * HOUR)).retention == 60 * HOUR


def test_what_no_retention_frees_takes_its_room_from_the_data() -> None:
    usage = replace(pieces((1, 300), (10, 300), (50, 200)), other=200 * PART)

    assert decided(usage).retention == 50 * HOUR


def test_blocks_on_their_way_out_take_no_room_from_the_data() -> None:
    usage = replace(pieces((1, 300), (10, 300), (50, 200)), leaving=140 * PART)

    assert decided(usage).retention == 30 * DAY


def test_what_the_last_lag_brought_is_expected_once_more() -> None:
    landed = Usage((Piece(NOW - 60, 200 * PART, NOW - 60), *pieces((10, 300), (50, 100), (60, 150)).pieces))

    assert decided(landed, since=NOW - 1800).retention == 60 * HOUR


def test_files_older_than_the_keeper_say_nothing_of_a_rate() -> None:
    landed = Usage((Piece(NOW - 60, 200 * PART, NOW - 60), *pieces((10, 300), (50, 100), (60, 150)).pieces))

    assert decided(landed, since=NOW).retention == 30 * DAY


def test_files_restored_at_once_do_not_cost_the_newest_half() -> None:
    restored = Usage(tuple(Piece(NOW - hour * HOUR, 10 * PART, NOW - 5) for hour in range(1, 86)))

    after = decided(restored, since=NOW - 1800)

    assert sum(10 for hour in range(1, 86) if hour * HOUR <= after.retention) >= 340


def test_the_retention_never_goes_below_the_floor() -> None:
    after = decided(pieces((0.1, 600), (0.5, 600)))

    assert after.retention == HOUR


def test_a_limit_that_the_floor_cannot_meet_is_known() -> None:
    assert decided(pieces((0.1, 600), (0.5, 600))).short
    assert not decided(pieces((0.1, 600), (5, 600))).short


ROOMY = State(100 * HOUR, roomy_since=NOW - 1800)


def test_it_grows_again_by_a_tenth_when_the_data_fills_the_time() -> None:
    after = decided(pieces((1, 300), (99, 300)), ROOMY)

    assert (after.retention, after.roomy_since) == (110 * HOUR, NOW)


@pytest.mark.parametrize(
    ("usage", "before"),
    [
        (pieces((1, 300), (50, 300)), ROOMY),
        (pieces((1, 400), (99, 400)), ROOMY),
        (Usage(), ROOMY),
        (pieces((1, 300), (99, 300)), replace(ROOMY, roomy_since=NOW - 1700)),
        (pieces((1, 300), (99, 300)), replace(ROOMY, roomy_since=None)),
    ],
    ids=["the data is younger", "it is nearly full", "there is none", "not for long", "only now"],
)
def test_else_it_stays_as_it_is(usage: Usage, before: State) -> None:
    assert decided(usage, before).retention == 100 * HOUR


def test_a_moment_without_room_begins_the_wait_anew() -> None:
    assert decided(pieces((1, 400), (99, 400)), ROOMY).roomy_since is None


def test_it_never_grows_beyond_the_retention_by_time() -> None:
    assert decided(pieces((1, 300), (28.9 * 24, 100)), replace(ROOMY, retention=29 * DAY)).retention == 30 * DAY


def used(megabytes: int, before: int | None = None, **parts: int) -> State:
    filled = Usage((Piece(NOW - 60, megabytes * MB, NOW - DAY),), **parts)
    return decided(filled, State(30 * DAY, pace=before))


@pytest.mark.parametrize(
    ("megabytes", "pace"),
    [(0, 64), (3500, 64), (3700, 32), (9000, 8), (9890, 1), (9993, 1 / 16), (9994, 0), (10_000, 0), (12_000, 0)],
)
def test_new_data_is_taken_as_fast_as_the_room_allows(megabytes: int, pace: float) -> None:
    # Half of the room that 10,000 MB leave, over 50 s: with 3,700 taken, 63 a second.
    assert used(megabytes).pace == pace * MB


def test_a_store_far_from_its_limit_has_its_own_pace() -> None:
    assert decided(Usage(), store=replace(STORE, limit=100_000 * MB)).pace is None


def test_what_is_in_memory_still_takes_its_room() -> None:
    assert used(9000, pending=890 * MB).pace == MB
    assert used(9000, pending=995 * MB).refusing


def test_a_pace_goes_up_only_with_some_room_to_spare() -> None:
    assert used(8300, before=8 * MB).pace == 8 * MB  # 17 a second would fit, but not by far
    assert used(7800, before=8 * MB).pace == 16 * MB
    assert used(8300, before=16 * MB).pace == 16 * MB
    assert used(8500, before=16 * MB).pace == 8 * MB


def test_a_refusal_ends_only_with_some_room_to_spare() -> None:
    assert used(9600, before=0).pace == 0  # 400 of 10,000 MB are free
    assert used(9400, before=0).pace == 4 * MB


@pytest.mark.parametrize("fills_in_hours", [3, 8, 24])
def test_a_steady_load_is_held_without_a_wait_and_without_flapping(fills_in_hours: int) -> None:
    store = StoreModel(STORE)
    rate = store.limit / fills_in_hours / HOUR
    store.run(hours=3 * fills_in_hours, rate=rate)

    changes = store.changes
    store.run(hours=2 * fills_in_hours, rate=rate)

    assert store.peak <= 0.95 * store.limit
    assert store.most_backlog <= 60 * rate
    assert store.changes - changes <= 1
    assert store.used >= 0.7 * store.limit, "it keeps far less than it may"


def test_bursts_are_held_within_the_limit_and_nothing_is_lost() -> None:
    store = StoreModel(STORE)
    for megabytes_a_second in (0.05, 20, 0, 3, 100, 0):
        store.run(hours=0.5, rate=megabytes_a_second * MB)
    assert store.backlog > 0
    store.run(hours=200, rate=0)

    assert store.peak <= store.limit
    assert store.backlog == 0


def test_after_a_burst_the_retention_comes_back_slowly() -> None:
    store = StoreModel(STORE)
    store.run(hours=6, rate=4 * MB)
    shortest = store.state.retention
    store.run(hours=48, rate=0.01 * MB)

    assert store.state.retention > 10 * shortest
    assert store.state.retention <= 1.25 * (store.oldest + HOUR)
