"""otel-trading orders and otel-trading logs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click
import pytest

from otel_trading.cli.when import nanoseconds
from tests.cli.shell import keep, run
from tests.story import scenes
from tests.story.tape import Tape

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_795_435_200 * 10**9
"""2026-11-23 12:00 UTC."""


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return keep(tmp_path / "store", scenes.everything())


def lines(store: Path, *arguments: str) -> list[str]:
    result = run("logs", "--store", store, *arguments)
    assert result.exit_code == 0, result.output
    return [line for line in result.stdout.splitlines() if not line.startswith(" ")]


def ids(store: Path, *arguments: str) -> list[str]:
    result = run("orders", "--store", store, "--json", *arguments)
    return [json.loads(line)["client_ids"][0] for line in result.stdout.splitlines()]


def test_orders_in_json_are_an_object_a_line(store: Path) -> None:
    assert ids(store) == ["cl-4", "cl-3", "cl-2", "cl-7f3a-0001"]


def test_a_line_of_orders_leaves_out_what_only_spans_and_log_lines_tell(store: Path) -> None:
    result = run("orders", "--store", store, "--json")
    told = [json.loads(line).keys() for line in result.stdout.splitlines()]
    assert all("fills" in keys and not {"http_ns", "spans", "logs"} & keys for keys in told)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--status", "Rejected"), ["cl-3"]),
        (("--status", "no-answer"), ["cl-4"]),
        (("--limit", "1"), ["cl-4"]),
        (("--since", "2026-11-23T12:03:20", "--until", "2026-11-23T12:03:24Z"), ["cl-3"]),
        (("--strategy", "grid-btc", "--venue", "BINANCE", "-n", "2"), ["cl-4", "cl-3"]),
    ],
)
def test_orders_are_chosen_by_options(arguments: tuple[str, ...], expected: list[str], store: Path) -> None:
    assert ids(store, *arguments) == expected


def test_no_order_that_fits_exits_1_and_names_the_store(store: Path) -> None:
    result = run("orders", "--store", store, "--venue", "nowhere")
    assert result.exit_code == 1
    assert f"No order that fits in {store}." in result.stderr


def test_an_unknown_status_is_wrong_usage_and_names_the_known_ones(store: Path) -> None:
    result = run("orders", "--store", store, "--status", "done")
    assert result.exit_code == 2
    assert "partially_filled" in result.stderr


def test_orders_in_a_pipe_are_a_line_each_and_end_without_blanks(store: Path) -> None:
    printed = run("orders", "--store", store).stdout
    assert len(printed.splitlines()) == 5
    assert not any(line.endswith(" ") for line in printed.splitlines())


def test_a_search_finds_body_logger_and_attribute_values_in_any_case(store: Path) -> None:
    [line] = lines(store, "HEDGE LAGS")
    assert line == "2026-11-23T12:03:15.115318Z WARNING bot.hedge: hedge lags 0.2 BTC"
    assert len(lines(store, "bot.hedge")) == 2
    assert len(lines(store, "insufficient balance")) == 1


def test_a_regular_expression_minds_the_case(store: Path) -> None:
    assert len(lines(store, "--regex", r"^hedge lags \d")) == 1
    assert run("logs", "--store", store, "--regex", "^HEDGE").exit_code == 1


def test_a_broken_regular_expression_is_wrong_usage(store: Path) -> None:
    result = run("logs", "--store", store, "--regex", "(")
    assert result.exit_code == 2
    assert "no regular expression" in result.stderr


def test_a_level_leaves_out_what_is_below(store: Path) -> None:
    assert [line.split()[1] for line in lines(store, "--level", "warning")] == ["WARNING", "ERROR"]


def test_logs_of_an_order_are_all_that_its_story_has(store: Path) -> None:
    found = lines(store, "--order", "282")
    assert len(found) == 6
    assert any("rebalancing failed" in line for line in found)


def test_logs_of_an_order_may_be_searched_and_bounded(store: Path) -> None:
    assert len(lines(store, "--order", "282", "rebalancing")) == 1
    assert len(lines(store, "--order", "282", "--since", "2026-11-23T12:05")) == 2


def test_the_newest_records_are_shown_the_oldest_of_them_first(store: Path) -> None:
    assert [line.split()[2] for line in lines(store, "-n", "2")] == [
        "trading.order.cancel_requested:",
        "trading.order.canceled:",
    ]


def test_what_is_left_out_by_the_limit_that_nobody_set_is_told(tmp_path: Path) -> None:
    tape = Tape()
    for number in range(101):
        tape.log(f"line {number}", number)
    result = run("logs", "--store", keep(tmp_path, tape))
    assert result.stdout.startswith("2026-11-23T12:03:14.503118Z INFO bot.orders: line 1\n")
    assert result.stderr == "the newest 100 are shown; -n 0 shows all\n"


def test_log_records_in_json_are_an_object_a_line(store: Path) -> None:
    [line] = run("logs", "--store", store, "--json", "hedge lags").stdout.splitlines()
    assert json.loads(line) == {
        "time": "2026-11-23T12:03:15.115318000Z",
        "service": "grid-bot",
        "severity": "WARNING",
        "severity_number": 13,
        "logger": "bot.hedge",
        "body": "hedge lags 0.2 BTC",
        "trace_id": "5bebf93fb7592ce6d2745713433a1432",
        "span_id": "a1",
    }


def test_the_service_is_named_where_there_are_several(tmp_path: Path) -> None:
    one, other = Tape(), Tape(service="hedger")
    one.log("a", 0)
    other.log("b", 1)
    store = keep(tmp_path, one, other)
    assert [line.split(" ", 2)[2] for line in lines(store)] == ["grid-bot bot.orders: a", "hedger bot.orders: b"]
    assert lines(store, "--service", "hedger") == ["2026-11-23T12:03:14.503118Z INFO bot.orders: b"]


def test_following_has_no_end(store: Path) -> None:
    assert run("logs", "--store", store, "-f", "--until", "1h").exit_code == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", NOON - 90 * 10**9),
        ("2h", NOON - 7200 * 10**9),
        ("1.5 d", NOON - 129_600 * 10**9),
        ("2026-11-23", NOON - 43_200 * 10**9),
        ("2026-11-23T12:00", NOON),
        ("2026-11-23 12:00:01", NOON + 10**9),
        ("2026-11-23T12:00:00.000250Z", NOON + 250_000),
        ("2026-11-23T14:00+02:00", NOON),
        ("2026-11-23T07:00-0500", NOON),
    ],
)
def test_times_are_taken_as_people_write_them(text: str, expected: int) -> None:
    assert nanoseconds(text, "--since", now_ns=NOON, local=False) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2h ago", "2026-13-01", "12:00", "-2h"])
def test_what_is_no_time_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter, match="neither a time before now"):
        nanoseconds(text, "--since", now_ns=NOON, local=False)
