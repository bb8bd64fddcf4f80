"""Write ``docs/telemetry.md``: the conventions as a page to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from model import outside
from model.names import prometheus, prometheus_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from model.schema import Attribute, Event, Group, Level, Member, Metric, Model, Ref, Signal, Span

_ORDER: Final = ("common", "order", "execution", "portfolio", "risk", "venue", "telemetry")
"""The order of the registry's files on the page, by the first word of their names."""

_KINDS: Final = {"updowncounter": "up-down counter", "observable_gauge": "observable gauge"}

_HEAD: Final = """\
<!-- Generated from the registry in model/ by `python -m model`: change that, not this file. -->

# What is recorded

Every name below is defined once, in [`model/`](../model), in the format of OpenTelemetry's own semantic
conventions (schema `{url}`). Constants for Python are in `otel_trading.semconv`.

**Order ids are on spans, on log records and on exemplars, never on metrics.** An id on a metric makes a new
time series for every order, until the store falls over. From a point on a latency chart its exemplar leads to
the trace of one order, and from there its ids lead to everything else.

[Attribute groups](#attribute-groups) · [Spans](#spans) · [Events](#events) · [Metrics](#metrics) ·
[Attributes](#attributes)
"""

_GROUPS: Final = """\
## Attribute groups

Attributes that are recorded together; the tables further down name the group. `trading.base` are the base
attributes: they are on everything that concerns an order, as far as they are known, and all of them have few
values, so that metrics can carry them. What each attribute means is told [at the end](#attributes).
"""

_SPANS: Final = """\
## Spans

A span is recorded under a name made from a verb and the venue, without ids, so that its name groups well.
"""

_EVENTS: Final = """\
## Events

An event is a log record with an event name, in the trace of the order it is about. *Italics* are groups of
attributes, **bold** is required.
"""

_METRICS: Final = """\
## Metrics

The second name is Prometheus's, with the Collector's and Prometheus's translation
`UnderscoreEscapingWithSuffixes`; a histogram has `_bucket`, `_sum` and `_count` behind it. A unit in braces
is what is counted. *Italics* are groups of attributes, **bold** is required.
"""

_ATTRIBUTES: Final = """\
## Attributes

In Prometheus, and beside the lines of Loki, dots become underscores: `{dotted}` is `{label}`. FIX is
the field of the FIX protocol that holds the same thing. Numbers are doubles, good for charts; the audit
journal keeps decimals.
"""

_OUTSIDE: Final = """\
### From OpenTelemetry's own conventions
"""


def page(model: Model) -> str:
    """Return the whole page."""
    example = "trading.order.client_id"
    parts = [
        _HEAD.format(url=model.manifest.schema_url),
        _GROUPS,
        _table(["Group", "Attribute", "Recorded"], _group_rows(model.groups)),
        _SPANS,
        *(_span(span) for span in sorted(model.spans, key=_place)),
        _EVENTS,
        _table(["Event", "What happened", "Attributes"], map(_event_row, sorted(model.events, key=_place))),
        _METRICS,
        *_metrics(model.metrics),
        _ATTRIBUTES.format(dotted=example, label=prometheus_label(example)),
        *_attributes(model.attributes),
        _OUTSIDE,
        _table(["Attribute", "Meaning"], ([f"`{key}`", what] for key, what in outside.ATTRIBUTES.items())),
    ]
    return "\n".join(parts)


def _group_rows(groups: Sequence[Group]) -> Iterable[list[str]]:
    for group in groups:
        for index, ref in enumerate(group.refs):
            yield ["" if index else f"`{group.id}`", f"`{ref.key}`", _level(ref.level)]


def _span(span: Span) -> str:
    lines = [f"### `{span.span_name}`", "", _tell(span), "", f"Type `{span.name}`, kind {span.kind}."]
    if span.groups:
        lines += ["", f"Groups: {', '.join(f'`{group_id}`' for group_id in span.groups)}."]
    table = _table(["Attribute", "Recorded"], ([f"`{ref.key}`", _level(ref.level)] for ref in span.refs))
    return "\n".join([*lines, "", table])


def _event_row(event: Event) -> list[str]:
    return [f"`{event.name}`", _tell(event), _uses(event)]


def _metrics(metrics: Sequence[Metric]) -> Iterable[str]:
    head = ["Metric, and in Prometheus", "Instrument", "Unit", "What it tells", "Attributes"]
    for topic in _topics(metrics):
        rows = [
            [
                f"`{metric.name}`<br>`{prometheus(metric)}`",
                _KINDS.get(metric.kind, metric.kind),
                f"`{metric.unit}`",
                _tell(metric),
                _uses(metric),
            ]
            for metric in metrics
            if _topic(metric) == topic
        ]
        yield f"### {topic.capitalize()}\n"
        yield _table(head, rows)


def _attributes(attributes: Sequence[Attribute]) -> Iterable[str]:
    for topic in _topics(attributes):
        chosen = [attribute for attribute in attributes if _topic(attribute) == topic]
        yield f"### {topic.capitalize()} attributes\n"
        yield _table(["Attribute", "Type", "Meaning", "Examples", "FIX"], map(_attribute_row, chosen))
        keys: dict[tuple[Member, ...], list[str]] = {}
        for attribute in chosen:
            if attribute.members:
                keys.setdefault(attribute.members, []).append(f"`{attribute.key}`")
        for members, names in keys.items():
            yield f"Values of {' and '.join(names)}:\n"
            yield _values(members)


def _attribute_row(attribute: Attribute) -> list[str]:
    examples = ", ".join(f"`{_example(example)}`" for example in attribute.examples)
    if attribute.members:
        examples = "see below"
    fix = str(attribute.fix) if attribute.fix else ""
    meaning = f"{attribute.brief} {attribute.note}".strip()
    return [f"`{attribute.key}`", attribute.type, meaning, examples, fix]


def _values(members: Sequence[Member]) -> str:
    has_fix = any(member.fix for member in members)
    head = ["Value", "Meaning", *(["FIX"] if has_fix else [])]
    rows = ([f"`{member.value}`", member.brief, *([member.fix] if has_fix else [])] for member in members)
    return _table(head, rows)


def _uses(signal: Signal) -> str:
    groups = [f"*{group_id}*" for group_id in signal.groups]
    return ", ".join([*groups, *(_mark(ref) for ref in signal.refs)])


def _mark(ref: Ref) -> str:
    return f"**`{ref.key}`**" if ref.level.name == "required" else f"`{ref.key}`"


def _level(level: Level) -> str:
    if level.condition:
        word = {"conditionally_required": "required ", "recommended": "", "opt_in": "on request "}[level.name]
        condition = level.condition[0].lower() + level.condition[1:].rstrip(".")
        return f"{word}{condition}"
    return {"required": "required", "recommended": "if known", "opt_in": "on request"}[level.name]


def _tell(signal: Signal) -> str:
    return f"{signal.brief} {signal.note}".strip()


def _example(example: object) -> str:
    return ", ".join(map(str, example)) if isinstance(example, list) else str(example)


def _topic(item: Attribute | Signal) -> str:
    return item.file.removesuffix(".yaml").partition("-")[0]


def _topics(items: Sequence[Attribute | Signal]) -> list[str]:
    return sorted({_topic(item) for item in items}, key=_rank)


def _place(signal: Signal) -> tuple[int, str]:
    return _rank(_topic(signal))


def _rank(topic: str) -> tuple[int, str]:
    return (_ORDER.index(topic) if topic in _ORDER else len(_ORDER), topic)


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)
