"""The benchmark of the stack runs; what it finds is no test's affair."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bench import stack

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_the_servers_take_for_a_load_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stack.report(*stack.measure(tmp_path, 50, 3), 50)
    printed = capsys.readouterr().out
    assert "150 orders (1,500 records)" in printed
    for name in ("collector", "loki", "prometheus"):
        assert re.search(rf"^{name} +\d+\.\d\d cores  \d+\.\d\d x the Collector .* MiB of \d+$", printed, re.MULTILINE)
