"""Test suites of users, each run by a pytest of its own that finds the plugin as any does: by its entry point."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

INI = """\
[pytest]
filterwarnings =
    error
    ignore:enable_cleanup_closed ignored:DeprecationWarning
asyncio_default_fixture_loop_scope = function
"""


def run(
    folder: Path, suite: str, *arguments: str, conftest: str = "", instrument: bool = False, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run a suite of one file, under ``opentelemetry-instrument`` where asked, with no OTEL setting but ``environ``."""
    (folder / "pytest.ini").write_text(INI, encoding="utf-8")
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    (folder / "test_suite.py").write_text(suite, encoding="utf-8")
    program = [str(Path(sys.executable).with_name("opentelemetry-instrument"))] if instrument else []
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "PYTEST_"))}
    return subprocess.run(
        [*program, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def outcome(done: subprocess.CompletedProcess[str]) -> str:
    """Return pytest's last line, without the time: ``2 passed, 1 error``."""
    lines = done.stdout.strip().splitlines()
    return lines[-1].rpartition(" in ")[0] if lines else done.stderr


def passed(done: subprocess.CompletedProcess[str], tests: int) -> None:
    """Assert that a suite passed as a whole; else show what it printed."""
    assert outcome(done) == f"{tests} passed", done.stdout + done.stderr
