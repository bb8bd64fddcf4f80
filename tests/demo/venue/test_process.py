from __future__ import annotations

import re
import signal
import subprocess
import sys
import time

import pytest
import requests


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_says_where_it_is_moves_by_itself_and_ends_cleanly(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "otel_trading.demo.venue", "--seed", "7", "--tick-ms", "10"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            line = process.stdout.readline()
            found = re.fullmatch(r"venue ready on (http://127\.0\.0\.1:\d+)\n", line)
            assert found is not None, line
            prices: set[str] = set()
            deadline = time.monotonic() + 5
            while len(prices) < 3 and time.monotonic() < deadline:
                answer = requests.get(f"{found[1]}/api/v3/ticker/price?symbol=BTCUSDT", timeout=5)
                prices.add(answer.json()["price"])
            assert len(prices) >= 3
        finally:
            process.send_signal(number)
        assert process.wait(5) == 0
        assert (process.stdout.read(), process.stderr.read()) == ("", "")
