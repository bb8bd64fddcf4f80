"""What boards count is what bots counted: by the very queries, on the real Prometheus (promtool evaluates them)."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dashboards.formulas import share_passive
from dashboards.queries import counted, latest, or_zero, per_minute, ratio
from otel_trading.semconv import attributes, metrics
from tests.stack.harness.built import built

if TYPE_CHECKING:
    from pathlib import Path

REJECTS = "trading_order_rejections_total"
ORDERS = "trading_order_submissions_total"
FILLS = "trading_execution_fills_total"
GROSS = "trading_exposure_gross"
ALL = {"$environment": ".*", "$bot": "..*", "$venue": ".*", "$strategy": ".*", "$symbol": ".*"}
WINDOWS = {"$__rate_interval_ms": "60000", "$__rate_interval": "1m", "$__range": "5m"}
BOT = 'service_name="bot"'


def asked(query: str) -> str:
    """Put in what Grafana would."""
    for name, value in {**ALL, **WINDOWS}.items():
        query = query.replace(name, value)
    return query


def evaluated(folder: Path, query: str, series: dict[str, str], at: str, expected: dict[str, float]) -> str:
    """Return what promtool has against it: nothing where the query finds the expected values, by their labels."""
    case: dict[str, Any] = {
        "interval": "15s",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": asked(query),
                "eval_time": at,
                "exp_samples": [{"labels": labels, "value": value} for labels, value in expected.items()],
            }
        ],
    }
    file = folder / "counting.yml"
    file.write_text(yaml.safe_dump({"evaluation_interval": "15s", "tests": [case]}), encoding="utf-8")
    done = subprocess.run([built("promtool"), "test", "rules", str(file)], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_the_first_reject_of_a_category_is_counted(tmp_path: Path) -> None:
    series = {f'{REJECTS}{{{BOT}, trading_order_rejection_category="rate_limited"}}': "_x11 1x8"}
    query = counted(metrics.TRADING_ORDER_REJECTIONS, by=(attributes.TRADING_ORDER_REJECTION_CATEGORY,))

    assert evaluated(tmp_path, query, series, "4m", {'{trading_order_rejection_category="rate_limited"}': 1}) == ""


def test_a_value_that_is_wrong_is_told(tmp_path: Path) -> None:
    series = {f"{REJECTS}{{{BOT}}}": "_x11 1x8"}

    assert "got:" in evaluated(tmp_path, counted(metrics.TRADING_ORDER_REJECTIONS), series, "4m", {"{}": 2})


def test_what_was_counted_before_the_time_range_is_not_counted_again(tmp_path: Path) -> None:
    series = {f"{ORDERS}{{{BOT}}}": "0+2x80"}

    assert evaluated(tmp_path, counted(metrics.TRADING_ORDER_SUBMISSIONS), series, "15m", {"{}": 40}) == ""


def test_each_process_of_a_bot_is_counted_from_its_beginning(tmp_path: Path) -> None:
    before, after = f'{ORDERS}{{{BOT}, instance="a"}}', f'{ORDERS}{{{BOT}, instance="b"}}'
    series = {before: "10 20 20 20 20 20", after: "_x8 3 7x10"}

    assert evaluated(tmp_path, counted(metrics.TRADING_ORDER_SUBMISSIONS), series, "4m", {"{}": 27}) == ""


def test_a_counter_that_began_anew_counts_what_came_since(tmp_path: Path) -> None:
    series = {f"{ORDERS}{{{BOT}}}": "50x20 4x20"}

    assert evaluated(tmp_path, counted(metrics.TRADING_ORDER_SUBMISSIONS), series, "6m", {"{}": 4}) == ""


def test_a_minute_of_a_steady_bot_has_what_it_sends_in_a_minute(tmp_path: Path) -> None:
    series = {f"{ORDERS}{{{BOT}}}": "0+3x40"}

    assert evaluated(tmp_path, per_minute(metrics.TRADING_ORDER_SUBMISSIONS), series, "8m", {"{}": 12}) == ""


def test_nothing_refused_is_a_share_of_nothing_not_a_hole(tmp_path: Path) -> None:
    refused = counted(metrics.TRADING_ORDER_REJECTIONS)
    query = ratio(or_zero(refused), or_zero(counted(metrics.TRADING_ORDER_SUBMISSIONS)))

    assert evaluated(tmp_path, query, {f"{ORDERS}{{{BOT}}}": "5x20"}, "4m", {"{}": 0}) == ""


def test_without_orders_there_is_no_share_of_them(tmp_path: Path) -> None:
    query = ratio(
        or_zero(counted(metrics.TRADING_ORDER_REJECTIONS)), or_zero(counted(metrics.TRADING_ORDER_SUBMISSIONS))
    )

    assert evaluated(tmp_path, query, {"other": "1x20"}, "4m", {}) == ""


def test_after_a_restart_exposure_is_not_added_up_over_both_processes(tmp_path: Path) -> None:
    before, after = f'{GROSS}{{{BOT}, instance="a"}}', f'{GROSS}{{{BOT}, instance="b"}}'
    series = {before: "1000x8 _x20", after: "_x10 1200x20"}

    assert evaluated(tmp_path, latest(metrics.TRADING_EXPOSURE_GROSS), series, "4m", {"{}": 1200}) == ""


@pytest.mark.parametrize(("liquidity", "share"), [("maker", 1), ("taker", 0)])
def test_fills_of_one_kind_only_are_all_or_nothing(tmp_path: Path, liquidity: str, share: float) -> None:
    series = {f'{FILLS}{{{BOT}, trading_execution_liquidity="{liquidity}"}}': "4x20"}

    assert evaluated(tmp_path, share_passive("5m"), series, "4m", {"{}": share}) == ""


def test_where_no_venue_says_who_was_passive_there_is_no_share(tmp_path: Path) -> None:
    assert evaluated(tmp_path, share_passive("5m"), {f"{FILLS}{{{BOT}}}": "4x20"}, "4m", {}) == ""
