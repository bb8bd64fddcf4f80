"""A thousand orders a second, as a desk with many bots sends them on a wild day."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import requests

from tests.stack.harness import load
from tests.stack.harness.orders import LOGS_EACH, SPANS_EACH, Orders
from tests.stack.harness.stack import Stack

if TYPE_CHECKING:
    from pathlib import Path

RATE = 1_000
SECONDS = 180
MEBIBYTE = 1024 * 1024


@pytest.mark.alone
@pytest.mark.timeout(600)
def test_a_thousand_orders_a_second_arrive_whole_and_within_the_memory_limits(tmp_path: Path) -> None:
    with Stack(tmp_path) as stack:
        orders = Orders("load-bot")
        report = load.run(stack, orders, RATE, SECONDS)
        wanted = {orders.client_id(number): SPANS_EACH for number in range(report.orders)}
        until = time.monotonic() + 120
        while arrived_spans(stack) < report.orders * SPANS_EACH or stored_lines(stack) < report.orders * LOGS_EACH:
            assert time.monotonic() < until, (arrived_spans(stack), stored_lines(stack), report)
            time.sleep(1)
        assert report.orders == RATE * SECONDS
        assert spans_of_orders(stack) == wanted
        assert stored_lines(stack) == report.orders * LOGS_EACH
        for name, limit in stack.memory_limits.items():
            assert report.peak_bytes[name] < limit, f"{name} took {report.peak_bytes[name] // MEBIBYTE} MiB"


def arrived_spans(stack: Stack) -> int:
    """How many spans the receiving end counts as accepted."""
    text = requests.get(f"{stack.tempo.metrics_url}/metrics", timeout=10).text
    counted = re.findall(r"^otelcol_receiver_accepted_spans\S* (\S+)$", text, re.MULTILINE)
    return sum(int(float(value)) for value in counted)


def spans_of_orders(stack: Stack) -> Counter[str]:
    found: Counter[str] = Counter()
    with stack.tempo.file.open(encoding="utf-8") as lines:
        for line in lines:
            found.update(re.findall(r'"key":"trading\.order\.client_id","value":\{"stringValue":"([^"]+)"', line))
    return found


def stored_lines(stack: Stack) -> int:
    """How many lines of the bot Loki holds."""
    query = 'sum(count_over_time({service_name="load-bot"}[15m]))'
    answer = requests.get(f"{stack.loki_url}/loki/api/v1/query", params={"query": query}, timeout=60)
    answer.raise_for_status()
    result = answer.json()["data"]["result"]
    return int(result[0]["value"][1]) if result else 0
