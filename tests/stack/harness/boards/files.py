"""What the provisioned files ask: every query of every panel, variable, annotation and alert rule.

Read from the JSON and YAML that Grafana gets, not from what they are generated from.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REPOSITORY = Path(__file__).resolve().parents[4]
GRAFANA = REPOSITORY / "grafana"

Source = Literal["prometheus", "loki", "tempo"]
SOURCES = ("prometheus", "loki", "tempo")
Kind = Literal["panel", "variable", "annotation", "rule"]

RULES = "Alert rules"
"""In a board's place, where an alert rule asks."""


class Query(NamedTuple):
    """One query in its place. ``panel`` is the title of the panel, variable, annotation or rule that asks it."""

    kind: Kind
    uid: str
    board: str
    panel: str
    number: int
    ref: str
    source: Source
    text: str
    instant: bool
    shows: str
    step: str = ""

    @property
    def asker(self) -> tuple[str, str, int]:
        """Tell who asks apart from all others: two panels of a board may have one title."""
        return self.uid, self.panel, self.number

    @property
    def place(self) -> str:
        """Name it for people."""
        kind = "" if self.kind in {"panel", "rule"} else f"{self.kind} "
        return f"{self.board}: {kind}{self.panel} ({self.ref})"


class Board(NamedTuple):
    """A dashboard: what its file says, and its queries (those of its variables are in the file's own words)."""

    uid: str
    title: str
    variables: list[dict[str, Any]]
    queries: list[Query]


def boards(folder: Path = GRAFANA / "dashboards") -> list[Board]:
    """Return every dashboard of a folder."""
    return [_board(json.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.json"))]


def rules(path: Path = GRAFANA / "provisioning" / "alerting" / "rules.yaml") -> list[Query]:
    """Return the queries of every alert rule."""
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return [
        Query(
            "rule",
            rule["uid"],
            RULES,
            rule["title"],
            0,
            data["refId"],
            cast("Source", data["datasourceUid"]),
            data["model"]["expr"],
            True,
            rule["annotations"]["summary"],
        )
        for group in groups
        for rule in group["rules"]
        for data in rule["data"]
        if data["datasourceUid"] in SOURCES
    ]


def _board(content: dict[str, Any]) -> Board:
    queries = [
        _query("panel", content, target, panel["title"], number=panel["id"], shows=panel.get("description", ""))
        for panel in panels(content["panels"])
        for target in panel.get("targets", ())
    ]
    queries += [
        _query("annotation", content, mark, mark["name"])
        for mark in content.get("annotations", {}).get("list", ())
        if mark["datasource"]["type"] in SOURCES
    ]
    return Board(content["uid"], content["title"], content.get("templating", {}).get("list", []), queries)


def panels(found: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield every panel that is no row, those of folded rows too."""
    for panel in found:
        if panel["type"] != "row":
            yield panel
        yield from panels(panel.get("panels", ()))


def _query(
    kind: Kind, content: dict[str, Any], target: dict[str, Any], panel: str, *, number: int = 0, shows: str = ""
) -> Query:
    source = target["datasource"]["uid"]
    assert source in SOURCES, f"{content['title']}: {panel} asks {source}, which the stack does not have"
    return Query(
        kind,
        content["uid"],
        content["title"],
        panel,
        number,
        target.get("refId", "A"),
        source,
        target.get("query" if source == "tempo" else "expr") or "",
        bool(target.get("instant")) or target.get("queryType") == "instant",
        shows,
        target.get("step", ""),
    )
