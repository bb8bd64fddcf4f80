"""Every command of every runbook that can be run here, run as it is written, after a night of bots and faults."""

from __future__ import annotations

import re
import sys
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.endtoend.bots import eventually
from tests.stack.harness.grafana import received
from tests.stack.harness.promises import PROMISES
from tests.stack.harness.runbooks import AWAY, EXCUSED, named, run_all, runnable

if TYPE_CHECKING:
    from tests.stack.harness.night.demo import Night
    from tests.stack.harness.runbooks import Ran
    from tests.stack.harness.stack import Stack

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.alone,
    pytest.mark.skipif(sys.version_info < (3, 11), reason="the night is that of the dashboards, whose SDK needs 3.11"),
]

WELL = re.compile(
    r"the newest \d+ are shown; -n 0 shows all"
    r"|wrote .*"
    r"|(traces|logs|metrics): [\d,]+ .* sent, .*"  # a replay's progress, on a slow machine
)
"""What commands that work say on stderr, line by line."""


@pytest.fixture(scope="module")
def ran(night: tuple[Stack, Night], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """What became of each command."""
    stack, told = night
    assert not _arrived(stack), "a replay would bring nothing new"
    return run_all(stack, told, tmp_path_factory.mktemp("desk"))


def _arrived(stack: Stack) -> int:
    """Count the spans that came from the bot whose traces found no receiver."""
    return sum(span.resource.get("service.name") == AWAY for span in received(stack))


@pytest.mark.parametrize("command", runnable())
def test_a_command_ends_as_it_should_and_complains_of_nothing(command: str, ran: dict[str, Ran]) -> None:
    done = ran[command]
    assert [line for line in done.stderr.splitlines() if not WELL.fullmatch(line)] == []
    assert done.code == PROMISES[command].code, done.stdout


@pytest.mark.parametrize("command", runnable())
def test_a_command_shows_what_its_page_promises(command: str, ran: dict[str, Ran]) -> None:
    promise, done = PROMISES[command], ran[command]
    assert [text for text in promise.there if not re.search(text, done.stdout)] == []
    assert [row for row in done.rows if not re.search(promise.each, row)] == []
    assert len(done.rows) in promise.rows


def test_a_list_of_what_is_open_has_every_order_that_nobody_knows_of(ran: dict[str, Ran]) -> None:
    unknown = ran["otel-trading orders --status no_answer --since 1h --from stack"].rows
    assert set(map(_id, unknown)) <= set(map(_id, ran["otel-trading orders --status open --limit 0 --from stack"].rows))


def _id(row: str) -> str:
    return row.rsplit(maxsplit=1)[-1]


def test_a_replay_brings_what_had_found_no_receiver(night: tuple[Stack, Night], ran: dict[str, Ran]) -> None:
    found = re.search(r"([\d,]+) spans of", ran["otel-trading replay --since 1h"].stdout)
    assert found
    eventually(lambda: _arrived(night[0]) >= int(found[1].replace(",", "")))


def test_the_doctor_s_bundle_can_be_sent_with_a_report(ran: dict[str, Ran]) -> None:
    with zipfile.ZipFile(ran["otel-trading doctor --bundle report.zip"].folder / "report.zip") as bundle:
        assert bundle.testzip() is None
        assert "spool_full" in bundle.read("findings.json").decode()


def test_a_new_folder_of_the_stack_has_the_thresholds(ran: dict[str, Ran]) -> None:
    assert (ran["otel-trading init"].folder / "prometheus" / "rules" / "thresholds.yml").is_file()


def test_every_command_promises_something() -> None:
    assert set(PROMISES) == set(runnable())


def test_no_program_is_excused_that_no_runbook_names() -> None:
    assert set(EXCUSED) <= {command.partition(" ")[0] for command in named()}
