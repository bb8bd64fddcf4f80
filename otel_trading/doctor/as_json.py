"""Findings for machines: names and codes are stable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from otel_trading.doctor.finding import Severity, worst
from otel_trading.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from otel_trading.doctor.finding import Finding


def report_object(findings: Iterable[Finding]) -> dict[str, Any]:
    """Return all findings as one JSON object. ``healthy`` is true where there is no warning and no error."""
    found = list(findings)
    severity = worst(found)
    return {
        "version": __version__,
        "healthy": severity < Severity.WARNING,
        "worst": severity.word,
        "findings": [
            {
                "code": each.code,
                "severity": each.severity.word,
                "title": each.title,
                "evidence": list(each.evidence),
                "remedy": each.remedy,
            }
            for each in found
        ],
    }
