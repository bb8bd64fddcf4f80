"""How names of the registry are spelled elsewhere, and how Python source is laid out."""

from __future__ import annotations

import pytest

from model import text
from model.names import constant, prometheus, prometheus_label, values_class
from model.schema import Metric


def _metric(name: str, kind: str, unit: str) -> Metric:
    return Metric("file.yaml", name, "A metric.", "", "development", "recommended", (), (), kind, unit, None)


@pytest.mark.parametrize(
    ("name", "kind", "unit", "expected"),
    [
        ("trading.order.submissions", "counter", "{order}", "trading_order_submissions_total"),
        ("trading.order.ack.duration", "histogram", "s", "trading_order_ack_duration_seconds"),
        ("trading.market_data.age", "observable_gauge", "s", "trading_market_data_age_seconds"),
        ("trading.execution.slippage", "histogram", "1", "trading_execution_slippage"),
        ("trading.leverage", "gauge", "1", "trading_leverage_ratio"),
        ("trading.order.active", "updowncounter", "{order}", "trading_order_active"),
        ("trading.pnl.realized", "gauge", "{currency}", "trading_pnl_realized"),
        ("trading.store.written", "counter", "By", "trading_store_written_bytes_total"),
        ("trading.seconds.spent", "gauge", "s", "trading_seconds_spent"),
    ],
)
def test_prometheus_spells_a_metric(name: str, kind: str, unit: str, expected: str) -> None:
    assert prometheus(_metric(name, kind, unit)) == expected


def test_prometheus_spells_a_label() -> None:
    assert prometheus_label("trading.order.client_id") == "trading_order_client_id"


def test_python_spells_a_constant_and_a_class_of_values() -> None:
    assert constant("trading.order.client_id") == "TRADING_ORDER_CLIENT_ID"
    assert values_class("trading.order.time_in_force") == "TradingOrderTimeInForceValues"


@pytest.mark.parametrize(("value", "expected"), [(1e-05, "0.00001"), (30.0, "30"), (-0.5, "-0.5"), (100.0, "100")])
def test_a_number_is_written_without_exponent(value: float, expected: str) -> None:
    assert text.number(value) == expected


def test_a_long_text_is_written_in_pieces_that_make_the_same_text() -> None:
    long = "word " * 40 + "end."
    written = text.argument("description", long, "    ")
    assert max(map(len, written.splitlines())) <= text.WIDTH
    namespace: dict[str, str] = {}
    exec(f"text = dict(\n{written}\n)['description']", namespace)  # noqa: S102  # our own generated source
    assert namespace["text"] == long


def test_quotes_and_backslashes_survive_being_written() -> None:
    namespace: dict[str, str] = {}
    exec("text = " + text.quoted('a "b" \\n'), namespace)  # noqa: S102  # our own generated source
    assert namespace["text"] == 'a "b" \\n'
