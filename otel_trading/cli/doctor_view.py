"""The doctor's findings on a terminal: the worst first, one line each where nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from otel_trading.cli.screen import styled
from otel_trading.doctor.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from otel_trading.doctor.finding import Finding

_STYLES = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "working", Severity.OK: "good"}
_WORD = max(len(severity.word) for severity in Severity)


def doctor_view(findings: Sequence[Finding], *, everything: bool = False) -> RenderableType:
    """Return findings, sorted by severity, as they are shown; with ``everything`` what is well has evidence too."""
    parts: list[RenderableType] = []
    for found in findings:
        told = found.severity > Severity.OK or everything
        parts.append(_line(found))
        if told:
            parts += [Padding(styled(each, "quiet"), (0, 0, 0, _WORD + 2)) for each in found.evidence]
            if found.remedy:
                parts.append(Padding(Text.assemble(("→ ", "quiet"), styled(found.remedy)), (0, 0, 0, _WORD + 2)))
            parts += [""] if found.evidence or found.remedy else []
    return Group(*parts, *([""] if parts and parts[-1] != "" else []), _sum(findings))


def _line(found: Finding) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(width=_WORD, no_wrap=True)
    table.add_column(ratio=1)
    table.add_column(justify="right", no_wrap=True)
    tone = "quiet" if found.severity is Severity.OK else "title"
    code = Text("") if found.severity is Severity.OK else styled(found.code, "quiet")
    table.add_row(Text(found.severity.word, style=_STYLES[found.severity]), styled(found.title, tone), code)
    return table


def _sum(findings: Sequence[Finding]) -> Text:
    counts = [(severity, sum(each.severity is severity for each in findings)) for severity in Severity]
    bad = [(severity, count) for severity, count in reversed(counts) if count and severity > Severity.NOTE]
    if not bad:
        return Text("Healthy.", style="good")
    words = [Text(f"{count} {severity.word}{'s' * (count > 1)}", style=_STYLES[severity]) for severity, count in bad]
    return Text.assemble(Text(", ").join(words), ". What a code means: docs/doctor.md.")
