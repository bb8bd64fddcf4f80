"""otel-trading order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from otel_trading.semconv import events
from tests.cli.shell import keep, run
from tests.story import scenes
from tests.story.tape import Tape

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "\x1b]0;owned\x07\x1b[31mred\u202eevil\r\x9b2J"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return keep(tmp_path / "store", scenes.everything())


def as_json(store: Path, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("order", order_id, "--json", "--store", store).stdout)
    return found


def test_json_has_the_agreed_names_and_money_as_strings(store: Path) -> None:
    found = as_json(store, "cl-7f3a-0001")
    steps = found.pop("steps")
    assert found == {
        "client_ids": ["cl-7f3a-0001"],
        "venue_ids": ["28173645"],
        "trace_ids": ["5bebf93fb7592ce6d2745713433a1432"],
        "venue": "binance",
        "symbol": "BTC/USDT",
        "side": "buy",
        "type": "limit",
        "time_in_force": "gtc",
        "quantity": "0.500",
        "price": "60000.00",
        "arrival_price": "60001.50",
        "strategy": "grid-btc",
        "service": "grid-bot",
        "status": "filled",
        "started": "2026-11-23T12:03:14.502118000Z",
        "ended": "2026-11-23T12:03:15.786118000Z",
        "submitted": "2026-11-23T12:03:14.503218000Z",
        "acknowledged_after_ns": 48000000,
        "http_ns": 46100000,
        "first_fill_after_ns": 610900000,
        "final_after_ns": 1282900000,
        "filled": "0.500",
        "average_price": "59999.80",
        "slippage_bp": "-0.28",
        "fees": {"BTC": "0.0002", "USDT": "12.6"},
        "fills": 2,
        "spans": 5,
        "logs": 2,
        "errors": 0,
    }
    assert steps[5] == {
        "kind": "fill",
        "time": "2026-11-23T12:03:15.114118000Z",
        "after_ns": 612000000,
        "name": "trading.order.filled",
        "trace_id": "5bebf93fb7592ce6d2745713433a1432",
        "span_id": "u2",
        "severity": "INFO",
        "body": "trading.order.filled",
        "fill": 1,
        "filled": "0.200",
        "attributes": {
            "trading.venue": "binance",
            "trading.symbol": "BTC/USDT",
            "trading.order.client_id": "cl-7f3a-0001",
            "trading.order.id": "28173645",
            "trading.execution.id": "t1",
            "trading.execution.quantity": "0.200",
            "trading.execution.price": "59999.50",
            "trading.execution.liquidity": "maker",
            "trading.execution.fee.amount": "0.0002",
            "trading.execution.fee.currency": "BTC",
            "trading.order.cumulative_quantity": "0.200",
            "trading.order.status": "partially_filled",
        },
    }


def test_json_tells_http_requests_and_notices(store: Path) -> None:
    [submit] = [step for step in as_json(store, "cl-3")["steps"] if step["kind"] == "submit"]
    assert submit["http"] == [{"method": "POST", "path": "/api/v3/order", "status": 400, "duration_ns": 21000000}]
    assert [notice["code"] for notice in as_json(store, "cl-4")["notices"]] == ["no_answer", "died"]


def test_what_json_cannot_hold_is_written_by_name(tmp_path: Path) -> None:
    tape = Tape()
    tape.order(client_id="c1", price=float("nan"), limit=float("inf"))
    attributes = as_json(keep(tmp_path, tape), "c1")["steps"][0]["attributes"]
    assert attributes["trading.order.price"] == "nan"
    assert attributes["trading.risk.check.limit"] == "inf"


def test_an_unknown_id_exits_1_and_says_what_is_near_and_what_to_check(store: Path) -> None:
    result = run("order", "cl-7f3a", "--store", store)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"No order 'cl-7f3a' in {store}." in result.stderr
    assert "Near: cl-7f3a-0001\n" in result.stderr
    assert "Services there: grid-bot." in result.stderr
    assert "opentelemetry-instrument" in result.stderr


def test_a_store_that_does_not_exist_is_named(tmp_path: Path) -> None:
    result = run("order", "x", "--store", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert "does not exist" in result.stderr
    assert "OTEL_TRADING_STORE" in result.stderr


def test_an_id_of_another_service_is_hinted_at(store: Path) -> None:
    result = run("order", "cl-2", "--store", store, "--service", "other")
    assert result.exit_code == 1
    assert "Only --service other was read; there are also grid-bot." in result.stderr


def test_an_id_that_records_only_mention_is_hinted_at(tmp_path: Path) -> None:
    tape = Tape()
    tape.log("netting", 1, related=["ghost", "other"])
    result = run("order", "ghost", "--store", keep(tmp_path, tape))
    assert result.exit_code == 1
    assert "1 records mention it" in result.stderr


def test_an_id_at_two_venues_exits_2_and_asks_which(tmp_path: Path) -> None:
    keep(tmp_path, scenes.same_id_at_two_venues())
    result = run("order", "777", "--store", tmp_path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "2 orders have the id '777':" in result.stderr
    assert "binance  buy 0.500 BTC/USDT limit 60,000.00 GTC  NEW  cl-b, 777" in result.stderr
    assert "kraken  buy 0.500 ETH/USD" in result.stderr
    assert "Name one of them: --venue or --symbol" in result.stderr


def test_venue_chooses_among_orders_with_the_same_id(tmp_path: Path) -> None:
    keep(tmp_path, scenes.same_id_at_two_venues())
    result = run("order", "777", "--store", tmp_path, "--venue", "kraken")
    assert result.exit_code == 0
    assert "client id cl-k" in result.stdout


@pytest.mark.parametrize("order", [("--store", "{}", "order", "cl-2"), ("order", "cl-2", "--store", "{}")])
def test_the_store_may_be_named_before_or_after_the_command(order: tuple[str, ...], store: Path) -> None:
    assert run(*(part.format(store) for part in order)).exit_code == 0


def test_the_store_named_nearer_to_the_end_wins(store: Path, tmp_path: Path) -> None:
    assert run("--store", tmp_path / "x", "order", "cl-2", "--store", store).exit_code == 0


def test_the_store_may_be_set_in_the_environment(store: Path) -> None:
    assert run("order", "cl-2", env={"OTEL_TRADING_STORE": str(store)}).exit_code == 0


def test_without_a_setting_the_store_is_in_the_state_folder(tmp_path: Path) -> None:
    keep(tmp_path / "otel-trading", scenes.rejected())
    assert run("order", "cl-3", env={"XDG_STATE_HOME": str(tmp_path)}).exit_code == 0


def test_control_characters_of_a_record_do_not_reach_the_terminal(tmp_path: Path) -> None:
    tape = Tape()
    tape.order(client_id="c1")
    tape.log(HOSTILE, 1, span="a1", logger=HOSTILE)
    keep(tmp_path, tape)
    for command in (("order", "c1"), ("logs",)):
        printed = run(*command, "--store", tmp_path).stdout
        assert not set(printed) & set("\x1b\x07\r\x9b\u202e")
        assert "\\x1b]0;owned\\x07" in printed


def test_an_id_with_control_characters_is_not_echoed_raw(tmp_path: Path) -> None:
    assert "\x1b" not in run("order", "\x1b[31mx", "--store", tmp_path).stderr


def test_a_stack_trace_is_one_line_unless_asked_for_in_full(store: Path) -> None:
    short = run("order", "cl-2", "--store", store).stdout
    assert "ValueError: no price for ETH/USDT (pricing.py:31 in quote)" in short
    assert "Traceback" not in short
    assert "Traceback (most recent call last):" in run("order", "cl-2", "--store", store, "--full").stdout


def many_requests(tmp_path: Path) -> Path:
    tape = Tape()
    tape.order(client_id="c1")
    for number in range(1, 7):
        place = f"q{number}"
        tape.span("fetch_order binance", 100 * number, 20, span=place, parent="a1", operation="fetch_order")
        url = "https://venue.example/api/v3/order"
        tape.span("GET", 100 * number + 1, 18, span=f"h{number}", parent=place, http=("GET", url, 200))
    return keep(tmp_path, tape)


def test_a_run_of_the_same_request_is_one_line_unless_asked_for_in_full(tmp_path: Path) -> None:
    store = many_requests(tmp_path)
    assert "fetch_order, 6 times, 120.0 ms in all" in run("order", "c1", "--store", store).stdout
    assert run("order", "c1", "--store", store, "--full").stdout.count("fetch_order, GET /api/v3/order in 18.0 ms") == 6


def test_a_damaged_line_of_the_store_is_told_on_stderr_and_the_rest_is_read(store: Path) -> None:
    [file] = (store / "grid-bot").glob("logs*.jsonl")
    with file.open("ab") as damaged:
        damaged.write(b'"cl-2" torn\n')
    result = run("order", "cl-2", "--store", store)
    assert result.exit_code == 0
    assert result.stderr.startswith("warning: ")
    assert result.stderr.count("\n") == 1


def test_local_times_name_their_offset(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time  # noqa: PLC0415 - set back at the end

    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        printed = run("order", "cl-2", "--store", store, "--local").stdout
    finally:
        monkeypatch.undo()
        time.tzset()
    assert "2026-11-23 17:33:19+05:30" in printed


def test_a_picture_is_the_same_bytes_each_time_and_loads_nothing(store: Path, tmp_path: Path) -> None:
    pictures = []
    for name in ("one.svg", "two.svg"):
        result = run("order", "cl-7f3a-0001", "--store", store, "--svg", tmp_path / name)
        assert result.exit_code == 0
        pictures.append((tmp_path / name).read_text(encoding="utf-8"))
    assert pictures[0] == pictures[1]
    assert "FILLED" in pictures[0]
    assert "url(http" not in pictures[0]
    assert "@font-face" not in pictures[0]


def test_the_order_s_state_is_coloured_in_a_picture(store: Path, tmp_path: Path) -> None:
    run("order", "cl-4", "--store", store, "--svg", tmp_path / "p.svg")
    assert "#f87169" in (tmp_path / "p.svg").read_text(encoding="utf-8")


def test_a_breached_risk_check_is_told_with_its_limit(tmp_path: Path) -> None:
    tape = Tape()
    tape.event(events.TRADING_RISK_CHECK, -1, check="max_notional", result="breached", checked=90000, limit=50000)
    tape.order(client_id="c1")
    printed = run("order", "c1", "--store", keep(tmp_path, tape)).stdout
    assert "max_notional 90,000 of 50,000" in printed
    assert "breached" in printed
