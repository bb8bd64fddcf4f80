"""What was seen of a bot: the reports of its processes, how it ended, and processes that wrote no report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class Stray(NamedTuple):
    """A Python process of the bot without a report. ``forked`` tells a fork from a new interpreter."""

    pid: int
    command: str
    forked: bool


class Seen(NamedTuple):
    """One run of a bot. ``exit_code`` is None where it had to be killed; ``wrapped`` where the launcher was added."""

    seconds: float
    wrapped: bool
    ended_itself: bool
    exit_code: int | None
    lines: list[str]
    reports: list[dict[str, Any]]
    strays: list[Stray]


def read_reports(folder: Path) -> list[dict[str, Any]]:
    """Return the reports in a folder, those of the processes that were configured themselves first."""
    reports = []
    for path in sorted(folder.glob("*.json")):
        try:
            report = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        reports.append(report)
    return sorted(reports, key=lambda each: (each["configured_in"] != each["pid"], each["pid"]))
