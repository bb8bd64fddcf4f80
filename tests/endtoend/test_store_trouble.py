"""A store that can't be written or read stops no bot; what is wrong and what to do is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.endtoend.programs import ONLY_LOGS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.endtoend.bots import Bots

NO_ROOM = (
    "import resource, signal\n"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n" + ONLY_LOGS  # every file is full from the first byte
)

LOST = "records of logs lost so far (store_unwritable)"


def test_a_store_below_a_regular_file_is_told_and_the_bot_runs_on(bots: Bots, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    without, ended = bots.run_both(ONLY_LOGS, {"OTEL_TRADING_STORE": str(tmp_path / "file" / "store")})

    assert (ended.returncode, ended.stdout) == (0, without.stdout)
    assert ended.stderr.startswith(without.stderr)
    told = ended.stderr.removeprefix(without.stderr)
    assert told.count(LOST) == 1
    assert str(tmp_path / "file" / "store") in told
    assert "set OTEL_TRADING_STORE to a folder that can be written" in told
    assert "Traceback" not in told


def test_a_full_store_is_told_and_the_bot_runs_on(bots: Bots) -> None:
    # The measuring of test coverage wants to write files too.
    without, ended = bots.run_both(NO_ROOM, {"COVERAGE_PROCESS_CONFIG": None, "COVERAGE_PROCESS_START": None})

    assert (ended.returncode, ended.stdout) == (0, without.stdout)
    assert ended.stderr.startswith(without.stderr)
    told = ended.stderr.removeprefix(without.stderr)
    assert told.count(LOST) == 1
    assert "ulimit -f" in told
    assert "Traceback" not in told
    assert ended.store.bodies() == []


def test_corrupt_files_in_the_store_are_told_by_the_reader_and_disturb_no_bot(bots: Bots) -> None:
    bots.run(ONLY_LOGS)
    (folder,) = bots.store.folder.iterdir()
    (kept,) = folder.glob("logs-*.jsonl")
    kept.write_bytes(b"\x00garbage\xff\n" + kept.read_bytes() + b"{not json\n")

    without, ended = bots.run_both(ONLY_LOGS)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, without.stdout, without.stderr)
    assert ended.store.bodies() == ["hello", "hello"]
    result = ended.store.command("logs")
    assert result.exit_code == 0
    assert "garbage" in result.stderr
