"""The table in ``docs/dashboards.md``: every panel, what it shows, what its queries returned.

``python -m tests.stack.harness.boards.page`` runs the night on the real servers and writes it.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.stack.harness.boards.asked import Servers, answers
from tests.stack.harness.boards.exceptions import reason
from tests.stack.harness.boards.files import REPOSITORY, boards, rules
from tests.stack.harness.boards.filled import Times
from tests.stack.harness.night import demo
from tests.stack.harness.stack import OFTEN, Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.stack.harness.boards.asked import Answer
    from tests.stack.harness.boards.files import Query
    from tests.stack.harness.night.demo import Night

PAGE = REPOSITORY / "docs" / "dashboards.md"
BEGIN = "<!-- Written by `python -m tests.stack.harness.boards.page`: from here on -->"
END = "<!-- to here -->"
RANGE_SECONDS = 900.0


class Row(NamedTuple):
    """A line of the table, without what changes from run to run."""

    board: str
    panel: str


def everything(stack: Stack, night: Night) -> list[Answer]:
    """Ask everything that boards and rules ask of Prometheus and Loki."""
    times = Times(time.time() - RANGE_SECONDS, time.time())
    servers = Servers(stack.prometheus_url, stack.loki_url)
    found = [answer for board in boards() for answer in answers(board, servers, times, {"id": night.order})]
    return [*found, *(servers.ask(rule, times, {}) for rule in rules())]


def table(found: Iterable[Answer]) -> str:
    """Write what was returned: boards, then rules."""
    by_query = {(answer.query.asker, answer.query.ref): answer for answer in found}
    lines: list[str] = []
    for board in boards():
        lines += [f"### {board.title}", "", "| Panel | Asks | What it shows | Series |", "|---|---|---|---|"]
        lines += [_line(queries, by_query) for queries in by_asker(board.queries)]
        lines.append("")
    lines += ["### Alert rules", "", "| Rule | Asks | What it says | Series |", "|---|---|---|---|"]
    lines += [_line(rule, by_query) for rule in by_asker(rules())]
    return "\n".join(lines)


def by_asker(queries: Iterable[Query]) -> list[list[Query]]:
    """Put the queries of each panel together."""
    return [list(found) for _, found in groupby(queries, key=lambda query: query.asker)]


def _line(queries: list[Query], by_query: dict[tuple[tuple[str, str, int], str], Answer]) -> str:
    sources = dict.fromkeys(query.source.capitalize() for query in queries)
    counts, why = [], []
    for query in queries:
        answer = by_query.get((query.asker, query.ref))
        counts.append("\N{EN DASH}" if answer is None else str(answer.found))
        if answer is not None and not answer.found:
            why.append(reason(query))
    said = " ".join(dict.fromkeys(filter(None, why)))
    asks = ", ".join(sources)
    shows = _first_sentence(queries[0].shows) or "a mark on the graphs"
    return f"| {_cell(queries[0].panel)} | {asks} | {_cell(shows)} | {', '.join(counts)}{' ' + said if said else ''} |"


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0] if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def rows(page: str) -> list[Row]:
    """Read boards and panels back from the table."""
    return list(_rows(page.partition(BEGIN)[2].partition(END)[0]))


def _rows(text: str) -> Iterator[Row]:
    board = ""
    for line in text.splitlines():
        if line.startswith("### "):
            board = line[4:]
        elif line.startswith("| ") and not line.startswith(("| Panel |", "| Rule |")):
            yield Row(board, re.split(r"(?<!\\)\|", line)[1].strip().replace("\\|", "|"))


def write(page: Path, found: Iterable[Answer]) -> None:
    """Put the table into the page, between its marks."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    page.write_text(f"{before}{BEGIN}\n\n{table(found)}\n\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> int:
    """Run the night, ask, and write; 1 where a query was refused."""
    with tempfile.TemporaryDirectory(prefix="otel-trading-night-") as made:
        folder = Path(made)
        (folder / "bots").mkdir()
        with Stack(folder, environment=OFTEN) as stack:
            found = everything(stack, demo.run(stack, folder / "bots"))
    write(PAGE, found)
    bad = [answer for answer in found if answer.trouble or not (answer.found or reason(answer.query))]
    for answer in bad:
        sys.stderr.write(f"{answer.query.place}: {answer.trouble or 'nothing'}\n  {answer.sent}\n")
    sys.stdout.write(f"{len(found)} queries, {sum(answer.found > 0 for answer in found)} of which returned something\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
