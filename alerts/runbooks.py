"""A page for each rule: as Markdown in ``docs/runbooks/``, and as HTML that Grafana itself serves.

A link in a message has to lead somewhere on a bad night: to the very Grafana that sent it.
"""

from __future__ import annotations

import html
import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from alerts.promql import limit
from alerts.provisioning import panel_id
from alerts.table import GROUPS
from alerts.thresholds import VALUES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alerts.rule import Rule

MARK: Final = "Generated from alerts/table/ by `python -m alerts`: change that, not this file."
_CODE: Final = re.compile(r"`([^`]+)`")

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:1.5rem auto;padding:0 1rem;color:#ccccdc;"
    "background:#111217}h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:1.6rem}a{color:#6e9fff}pre,code{"
    "font:14px/1.45 ui-monospace,monospace;background:#22252b;border-radius:4px}code{padding:0 .25em}pre{padding:"
    ".6rem;overflow-x:auto;white-space:pre-wrap;word-break:break-word}.labels{color:#9a9aa8}"
)


def question(rule: Rule) -> str:
    """Return the whole condition in words of the query language."""
    right = limit(rule.threshold) if isinstance(rule.threshold, str) else f"{rule.threshold:g}"
    return f"{rule.expr}\n  {rule.comparison} {right}"


def _facts(rule: Rule) -> str:
    return f"{rule.severity.value} · {rule.owner.value} · fires after {rule.pending}"


def _threshold(rule: Rule) -> str:
    if not isinstance(rule.threshold, str):
        return "There is nothing to tune."
    value = f"{VALUES[rule.threshold]:.12g}"
    return f"The threshold is `{rule.threshold}` ({value}) in `prometheus/rules/thresholds.yml`."


def _parts(rule: Rule) -> Iterator[tuple[bool, list[str]]]:
    """Yield the steps, commands that follow each other together; with whether they are commands."""
    for command, steps in groupby(rule.steps, key=lambda step: step.startswith("$ ")):
        yield command, list(steps)


def markdown(rule: Rule) -> str:
    """Return the page for people who read the repository."""
    lines = [
        f"<!-- {MARK} -->",
        "",
        f"# {rule.title}",
        "",
        f"`{rule.uid}` · {_facts(rule)}",
        "",
        "## What it means",
        "",
        rule.means,
        "",
        "## What to look at",
        "",
        f"The panel *{rule.panel}* of the dashboard `{rule.board_uid}`; the message leads to it. {_threshold(rule)}",
        "",
        "## What to do",
        "",
    ]
    for command, steps in _parts(rule):
        lines += ["```console", *steps, "```", ""] if command else [line for step in steps for line in (step, "")]
    lines += ["## The rule", "", f"```{'logql' if rule.store == 'loki' else 'promql'}", question(rule), "```", ""]
    lines += [f"Where it finds nothing: {rule.no_data.value}. {rule.no_data_reason}", ""]
    lines += [f"Where its query fails: {rule.exec_err.value}. {rule.exec_err_reason}", ""]
    return "\n".join(lines)


def page(rule: Rule) -> str:
    """Return the page for whoever follows the link of a message."""
    panel = panel_id(rule)
    board = f"/d/{rule.board_uid}" + (f"?viewPanel={panel}" if panel is not None else "")
    body = [
        f"<h1>{_html(rule.title)}</h1>",
        f'<p class="labels"><code>{rule.uid}</code> · {_facts(rule)}</p>',
        "<h2>What it means</h2>",
        f"<p>{_html(rule.means)}</p>",
        "<h2>What to look at</h2>",
        f'<p><a href="../..{board}">{_html(rule.panel)}</a>. {_html(_threshold(rule))}</p>',
        "<h2>What to do</h2>",
    ]
    for command, steps in _parts(rule):
        body += [_shell(steps)] if command else [f"<p>{_html(step)}</p>" for step in steps]
    body += ["<h2>The rule</h2>", f"<pre>{html.escape(question(rule))}</pre>"]
    return (
        f'<!doctype html>\n<!-- {MARK} -->\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport"'
        f' content="width=device-width, initial-scale=1"><title>{_html(rule.title)}</title><style>{_STYLE}</style>'
        "</head><body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def _shell(steps: list[str]) -> str:
    return f"<pre>{html.escape(chr(10).join(step.removeprefix('$ ') for step in steps))}</pre>"


def _html(text: str) -> str:
    return _CODE.sub(lambda found: f"<code>{found[1]}</code>", html.escape(text))


def index() -> str:
    """Return the list of all pages."""
    lines = [
        f"<!-- {MARK} -->",
        "",
        "# Runbooks",
        "",
        "What to do when an alert comes. [Alerts](../alerts.md) tells how they work.",
        "",
    ]
    for group in GROUPS:
        lines += [f"## {group.name.capitalize()}", "", "| Alert | Severity | Owner | Threshold |", "|---|---|---|---|"]
        lines += [
            f"| [{rule.title}]({rule.uid}.md) | {rule.severity.value} | {rule.owner.value} | {_cell(rule)} |"
            for rule in group.rules
        ]
        lines.append("")
    return "\n".join(lines)


def _cell(rule: Rule) -> str:
    if isinstance(rule.threshold, str):
        return f"{rule.comparison} `{rule.threshold}` = {VALUES[rule.threshold]:.12g}"
    return f"{rule.comparison} {rule.threshold:g}"
