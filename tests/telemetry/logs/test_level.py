from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from otel_trading.telemetry.logs import level

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    found = logging.getLogger()
    before = found.level
    found.setLevel(logging.WARNING)
    yield found
    level.restore()
    found.setLevel(before)


def test_a_level_that_nobody_chose_is_lowered(root: logging.Logger) -> None:
    child = logging.getLogger("bot.lowered")
    assert not child.isEnabledFor(logging.INFO)
    level.lower(logging.INFO)
    assert child.isEnabledFor(logging.INFO)
    assert not child.isEnabledFor(logging.DEBUG)
    assert (root.level, str(root.level), logging.getLevelName(root.level)) == (20, "20", "INFO")


@pytest.mark.parametrize("chosen", [logging.DEBUG, logging.ERROR, logging.NOTSET])
def test_a_level_that_was_chosen_stands(root: logging.Logger, chosen: int) -> None:
    root.setLevel(chosen)
    level.lower(logging.INFO)
    level.restore()
    assert root.level == chosen


def test_a_level_chosen_later_is_the_bots_and_stays(root: logging.Logger) -> None:
    level.lower(logging.INFO)
    root.setLevel(logging.INFO)
    level.restore()
    assert (root.level, type(root.level)) == (logging.INFO, int)


def test_warning_is_put_back(root: logging.Logger) -> None:
    level.lower(logging.INFO)
    level.restore()
    assert (root.level, type(root.level)) == (logging.WARNING, int)
    assert not logging.getLogger("bot.lowered").isEnabledFor(logging.INFO)


def test_warning_is_put_back_where_a_bot_copied_the_level_too(root: logging.Logger) -> None:
    child = logging.getLogger("bot.copied")
    level.lower(logging.INFO)
    child.setLevel(root.level)
    level.restore()
    found = child.level
    child.setLevel(logging.NOTSET)
    assert found == logging.WARNING


def test_everything_can_be_captured(root: logging.Logger) -> None:
    level.lower(logging.NOTSET)
    assert logging.getLogger("bot.lowered").isEnabledFor(1)
    assert isinstance(root.getChild("any").getEffectiveLevel(), level.Lowered)


def test_a_level_of_capture_above_warning_changes_nothing(root: logging.Logger) -> None:
    level.lower(logging.ERROR)
    assert type(root.level) is int


def test_a_lowered_root_follows_logging_disable(root: logging.Logger) -> None:
    level.lower(logging.INFO)
    logging.disable(logging.INFO)
    enabled = root.isEnabledFor(logging.INFO)
    logging.disable(logging.NOTSET)
    assert not enabled
