"""Every rule fires when it should, says of what, and resolves; judged by promtool, from the very table of rules."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from alerts.table import RULES
from tests.alerts import trials_of_bots, trials_of_the_stack
from tests.alerts.promtool import rule_file, run
from tests.alerts.trials_of_bots import AGAIN, STILL
from tests.stack.harness.built import built

if TYPE_CHECKING:
    from pathlib import Path

TRIALS = trials_of_bots.TRIALS | trials_of_the_stack.TRIALS
BY_UID = {rule.uid: rule for rule in RULES}
OF_METRICS = [rule.uid for rule in RULES if rule.store == "prometheus"]


@pytest.mark.parametrize("uid", OF_METRICS)
def test_a_rule_fires_with_its_labels_and_resolves(uid: str, tmp_path: Path) -> None:
    done = run(tmp_path, BY_UID[uid], TRIALS[uid])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("uid", AGAIN)
def test_a_rule_fires_for_its_second_reason_too(uid: str, tmp_path: Path) -> None:
    done = run(tmp_path, BY_UID[uid], AGAIN[uid])
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("uid", STILL)
def test_a_rule_keeps_still_where_its_cause_speaks_or_nothing_is_wrong(uid: str, tmp_path: Path) -> None:
    done = run(tmp_path, BY_UID[uid], STILL[uid])
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_the_dead_man_never_resolves() -> None:
    assert [uid for uid, trial in TRIALS.items() if trial.quiet is None] == ["dead-man"]
    assert [uid for uid, trial in TRIALS.items() if trial.fires is None] == []


def test_there_is_no_trial_of_a_rule_that_there_is_not() -> None:
    assert set(TRIALS) == set(OF_METRICS)
    assert {*STILL, *AGAIN} <= set(OF_METRICS)


def test_a_rule_that_never_fires_would_be_found(tmp_path: Path) -> None:
    other = BY_UID["leverage-high"]
    done = run(tmp_path, other, TRIALS["clock-offset"])
    assert done.returncode == 1
    assert "FAILED" in done.stdout + done.stderr


def test_promtool_reads_every_query_without_a_remark(tmp_path: Path) -> None:
    file = rule_file(tmp_path, [BY_UID[uid] for uid in OF_METRICS])
    done = subprocess.run([built("promtool"), "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
