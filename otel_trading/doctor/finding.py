"""What the doctor finds: a stable code, how bad it is, how one knows, and what to do."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Severity(IntEnum):
    """How bad a finding is. ``NOTE`` needs no action, ``WARNING`` loses something, ``ERROR`` nearly everything."""

    OK = 0
    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The severity as it is written in JSON."""
        return self.name.lower()


class Finding(NamedTuple):
    """One thing the doctor found.

    ``code`` never changes its meaning; that of a check which found nothing wrong is the check's own name.
    ``title`` is one line, ``evidence`` is what was seen, ``remedy`` is what to do (empty where nothing is).
    """

    code: str
    severity: Severity
    title: str
    evidence: tuple[str, ...] = ()
    remedy: str = ""


def fine(code: str, title: str, *evidence: str) -> Finding:
    """Return a finding that nothing is wrong."""
    return Finding(code, Severity.OK, title, evidence)


def note(code: str, title: str, *evidence: str, remedy: str = "") -> Finding:
    """Return a finding that needs no action."""
    return Finding(code, Severity.NOTE, title, evidence, remedy)


def warning(code: str, title: str, *evidence: str, remedy: str) -> Finding:
    """Return a finding by which some telemetry is lost or wrong."""
    return Finding(code, Severity.WARNING, title, evidence, remedy)


def error(code: str, title: str, *evidence: str, remedy: str) -> Finding:
    """Return a finding by which a signal, or all telemetry, is lost."""
    return Finding(code, Severity.ERROR, title, evidence, remedy)


def worst(findings: list[Finding]) -> Severity:
    """Return the worst severity among ``findings``."""
    return max((found.severity for found in findings), default=Severity.OK)
