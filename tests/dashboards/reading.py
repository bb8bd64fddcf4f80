"""What queries and files ask for: read from their text, not from the code that made it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "grafana" / "dashboards"

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"|`[^`]*`')
_TEMPLATE = re.compile(r"`[^`]*`")
_FIELD = re.compile(r"\.([a-z][a-z0-9_]*)")
_SELECTED = re.compile(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}")
_MATCHED = re.compile(r"([a-zA-Z_]\w*)\s*(?:=~|!~|!=|=)(?!=)")
_GROUPED = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_UNWRAPPED = re.compile(r"\bunwrap\s+(\w+)")
_MADE = re.compile(r"\blabel_format\s+(\w+)\s*=")
_ATTRIBUTE = re.compile(r"(?:\b(?:span|event)|(?<![\w.]))\.([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)")
_OF_RESOURCE = re.compile(r"\bresource\.([a-z][\w.]*)")
_NAME = re.compile(r"trading\.[a-z_]+(?:\.[a-z_]+)*")
_OURS = re.compile(r"trading_\w+")


class Named(NamedTuple):
    """The names in a query."""

    metrics: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    """Dotted names in its texts: of events."""


def files() -> dict[str, dict[str, Any]]:
    """Return the boards as Grafana reads them, by uid."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))]
    return {board["uid"]: board for board in found}


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each panel that is no heading, those under closed headings as well."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel.get("panels") or []
        else:
            yield panel


def targets(panel: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the queries of a panel, each with the uid of whom it asks."""
    return [(target["datasource"]["uid"], asked_of(target)) for target in panel.get("targets") or []]


def asked_of(target: dict[str, Any]) -> str:
    """Return the text of a query: Prometheus and Loki have it as ``expr``, Tempo as ``query``."""
    text: str = target["expr"] if "expr" in target else target["query"]
    return text


def links(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the links of a panel's values, those of single columns as well."""
    config = panel["fieldConfig"]
    found = list(config["defaults"].get("links") or [])
    for override in config["overrides"]:
        found += [link for each in override["properties"] if each["id"] == "links" for link in each["value"]]
    return found


def explored(url: str) -> tuple[str, str] | None:
    """Return whom a link to Explore asks, and what; None for a link to somewhere else."""
    parts = urlsplit(url)
    if parts.path != "/explore":
        return None
    (pane,) = json.loads(parse_qs(parts.query, strict_parsing=True)["panes"][0]).values()
    (query,) = pane["queries"]
    assert pane["datasource"] == query["datasource"]["uid"]
    return pane["datasource"], asked_of(query)


def named(source: str, query: str) -> Named:
    """Return the names in a query of one of the three languages."""
    return {"prometheus": _promql, "loki": _logql, "tempo": _traceql}[source](query)


def _promql(query: str) -> Named:
    bare = _TEXT.sub('""', query)
    selected = _SELECTED.findall(bare)
    labels = {label for _, inside in selected for label in _MATCHED.findall(inside)} | _grouped(bare)
    outside = set(_OURS.findall(_GROUPED.sub("", _SELECTED.sub("", bare))))
    return Named(frozenset({name for name, _ in selected} | outside), frozenset(labels))


def _logql(query: str) -> Named:
    templates = " ".join(_TEMPLATE.findall(query))
    bare = _TEXT.sub('""', query)
    made = set(_MADE.findall(bare))
    labels = {*_MATCHED.findall(bare), *_UNWRAPPED.findall(bare), *_FIELD.findall(templates)} | _grouped(bare)
    texts = {name for text in _TEXT.findall(query) for name in _NAME.findall(text)}
    return Named(labels=frozenset(labels - made), texts=frozenset(texts))


def _traceql(query: str) -> Named:
    bare = _TEXT.sub('""', query)
    attributes = {*_ATTRIBUTE.findall(bare), *_OF_RESOURCE.findall(bare)}
    return Named(attributes=frozenset(attributes))


def _grouped(bare: str) -> set[str]:
    return {label.strip() for inside in _GROUPED.findall(bare) for label in inside.split(",") if label.strip()}
