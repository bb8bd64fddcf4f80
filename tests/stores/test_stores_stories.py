"""A story from the stack is the story from the local store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.shell import keep, run
from tests.stores.asking import ask, lines, on_the_wire
from tests.stores.pretended import PretendedStack
from tests.story import scenes
from tests.story.tape import TRACE, Tape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

SCENES: list[tuple[Callable[[], Tape], str]] = [
    (scenes.filled_in_two, "cl-7f3a-0001"),
    (scenes.filled_in_two, "28173645"),
    (scenes.filled_in_two, "5bebf93fb7592ce6d2745713433a1432"),
    (scenes.filled_in_two, "5BEBF93FB7592CE6D2745713433A1432"),
    (scenes.canceled_after_part, "cl-2"),
    (scenes.rejected, "cl-3"),
    (scenes.unanswered, "cl-4"),
    (scenes.amended, "cl-5b"),
    (scenes.amended, "285"),
    (scenes.without_client_id, "286"),
    (scenes.three_in_one_trace, "cl-2"),
    (scenes.batch, "292"),
    (scenes.everything, "cl-7f3a-0001"),
]


def same(result: Result, expected: Result) -> bool:
    return (result.exit_code, lines(result)) == (expected.exit_code, lines(expected))


def ids(found: list[dict[str, Any]]) -> list[str]:
    return [[*order.get("client_ids", ()), *order.get("venue_ids", ())][0] for order in found]


def test_every_story_of_the_demo_is_the_same_from_the_stack(demo_store: Path, demo_stack: PretendedStack) -> None:
    orders = ids(lines(run("orders", "--json", "--store", demo_store)))
    assert len(orders) >= 4
    for order in orders:
        assert same(ask(demo_stack, "order", order, "--json"), run("order", order, "--json", "--store", demo_store))


def test_the_demo_s_story_looks_the_same_from_the_stack(demo_store: Path, demo_stack: PretendedStack) -> None:
    order = ids(lines(run("orders", "--json", "--store", demo_store)))[0]
    told = ask(demo_stack, "order", order)
    assert told.stdout == run("order", order, "--store", demo_store).stdout
    assert told.stderr == ""


def test_the_demo_s_list_of_orders_is_the_same_from_the_stack(demo_store: Path, demo_stack: PretendedStack) -> None:
    assert same(ask(demo_stack, "orders", "--json"), run("orders", "--json", "--store", demo_store))


def test_the_demo_s_logs_are_the_same_from_the_stack_but_for_names_that_loki_changed(
    demo_store: Path, demo_stack: PretendedStack
) -> None:
    assert same(
        ask(demo_stack, "logs", "--json", "-n", "0", "--level", "warning"),
        run("logs", "--json", "-n", "0", "--level", "warning", "--store", demo_store),
    )


@pytest.mark.parametrize(("scene", "order"), SCENES)
def test_a_scene_is_the_same_story_from_the_stack(scene: Callable[[], Tape], order: str, tmp_path: Path) -> None:
    tape = on_the_wire(scene())
    store = keep(tmp_path, tape)
    with PretendedStack(tape.spans_kept, tape.logs_kept) as stack:
        told = ask(stack, "order", order, "--json")
    assert same(told, run("order", order, "--json", "--store", store))


def test_an_id_at_two_venues_asks_for_the_venue_as_with_the_local_store() -> None:
    tape = on_the_wire(scenes.same_id_at_two_venues())
    with PretendedStack(tape.spans_kept, tape.logs_kept) as stack:
        asked = ask(stack, "order", "777")
        told = ask(stack, "order", "777", "--venue", "KRAKEN", "--json")
    assert (asked.exit_code, asked.stdout) == (2, "")
    assert lines(told)[0]["symbol"] == "ETH/USD"


def test_a_line_that_only_mentions_orders_belongs_to_the_story_of_each() -> None:
    tape = Tape()
    tape.order(client_id="c1", id="1")
    tape.order(100, trace="b" * 32, client_id="c2", id="2")
    tape.log("netting", 200, trace="", related=["c1", "c2"])
    tape = on_the_wire(tape)
    with PretendedStack(tape.spans_kept, tape.logs_kept) as stack:
        for order in ("c1", "c2"):
            [story] = lines(ask(stack, "order", order, "--json"))
            assert "netting" in [step.get("body") for step in story["steps"]]


def test_a_trace_id_that_begins_with_zeros_is_found_though_tempo_leaves_them_out() -> None:
    tape = Tape()
    tape.order(client_id="c1", trace=f"{7:032x}")
    tape = on_the_wire(tape)
    with PretendedStack(tape.spans_kept, ()) as stack:
        [story] = lines(ask(stack, "order", "c1", "--json"))
    assert story["spans"] == 2


def test_an_id_written_as_a_number_is_found() -> None:
    tape = Tape()
    tape.order(client_id="", answered=False)
    tape.span("submit_order binance", -0.1, 40, span="a1", venue="binance", id=4711)
    tape = on_the_wire(tape)
    with PretendedStack(tape.spans_kept, tape.logs_kept) as stack:
        [story] = lines(ask(stack, "order", "4711", "--json"))
    assert story["venue_ids"] == ["4711"]


def test_one_service_among_several_is_read_alone() -> None:
    one, other = on_the_wire(scenes.filled_in_two()), Tape("other")
    other.order(client_id="cl-9", trace="c" * 32)
    on_the_wire(other)
    with PretendedStack([*one.spans_kept, *other.spans_kept], [*one.logs_kept, *other.logs_kept]) as stack:
        listed = lines(ask(stack, "orders", "--json", "--service", "other"))
        missed = ask(stack, "order", "cl-7f3a-0001", "--service", "other")
    assert ids(listed) == ["cl-9"]
    assert missed.exit_code == 1
    assert "Only --service other was read; there are also grid-bot." in missed.stderr


def test_ids_known_already_are_not_searched_again() -> None:
    tape = on_the_wire(scenes.amended())
    with PretendedStack(tape.spans_kept, tape.logs_kept) as stack:
        lines(ask(stack, "order", "cl-5", "--json"))
    searched = [asked.params["q"] for asked in stack.asked if asked.path.endswith("/api/search")]
    assert sum('span.trading.order.client_id = "cl-5"' in query for query in searched) == 1
    assert not [query for query in searched if TRACE in query]
    fetched = [asked.path for asked in stack.asked if "/api/v2/traces/" in asked.path]
    assert len(fetched) == len(set(fetched))


def test_an_order_begun_before_the_listed_period_is_not_taken_for_one_of_it() -> None:
    tape = on_the_wire(scenes.canceled_after_part())
    with PretendedStack(tape.spans_kept, tape.logs_kept) as stack:
        listed = ask(stack, "orders", "--since", "59m")
    assert listed.exit_code == 1
