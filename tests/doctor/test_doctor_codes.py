"""Codes are stable names: each one is documented, and produced by a test of this folder."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from otel_trading.doctor import CHECKS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")
TESTS = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
CHECKED = {*CHECKS, "bot"}


def codes() -> Iterator[str]:
    """Yield the code of every finding that the source can make."""
    for path in (ROOT / "otel_trading" / "doctor").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.id if isinstance(node.func, ast.Name) else ""
                code = str(node.args[0].value)
                if name == "Explained" and code:
                    yield f"receiver.{code}"
                elif code.partition(".")[0] in CHECKED and "." in code and name in MAKERS:
                    yield code


MAKERS = {"note", "warning", "error", "make"}
CODES = sorted(set(codes()))


def test_the_codes_are_found_in_the_source() -> None:
    assert {"receiver.refused", "bot.forked_early", "store.unwritable", "logging.level"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_documented(code: str) -> None:
    assert f"| `{code}` |" in PAGE


def test_no_code_is_documented_that_there_is_not() -> None:
    documented = {line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")}
    assert documented - set(CODES) == set()


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_produced_by_a_test(code: str) -> None:
    part = code.partition(".")[2]
    assert f'"{code}"' in TESTS or f'"{part}"' in TESTS
