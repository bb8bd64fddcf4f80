"""Every snippet of the documentation runs, and every command it shows exists as shown."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from otel_trading.cli import main
from otel_trading.telemetry.store import StoreReader
from tests.testing.suites import run

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TEST = re.compile(r"^\s*(?:async )?def test_", re.MULTILINE)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for number, match in enumerate(_BLOCK.finditer(page.read_text(encoding="utf-8"))):
            if match[1] == language:
                yield f"{page.relative_to(ROOT)}#{number}", match[2]


def commands(program: str) -> Iterator[tuple[str, list[str]]]:
    for place, block in blocks("console"):
        for line in block.splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if line.startswith("$ ") and words[0] == program:
                yield f"{place}: {line}", words[1:]


def given(cases: Iterator[tuple[str, object]]) -> list[object]:
    return [pytest.param(case, id=place) for place, case in cases]


def snippets(*, tests: bool) -> Iterator[tuple[str, str]]:
    """Yield the Python snippets that define tests, or those that do not."""
    return (found for found in blocks("python") if bool(_TEST.search(found[1])) == tests)


@pytest.mark.parametrize("suite", given(snippets(tests=True)))
def test_a_snippet_with_tests_passes_under_pytest(suite: str, tmp_path: Path) -> None:
    done = run(tmp_path, suite)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("snippet", given(snippets(tests=False)))
def test_a_python_snippet_runs_under_opentelemetry_instrument(snippet: str, tmp_path: Path) -> None:
    script = tmp_path / "snippet.py"
    script.write_text(snippet, encoding="utf-8")
    instrument = Path(sys.executable).with_name("opentelemetry-instrument")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [instrument, sys.executable, script],
        env=kept | {"OTEL_TRADING_STORE": str(tmp_path / "store")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    reader = StoreReader(tmp_path / "store")
    if "submitted()" in snippet:
        assert [log.record.event_name for log in reader.logs() if log.record.event_name.endswith(".submitted")]


@pytest.mark.parametrize("words", given(commands("otel-trading")))
def test_an_otel_trading_command_is_one_that_there_is(words: list[str]) -> None:
    group = click.Context(main)
    name, command, rest = main.resolve_command(group, list(words))
    assert command is not None
    command.make_context(name, rest, parent=group)  # raises where an option or argument is wrong


@pytest.mark.parametrize("words", given(commands("make")))
def test_a_make_target_is_one_that_there_is(words: list[str]) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert words[0] in targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_link_to_a_file_leads_somewhere(page: Path) -> None:
    found = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in found if not (page.parent / link).exists()] == []
