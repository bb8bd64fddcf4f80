"""``python -m bench.soak [--minutes 20] [--rate 200]``: a bot in a bad world, watched from outside.

Every other minute the receiver is away in another way (503, no answer, connection refused); the bot forks a worker
every 10 s and logs 30,000 lines at once every minute. Shown are the bot's memory and file descriptors over time, and
whether each record that was made came, or was counted as dropped. Ends with 1 where one is unaccounted for.
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.process import INSTRUMENT, ROOT, plain_environment
from bench.soak.receiver import HANGING, REFUSING, UNAVAILABLE, WELL, Receiver
from bench.soak.tally import Made, made
from bench.table import show
from otel_trading.doctor.measured import newest_points
from otel_trading.semconv import attributes, metrics
from otel_trading.telemetry.store.reader import StoreReader

if TYPE_CHECKING:
    from collections.abc import Iterator

MEBIBYTE = 1024 * 1024
_AWAY = (UNAVAILABLE, HANGING, REFUSING)
_SETTLE_SECONDS = 300.0


class Sample(NamedTuple):
    """What the bot's process had at a time: seconds since its start, bytes, file descriptors, threads."""

    at: float
    memory: int
    descriptors: int
    threads: int


class Soak(NamedTuple):
    """What a soak saw."""

    samples: list[Sample]
    made: Made
    taken: Made
    dropped: dict[tuple[str, str], int]
    repeated: int
    waiting: int
    """Bytes that wait on disk at the end."""
    told: list[str]
    """What the bot and its workers said of losses in their logs."""

    def dropped_of(self, signal: str) -> int:
        """Return how many records of a signal were counted as dropped."""
        return sum(records for (of, _), records in self.dropped.items() if of == signal)

    def lost(self) -> Made:
        """Return what is unaccounted for."""
        return Made(
            self.made.spans - self.taken.spans - self.dropped_of("traces"),
            self.made.logs - self.taken.logs - self.dropped_of("logs"),
        )


def soak(folder: Path, rate: float, seconds: float, *, period: float) -> Soak:
    """Run the bot for so many seconds; every other ``period`` the receiver is away."""
    counts, store = folder / "made", folder / "store"
    counts.mkdir()
    with Receiver() as receiver:
        environment = plain_environment() | {
            "OTEL_PYTHON_DISABLED_INSTRUMENTATIONS": "aiohttp-client,requests,sqlalchemy",
            "OTEL_SERVICE_NAME": "soak",
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url,
            "OTEL_METRICS_EXPORTER": "otel_trading",
            "OTEL_TRADING_STORE": str(store),
        }
        pace = (
            "--rate",
            str(rate),
            "--seconds",
            str(seconds),
            "--fork-every",
            str(period / 6),
            "--burst-every",
            str(period),
        )
        command = [INSTRUMENT, sys.executable, "-m", "bench.soak.bot", str(counts), *pace]
        with subprocess.Popen(command, cwd=ROOT, env=environment) as bot:  # noqa: S603 - our own bot
            samples = list(_watched(bot, receiver, period))
        if bot.returncode:
            raise RuntimeError(f"the bot ended with {bot.returncode}")
        receiver.become(WELL)
        waiting = _sent_later(environment, store, counts)
        told = (counts / "told.log").read_text().splitlines()
        return Soak(samples, made(counts), receiver.taken(), _dropped(store), receiver.repeated, waiting, told)


def _watched(bot: subprocess.Popen[bytes], receiver: Receiver, period: float) -> Iterator[Sample]:
    """Yield a sample each second, and have the receiver go and come."""
    start = time.monotonic()
    while bot.poll() is None:
        elapsed = time.monotonic() - start
        number = int(elapsed / period)
        condition = _AWAY[number // 2 % len(_AWAY)] if number % 2 else WELL
        if condition != receiver.condition:
            receiver.become(condition)
        time.sleep(1)
        with contextlib.suppress(OSError, KeyError):  # it has just ended
            yield _sample(bot.pid, elapsed)


def _sample(pid: int, elapsed: float) -> Sample:
    status = dict(line.partition(":")[::2] for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    descriptors = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    memory = int(status["VmRSS"].split()[0]) * 1024
    return Sample(elapsed, memory, descriptors, int(status["Threads"]))


def _sent_later(environment: dict[str, str], store: Path, counts: Path) -> int:
    """Start the service once more, which sends what its processes left on disk; return how many bytes are left."""
    waiting = store / "soak" / "spool"
    pace = ("--rate", "0.01", "--seconds", str(_SETTLE_SECONDS), "--fork-every", "inf", "--burst-every", "inf")
    command = [INSTRUMENT, sys.executable, "-m", "bench.soak.bot", str(counts), *pace]
    with subprocess.Popen(command, cwd=ROOT, env=environment) as again:  # noqa: S603 - our own process
        deadline = time.monotonic() + _SETTLE_SECONDS
        while any(path.is_file() for path in waiting.rglob("*")) and time.monotonic() < deadline:
            time.sleep(0.2)
        again.terminate()
    return sum(path.stat().st_size for path in waiting.rglob("*") if path.is_file())


def _dropped(store: Path) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for point in newest_points(StoreReader(store), 0):
        if point.metric == metrics.TRADING_TELEMETRY_DROPPED.name:
            signal = str(point.attributes[attributes.TRADING_TELEMETRY_SIGNAL])
            reason = str(point.attributes[attributes.TRADING_TELEMETRY_DROP_REASON])
            found[signal, reason] = found.get((signal, reason), 0) + int(point.value)
    return found


def report(found: Soak) -> None:
    """Print what grew and what was accounted for."""
    fifth = max(len(found.samples) // 5, 1)
    rows = []
    for number in range(5):
        part = found.samples[number * fifth : (number + 1) * fifth] or found.samples[-1:]
        rows.append(
            (
                f"{part[0].at / 60:5.1f} to {part[-1].at / 60:.1f} min",
                f"{max(each.memory for each in part) / MEBIBYTE:.0f}",
                f"{min(each.memory for each in part) / MEBIBYTE:.0f}",
                str(max(each.descriptors for each in part)),
                str(max(each.threads for each in part)),
            )
        )
    show("The bot's process", ("", "most MiB", "least MiB", "descriptors", "threads"), rows)
    lost = found.lost()
    rows = [
        (
            "spans",
            f"{found.made.spans:,}",
            f"{found.taken.spans:,}",
            f"{found.dropped_of('traces'):,}",
            str(lost.spans),
        ),
        (
            "log records",
            f"{found.made.logs:,}",
            f"{found.taken.logs:,}",
            f"{found.dropped_of('logs'):,}",
            str(lost.logs),
        ),
    ]
    show("\nWhat became of each record", ("", "made", "received", "counted as dropped", "unaccounted"), rows)
    print(f"{found.repeated:,} came more than once, {found.waiting:,} bytes wait on disk")
    for (signal, reason), records in found.dropped.items():
        print(f"  dropped: {records:,} {signal}, {reason}")
    for line in dict.fromkeys(found.told):
        print(f"  told: {line}")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--period", type=float, default=60, help="seconds that the receiver is well, and then away")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="otel-trading-bench-") as folder:
        found = soak(Path(folder), options.rate, options.minutes * 60, period=options.period)
    report(found)
    sys.exit(any(found.lost()))


if __name__ == "__main__":
    main()
