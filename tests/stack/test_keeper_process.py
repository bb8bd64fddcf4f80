"""The keeper as the program that its container runs: settings, files, health, metrics, and its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml

from keeper.settings import SettingError, read
from tests.endtoend.bots import eventually
from tests.stack.harness.ports import free_port
from tests.stack.harness.process import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAM = Path(__file__).resolve().parents[2] / "keeper" / "keeper.py"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    for folder in ("loki", "tempo", "told", "queue"):
        (tmp_path / folder).mkdir()
    return {
        "LOKI_DATA": str(tmp_path / "loki"),
        "LOKI_RUNTIME": str(tmp_path / "told" / "loki.yaml"),
        "LOKI_MAX_BYTES": "1GB",
        "TEMPO_DATA": str(tmp_path / "tempo"),
        "TEMPO_RUNTIME": str(tmp_path / "told" / "tempo.yaml"),
        "TEMPO_MAX_BYTES": "1073741824",
        "COLLECTOR_STORAGE": str(tmp_path / "queue"),
        "KEEPER_HTTP": f"127.0.0.1:{free_port()}",
        "KEEPER_INTERVAL": "1s",
    }


@pytest.fixture
def keeper(environment: dict[str, str], tmp_path: Path) -> Iterator[Process]:
    health = f"http://{environment['KEEPER_HTTP']}/health"
    process = Process("keeper", [sys.executable, str(PROGRAM)], environment, log=tmp_path / "keeper.log", ready=health)
    process.start()
    yield process
    process.stop()


def check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(PROGRAM), "--check"], env=environment, capture_output=True, text=True, check=False
    )


def until(said: str, keeper: Process, seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while said not in keeper.said():
        assert time.monotonic() < end, f"never said: {said}\n{keeper.said()}"
        time.sleep(0.1)


def told(environment: dict[str, str], store: str) -> Any:
    return yaml.safe_load(Path(environment[f"{store}_RUNTIME"]).read_text())["overrides"]


@pytest.mark.usefixtures("keeper")
def test_both_files_are_there_when_it_is_healthy(environment: dict[str, str]) -> None:
    assert told(environment, "LOKI")["fake"]["retention_period"] == "720h"
    assert told(environment, "TEMPO")["single-tenant"]["compaction"] == {"block_retention": "720h"}


@pytest.mark.usefixtures("keeper")
def test_its_files_can_be_read_by_any_user(environment: dict[str, str]) -> None:
    for store in ("LOKI", "TEMPO"):
        assert Path(environment[f"{store}_RUNTIME"]).stat().st_mode & 0o777 == 0o644


def test_sigterm_ends_it_at_once(keeper: Process) -> None:
    began = time.monotonic()
    os.kill(keeper.pid, signal.SIGTERM)

    assert keeper.wait(5) == 0
    assert time.monotonic() - began < 2


def test_the_check_for_docker_agrees_with_its_health(
    keeper: Process, environment: dict[str, str], tmp_path: Path
) -> None:
    assert check(environment).returncode == 0

    (tmp_path / "tempo").rename(tmp_path / "away")
    (tmp_path / "tempo").touch()
    until("round failed", keeper)
    environment["TEMPO_DATA"] = str(tmp_path / "away")  # the check's own settings are right
    done = check(environment)

    assert done.returncode == 1
    assert "loki: ok" in done.stdout
    assert f"tempo: Not a directory: {tmp_path / 'tempo'}" in done.stdout


def test_the_check_says_when_no_keeper_answers(environment: dict[str, str]) -> None:
    done = check(environment)

    assert done.returncode == 1
    assert "the keeper does not answer" in done.stdout


def test_a_folder_that_cannot_be_read_later_costs_nothing_but_rounds(
    keeper: Process, environment: dict[str, str], tmp_path: Path
) -> None:
    before = told(environment, "LOKI")
    (tmp_path / "loki").rmdir()
    until('msg="round failed, the last override stays" store=loki', keeper)
    time.sleep(2.5)

    assert keeper.alive
    assert told(environment, "LOKI") == before
    assert keeper.said().count("round failed") == 1, "one line for a trouble that lasts"

    (tmp_path / "loki").mkdir()
    until('msg="works again" store=loki', keeper)


def test_a_file_that_somebody_removed_is_written_again(keeper: Process, environment: dict[str, str]) -> None:
    file = Path(environment["LOKI_RUNTIME"])
    file.unlink()
    eventually(file.exists, 15)

    assert keeper.alive
    assert told(environment, "LOKI")["fake"]["retention_period"] == "720h"


def test_a_damaged_queue_is_put_aside_told_and_counted(
    keeper: Process, environment: dict[str, str], tmp_path: Path
) -> None:
    queue = tmp_path / "queue" / "exporter_otlp_http_loki_logs"
    queue.write_bytes(b"no database" * 1000)
    until("a queue of the Collector was damaged and is put aside", keeper)

    assert not queue.exists()
    assert [path.name for path in queue.parent.glob(f"{queue.name}.*.backup")]
    metrics = requests.get(f"http://{environment['KEEPER_HTTP']}/metrics", timeout=5).text
    assert "keeper_queues_put_aside_total 1\n" in metrics


def test_a_limit_beyond_the_disk_is_told(environment: dict[str, str], tmp_path: Path) -> None:
    environment["LOKI_MAX_BYTES"] = "900TB"
    process = Process(
        "keeper",
        [sys.executable, str(PROGRAM)],
        environment,
        log=tmp_path / "keeper.log",
        ready=f"http://{environment['KEEPER_HTTP']}/health",
    )
    process.start()
    try:
        until('level=warn msg="the disk is smaller than the limit: lower the limit"', process)
    finally:
        process.stop()


@pytest.mark.usefixtures("keeper")
def test_its_metrics_say_what_it_knows(environment: dict[str, str]) -> None:
    text = requests.get(f"http://{environment['KEEPER_HTTP']}/metrics", timeout=5).text
    found = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))

    assert found['keeper_store_limit_bytes{store="loki"}'] == "1073741824.0"
    assert found['keeper_store_retention_seconds{store="tempo"}'] == "2592000.0"
    assert float(found['keeper_last_success_timestamp_seconds{store="loki"}']) == pytest.approx(time.time(), abs=10)
    for name in (
        "used_bytes",
        "free_bytes",
        "retention_set_seconds",
        "oldest_seconds",
        "pace_bytes_per_second",
        "short",
        "refusing",
    ):
        assert float(found[f'keeper_store_{name}{{store="loki"}}']) >= 0
    assert float(found['keeper_failures_total{store="loki"}']) == 0


@pytest.mark.usefixtures("keeper")
def test_there_is_nothing_else_to_ask_for(environment: dict[str, str]) -> None:
    assert requests.get(f"http://{environment['KEEPER_HTTP']}/", timeout=5).status_code == 404


WRONG = {
    "LOKI_MAX_BYTES": {"": "is not set", "ten": "is not a size", "-5": "is not a size", "10": "less than 256MB"},
    "TEMPO_MAX_BYTES": {"1.5GB": "is not a size", "10gb": "is not a size"},
    "LOKI_RETENTION": {"30d": "hours, minutes or seconds", "0h": "above zero", "30m": "shorter than KEEPER_FLOOR"},
    "TEMPO_RETENTION": {"-1h": "hours, minutes or seconds", "720": "hours, minutes or seconds"},
    "KEEPER_INTERVAL": {"fast": "hours, minutes or seconds"},
    "KEEPER_FLOOR": {"1000h": "LOKI_RETENTION is 2592000 s, shorter than KEEPER_FLOOR (3600000 s)"},
    "KEEPER_HTTP": {"9108": "write host:port", "0.0.0.0:99999": "write host:port"},
    "LOKI_DATA": {"/nowhere/at/all": "mount loki's volume there"},
    "TEMPO_DATA": {"/dev/null": "mount tempo's volume there"},
    "TEMPO_RUNTIME": {"/nowhere/tempo.yaml": "mount a volume at /nowhere"},
}


@pytest.mark.parametrize(
    ("name", "value", "said"), [(name, value, said) for name, cases in WRONG.items() for value, said in cases.items()]
)
def test_a_wrong_setting_is_named_with_its_remedy(
    environment: dict[str, str], name: str, value: str, said: str
) -> None:
    with pytest.raises(SettingError) as raised:
        read({**environment, name: value})

    assert said in str(raised.value)
    assert name in str(raised.value)


@pytest.mark.parametrize(
    ("text", "size"), [("10GB", 10 * 2**30), ("500MB", 500 * 2**20), ("5000000000", 5_000_000_000), ("2 TB", 2 * 2**40)]
)
def test_sizes_are_read_as_prometheus_reads_them(environment: dict[str, str], text: str, size: int) -> None:
    loki, _ = read({**environment, "LOKI_MAX_BYTES": text}).stores

    assert loki.limit == size


def test_a_wrong_setting_ends_the_program_with_one_line(environment: dict[str, str]) -> None:
    environment["LOKI_RETENTION"] = "30d"
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], env=environment, capture_output=True, text=True, check=False, timeout=20
    )

    assert done.returncode == 2
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert 'level=error msg="LOKI_RETENTION=30d is not a duration' in done.stdout


@pytest.mark.usefixtures("keeper")
def test_a_port_that_is_taken_is_told(environment: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM)], env=environment, capture_output=True, text=True, check=False, timeout=20
    )

    assert done.returncode == 2
    assert "KEEPER_HTTP=127.0.0.1" in done.stdout
    assert "choose another port" in done.stdout
