"""Each benchmark runs, delivers, and prints its ratios; what the ratios are is no test's affair.

``bench.store`` is not run here: tests/telemetry/store tests what it calls.
"""

from __future__ import annotations

import re
import sys

import pytest

from bench import __main__ as every
from bench import imports, order, process, stack, store
from bench.bot import WARM_UP
from bench.process import interleaved
from bench.table import percentile, ratio, show


def row(printed: str, name: str) -> str:
    (found,) = (line for line in printed.splitlines() if line.startswith(f"  {name}  "))
    return found


def only(monkeypatch: pytest.MonkeyPatch, *sides: str) -> None:
    monkeypatch.setattr(order, "SIDES", {name: order.SIDES[name] for name in sides})


def test_the_cost_of_an_order_is_printed_with_what_was_delivered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(monkeypatch, "no telemetry", order.BASE, "ours, local store", "ours, OTLP")
    order.report(order.measure(20, 1000, 1), 20, 1000)
    printed = capsys.readouterr().out
    for name in (order.BASE, "ours, local store", "ours, OTLP"):
        assert re.match(rf"  {name} +\d+ +x\d+\.\d\d ", row(printed, name))
        assert row(printed, name).endswith("  1.00 3.00 1.00")
    assert row(printed, "no telemetry").endswith("-")


def test_the_instrumented_ccxt_delivers_an_order_and_its_http_request() -> None:
    side = order.SIDES["ccxt, ours, local store"]
    found = order.run_side(side, "http://127.0.0.1:9", 20, 1000)
    assert found.delivered.per_order(20 + WARM_UP) == "2.00 3.00 1.00"


def test_the_cost_of_patching_an_import_is_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(imports, "LIBRARIES", {"simplefix": ("simplefix",), "pybit": ("pybit.unified_trading",)})
    imports.report_imports(imports.measure_imports(1))
    printed = capsys.readouterr().out
    for name in ("simplefix", "pybit", "all of these"):
        assert re.search(r" [+-]\d+%$", row(printed, name))


def test_the_cost_of_a_start_is_printed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    names = ("python", imports.BASE, "ours, all, ccxt not imported")
    monkeypatch.setattr(imports, "STARTS", {name: imports.STARTS[name] for name in names})
    imports.report_starts(imports.measure_starts(1))
    assert re.search(r" x\d+\.\d\d$", row(capsys.readouterr().out, "ours, all, ccxt not imported"))


def test_all_benchmarks_run_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    monkeypatch.setattr(sys, "argv", ["bench", "--quick"])
    monkeypatch.setattr(imports, "measure_imports", lambda rounds: ran.append(f"imports {rounds}"))
    monkeypatch.setattr(imports, "measure_starts", lambda rounds: ran.append(f"starts {rounds}"))
    monkeypatch.setattr(order, "measure", lambda orders, *_: ran.append(f"order {orders}"))
    monkeypatch.setattr(store, "run", lambda _, gigabytes, __: ran.append(f"store {gigabytes}"))
    monkeypatch.setattr(stack, "run", lambda rate, _: ran.append(f"stack {rate}"))
    for module, name in ((imports, "report_imports"), (imports, "report_starts"), (order, "report")):
        monkeypatch.setattr(module, name, lambda *_: None)
    every.main()
    assert ran == ["imports 1", "starts 1", "order 50", "store 0.01", "stack 100"]


def test_without_the_servers_the_stack_is_not_measured_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stack, "binary", lambda name: None if name == "loki" else name)
    stack.run(100, 1)
    assert capsys.readouterr().out == "the stack is not measured, loki not being built: make servers\n"


def test_a_command_that_fails_is_told_with_what_it_said() -> None:
    with pytest.raises(RuntimeError, match="no such bot"):
        process.run([sys.executable, "-c", "raise SystemExit('no such bot')"])


def test_sides_are_run_forwards_and_backwards_in_turn() -> None:
    assert [name for name, _ in interleaved({"a": 1, "b": 2}, 3)] == ["a", "b", "b", "a", "a", "b"]


def test_a_percentile_is_a_value_that_so_many_do_not_exceed() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert (percentile(values, 50), percentile(values, 99), percentile([7.0], 99)) == (51.0, 100.0, 7.0)


def test_a_ratio_is_the_median_over_rounds_and_none_without_a_base() -> None:
    assert ratio([1.0, 8.0, 3.0], [2.0, 2.0, 2.0]) == 1.5
    assert ratio([1.0], [0.0]) is None


def test_a_table_has_its_text_left_and_its_numbers_right(capsys: pytest.CaptureFixture[str]) -> None:
    show("title", ("", "us"), [("a side", "7"), ("b", "12")])
    assert capsys.readouterr().out == "title\n          us\n  a side   7\n  b       12\n"
