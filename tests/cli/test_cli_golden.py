"""Whole stories as they are printed, compared with files.

OTEL_TRADING_GOLDEN=write writes the files anew; look at the difference before it is kept.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.shell import keep, run
from tests.story import scenes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.story.tape import Tape

GOLDEN = Path(__file__).parent / "golden"
STORIES: list[tuple[Callable[[], Tape], str]] = [
    (scenes.filled_in_two, "cl-7f3a-0001"),
    (scenes.canceled_after_part, "cl-2"),
    (scenes.rejected, "cl-3"),
    (scenes.unanswered, "cl-4"),
    (scenes.amended, "385"),
    (scenes.without_client_id, "286"),
    (scenes.three_in_one_trace, "282"),
    (scenes.batch, "292"),
]


def compare(name: str, output: str) -> None:
    file = GOLDEN / name
    if os.environ.get("OTEL_TRADING_GOLDEN") == "write":
        file.write_text(output, encoding="utf-8")
    assert output == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [104, 60])
@pytest.mark.parametrize(("scene", "order_id"), STORIES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_story_is_printed_as_agreed(scene: Callable[[], Tape], order_id: str, width: int, tmp_path: Path) -> None:
    keep(tmp_path, scene())
    result = run("order", order_id, "--store", tmp_path, "--width", str(width))
    assert result.exit_code == 0, result.output
    compare(f"{scene.__name__}_{width}.txt", result.stdout)
    assert max(map(len, result.stdout.splitlines())) <= width


@pytest.mark.parametrize("width", [150, 80])
def test_a_list_of_orders_is_printed_as_agreed(width: int, tmp_path: Path) -> None:
    keep(tmp_path, scenes.everything())
    result = run("orders", "--store", tmp_path, "--width", str(width))
    compare(f"orders_{width}.txt", result.stdout)
    assert max(map(len, result.stdout.splitlines())) <= width


def test_log_lines_in_a_pipe_are_printed_as_agreed(tmp_path: Path) -> None:
    keep(tmp_path, scenes.everything())
    result = run("logs", "--store", tmp_path)
    compare("logs.txt", result.stdout)
