"""The ways from a panel on: to the orders, lines and traces behind a series, and to the story of one order."""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import quote

from grafana_foundation_sdk.models import dashboard

from dashboards.names import SERVICE, label, of_span
from dashboards.variables import BOTS, BY_ATTRIBUTE, ENVIRONMENTS
from model.load import load

STORY: Final = "otel-trading-order-story"
BOTH: Final = f"${{{ENVIRONMENTS.name}:queryparam}}&${{{BOTS.name}:queryparam}}&${{__url_time_range}}"
_MODEL: Final = load()
ON_SPANS: Final = {SERVICE, *(ref.key for span in _MODEL.spans for ref in _MODEL.refs(span))}
ON_LINES: Final = {SERVICE, *(ref.key for event in _MODEL.events for ref in _MODEL.refs(event))}
"""What links can go by; a label such as the currency of an amount is on metrics only."""
_EXPLORE: Final = "/explore?schemaVersion=1&orgId=1&panes="
_REFERENCE: Final = "${"


def board(uid: str, title: str, tooltip: str = "") -> dashboard.DashboardLink:
    """Lead to another board, with the same time, environment and bot."""
    return _link(title, f"/d/{uid}?{BOTH}", tooltip)


def story(title: str, field: str) -> dashboard.DashboardLink:
    """Lead to the story of the order whose id stands in a field of the table's row."""
    return _link(title, f'/d/{STORY}?var-id=${{__data.fields["{field}"]}}&${{__url_time_range}}')


def story_of_value(title: str = "The story of this order") -> dashboard.DashboardLink:
    """Lead to the story of the order whose id is the value itself."""
    return _link(title, f"/d/{STORY}?var-id=${{__value.raw}}&${{__url_time_range}}")


def trace_below() -> dashboard.DashboardLink:
    """Show the trace of the table's row further down on the board of an order's story."""
    return _link(
        "This trace, below",
        f'/d/{STORY}?var-id=${{id:percentencode}}&var-trace=${{__data.fields["traceIdHidden"]}}&${{__url_time_range}}',
    )


def trace_of_value(title: str = "The trace") -> dashboard.DashboardLink:
    """Lead to the trace whose id is the value itself."""
    return _link(title, _explore("tempo", {"queryType": "traceql", "query": "${__value.raw}"}))


def to_spans(
    by: tuple[str, ...], where: str, title: str = "Orders behind it", *, row: bool = False
) -> dashboard.DashboardLink:
    """Lead to the spans behind a series (or a ``row``), by what tells it apart and a condition in TraceQL."""
    asked = [where, *(f'{of_span(each)} = "{_of_series(each, row)}"' for each in by if each in ON_SPANS)]
    if SERVICE not in by:
        asked.append(f'{of_span(SERVICE)} =~ "{_of_choice(SERVICE)}"')
    query = f"{{ {' && '.join(filter(None, asked))} }}"
    return _link(title, _explore("tempo", {"queryType": "traceql", "query": query, "limit": 50, "tableType": "spans"}))


def to_lines(
    by: tuple[str, ...], where: str, title: str = "Log lines behind it", *, row: bool = False
) -> dashboard.DashboardLink:
    """Lead to the log lines behind a series (or a ``row``), by what tells it apart and a filter in LogQL."""
    stream = f'{label(SERVICE)}="{_of_series(SERVICE, row)}"' if SERVICE in by else _chosen(SERVICE)
    own = (each for each in by if each in ON_LINES and each != SERVICE)
    asked = [where, *(f'{label(each)}="{_of_series(each, row)}"' for each in own)]
    query = " | ".join((f"{{{stream}}}", *filter(None, asked)))
    return _link(title, _explore("loki", {"expr": query, "queryType": "range"}))


def _of_series(attribute: str, row: bool) -> str:
    """In a table, what was a series is a row, and its labels are columns."""
    return f"${{__data.fields.{label(attribute)}}}" if row else f"${{__field.labels.{label(attribute)}}}"


def _of_choice(attribute: str) -> str:
    # As names with | between: `regex` would escape dots with a backslash, which ends JSON.
    return f"${{{BY_ATTRIBUTE[attribute].name}:pipe}}"


def _chosen(attribute: str) -> str:
    return f'{label(attribute)}=~"{_of_choice(attribute)}"'


def _explore(source: str, query: dict[str, object]) -> str:
    """Return the address of Explore with a query; references to variables stay as they are, all else is escaped."""
    asked = {**query, "refId": "A", "datasource": {"type": source, "uid": source}}
    pane = {"datasource": source, "queries": [asked], "range": {"from": "${__from}", "to": "${__to}"}}
    text = json.dumps({"a": pane}, separators=(",", ":"))
    pieces = text.split(_REFERENCE)
    escaped = [quote(pieces[0], safe="")]
    for piece in pieces[1:]:
        name, _, rest = piece.partition("}")
        escaped.append(f"{_REFERENCE}{name}}}{quote(rest, safe='')}")
    return _EXPLORE + "".join(escaped)


def _link(title: str, url: str, tooltip: str = "") -> dashboard.DashboardLink:
    return dashboard.DashboardLink(title=title, type_val=dashboard.DashboardLinkType.LINK, url=url, tooltip=tooltip)
