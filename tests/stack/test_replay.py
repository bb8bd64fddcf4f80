"""A bot's local store, sent to the running stack by ``otel-trading replay``: every record arrives, and once."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from click.testing import CliRunner

from otel_trading.cli import main
from otel_trading.telemetry.store.encode import LineEncoder
from tests.endtoend.bots import eventually
from tests.stack.harness.sending import unique
from tests.stack.stored import DAY, HOUR, SECOND, Store, log_record, logs, samples, span, spans, stored, write

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from click.testing import Result

    from otel_trading.telemetry.records import Attributes
    from tests.stack.harness.stack import Stack

ARRIVES_SECONDS = 60.0


def command(store: Store, *options: str) -> list[str]:
    return ["replay", "--store", str(store.root), "--service", store.service, *options]


@contextmanager
def begun(stack: Stack, store: Store, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Begin a replay in a process of its own, which ends with the block."""
    program = [sys.executable, "-c", "from otel_trading.cli import main; main()"]
    with subprocess.Popen([*program, *command(store, *options)], env=stack.bot_environment) as process:
        try:
            yield process
        finally:
            process.kill()


def replayed(stack: Stack, store: Store, *options: str, token: str | None = None) -> Result:
    environ: dict[str, str | None] = dict(stack.bot_environment)
    if token is not None:
        environ["OTEL_EXPORTER_OTLP_HEADERS"] = f"authorization=Bearer%20{token}"
    return CliRunner().invoke(main, command(store, *options), env=environ)


def each_once(numbers: Iterable[int]) -> Counter[int]:
    return Counter(numbers)


def recent(count: int) -> list[int]:
    """Return times within the last minutes, the last of them now."""
    now = time.time_ns()
    return [now - (count - 1 - number) * SECOND // 10 for number in range(count)]


def test_every_record_of_the_store_arrives_once(stack: Stack, tmp_path: Path) -> None:
    store = stored(tmp_path, recent(600))
    done = replayed(stack, store)
    assert done.exit_code == 0, done.output
    for line in ("traces  600 spans", "logs    600 log records", "metrics 600 data points"):
        assert line in done.stdout
    wanted = each_once(range(600))
    eventually(lambda: spans(stack, store) >= wanted, ARRIVES_SECONDS)
    eventually(lambda: logs(stack, store) >= wanted, ARRIVES_SECONDS)
    eventually(lambda: samples(stack, store) >= wanted, ARRIVES_SECONDS)
    again = replayed(stack, store)
    assert "traces  0 spans of 0 of" in again.stdout
    assert spans(stack, store) == logs(stack, store) == samples(stack, store) == wanted


def test_old_records_arrive_beside_those_of_a_bot_that_runs(stack: Stack, tmp_path: Path) -> None:
    now = time.time_ns()
    live = stored(tmp_path, recent(20))
    assert replayed(stack, live).exit_code == 0
    eventually(lambda: logs(stack, live) == samples(stack, live) == each_once(range(20)), ARRIVES_SECONDS)
    # The same bot's outages: twenty days, three days and two hours ago.
    ages = [20 * DAY, 3 * DAY, 2 * HOUR]
    stored(tmp_path, [now - age + at * SECOND for age in ages for at in range(10)], first=20, service=live.service)
    done = replayed(stack, live)
    assert done.exit_code == 0, done.output
    wanted = each_once(range(50))
    eventually(lambda: spans(stack, live) >= wanted, ARRIVES_SECONDS)
    eventually(lambda: logs(stack, live, days=25) >= wanted, ARRIVES_SECONDS)
    eventually(lambda: samples(stack, live, days=25) >= wanted, ARRIVES_SECONDS)
    assert spans(stack, live) == logs(stack, live, days=25) == samples(stack, live, days=25) == wanted


def test_after_a_kill_all_is_there_and_what_is_there_twice_was_told(stack: Stack, tmp_path: Path) -> None:
    store = stored(tmp_path, recent(600))
    with begun(stack, store, "--rate", "50") as process:
        eventually(lambda: len(spans(stack, store)) > 0, 30)
        process.kill()
    done = replayed(stack, store, "--json")
    assert done.exit_code == 0, done.output
    traces = json.loads(done.stdout)["signals"]["traces"]
    assert traces["sent_before"] > 0
    assert traces["sent_before"] + traces["sent"] == 600
    wanted = each_once(range(600))
    eventually(lambda: spans(stack, store) >= wanted, ARRIVES_SECONDS)
    eventually(lambda: logs(stack, store) >= wanted, ARRIVES_SECONDS)
    eventually(lambda: samples(stack, store) >= wanted, ARRIVES_SECONDS)
    assert logs(stack, store) == samples(stack, store) == wanted
    assert spans(stack, store).total() - 600 <= traces["in_doubt"] <= 50


def test_what_is_sent_twice_is_shown_once_by_loki_and_prometheus(stack: Stack, tmp_path: Path) -> None:
    # As after a lost ledger: the worst that can happen.
    store = stored(tmp_path, recent(100))
    assert replayed(stack, store).exit_code == 0
    wanted = each_once(range(100))
    eventually(lambda: logs(stack, store) == samples(stack, store) == spans(stack, store) == wanted, ARRIVES_SECONDS)
    for ledger in store.root.rglob("*.ledger"):
        ledger.unlink()
    # What is new is not lost among what is there already.
    stored(tmp_path, [time.time_ns()], first=100, service=store.service)
    assert replayed(stack, store).exit_code == 0
    # The receiving end that stands for Tempo keeps all it gets; Tempo itself makes one of equal span ids.
    eventually(lambda: spans(stack, store) == Counter({**dict.fromkeys(range(100), 2), 100: 1}), ARRIVES_SECONDS)
    eventually(lambda: logs(stack, store)[100] == samples(stack, store)[100] == 1, ARRIVES_SECONDS)
    assert logs(stack, store) == samples(stack, store) == each_once(range(101))


def test_a_collector_that_is_killed_and_comes_back_is_waited_for(stack: Stack, tmp_path: Path) -> None:
    store = stored(tmp_path, recent(300))
    with begun(stack, store, "--rate", "100", "--patience", "90") as process:
        eventually(lambda: len(spans(stack, store)) > 0, 30)
        stack.collector.kill()
        time.sleep(1)
        stack.collector.start()
        assert process.wait(90) == 0
    wanted = set(range(300))
    eventually(lambda: set(spans(stack, store)) == wanted, ARRIVES_SECONDS)
    eventually(lambda: set(logs(stack, store)) == wanted, ARRIVES_SECONDS)
    eventually(lambda: set(samples(stack, store)) == wanted, ARRIVES_SECONDS)


def test_without_the_token_nothing_is_sent_and_the_variable_is_named(stack: Stack, tmp_path: Path) -> None:
    store = stored(tmp_path, recent(10))
    done = replayed(stack, store, token="wrong")
    assert done.exit_code == 1
    assert "HTTP 401" in done.stdout
    assert "OTEL_EXPORTER_OTLP_HEADERS" in done.stdout
    assert replayed(stack, store).exit_code == 0
    eventually(lambda: spans(stack, store) == each_once(range(10)), ARRIVES_SECONDS)


def test_a_line_larger_than_the_collector_takes_is_sent_in_parts(stack: Stack, tmp_path: Path) -> None:
    store = Store(tmp_path, unique("large"))
    encoder = LineEncoder({"service.name": store.service})
    padding: Attributes = {"padding": "x" * 16_000}
    records = [log_record(number, time_ns)._replace(attributes=padding) for number, time_ns in enumerate(recent(300))]
    write(store, "logs", [encoder.logs(records)])
    done = replayed(stack, store)
    assert done.exit_code == 0, done.output
    assert "logs    300 log records" in done.stdout
    eventually(lambda: logs(stack, store) == each_once(range(300)), ARRIVES_SECONDS)


def test_a_record_that_the_collector_cannot_read_is_set_aside_and_the_others_arrive(
    stack: Stack, tmp_path: Path
) -> None:
    store = Store(tmp_path, unique("bad"))
    encoder = LineEncoder({"service.name": store.service})
    line = encoder.spans([span(number, time_ns) for number, time_ns in enumerate(recent(30))])
    write(store, "traces", [line.replace(b'"%016x"' % 18, b'"no span id"')])
    done = replayed(stack, store)
    assert done.exit_code == 1
    assert "29 spans of 1 of 1 files sent, 1 refused" in done.stdout
    eventually(lambda: spans(stack, store) == each_once(set(range(30)) - {17}), ARRIVES_SECONDS)
