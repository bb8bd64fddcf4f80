"""Write ``otel_trading/semconv/``: the names of the registry as constants."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from model.names import constant, values_class
from model.text import argument, docstring, number, quoted, sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from model.schema import Attribute, Metric, Model, Signal, Span

_ORIGIN: Final = "Generated from the registry in model/ by ``python -m model``: change that, not this file."


def package(model: Model) -> str:
    """``semconv/__init__.py``."""
    head = docstring(["The trading semantic conventions: names of attributes, metrics, events and spans.", _ORIGIN])
    url = f"SCHEMA_URL: Final = {quoted(model.manifest.schema_url)}"
    about = docstring(["The version of the conventions, as tracers, meters and loggers state it."])
    return _module(head, "from typing import Final", [f"{url}\n{about}"])


def attributes(model: Model) -> str:
    """``semconv/attributes.py``."""
    head = docstring(["Names of attributes, and the values of those that have a few.", _ORIGIN])
    ordered = sorted(model.attributes, key=attrgetter("key"))
    constants = [_constant(item.key, _attribute_doc(item)) for item in ordered]
    classes = [_values(item) for item in ordered if item.members]
    return _module(head, "from enum import Enum\nfrom typing import Final", ["\n\n".join(constants), *classes])


def metrics(model: Model) -> str:
    """``semconv/metrics.py``."""
    head = docstring(["Instruments of the metrics.", _ORIGIN])
    imports = (
        "from typing import Final\n\n"
        "from otel_trading.semconv import attributes\n"
        "from otel_trading.semconv.instrument import Instrument"
    )
    used = {group_id for metric in model.metrics for group_id in metric.groups}
    groups = [
        sequence(f"{_group(group.id)}: Final = ", [_reference(ref.key) for ref in group.refs])
        for group in model.groups
        if group.id in used
    ]
    instruments = map(_instrument, sorted(model.metrics, key=attrgetter("name")))
    return _module(head, imports, ["\n\n".join([*groups, *instruments])])


def events(model: Model) -> str:
    """``semconv/events.py``."""
    return _names("Names of events: what a log record is an event of.", model.events)


def spans(model: Model) -> str:
    """``semconv/spans.py``."""
    head = docstring(["Types of spans, each with its kind and the name that it is recorded under.", _ORIGIN])
    constants = [_span(item) for item in sorted(model.spans, key=attrgetter("name"))]
    imports = "from typing import Final\n\nfrom otel_trading.semconv.span_type import SpanType"
    return _module(head, imports, ["\n\n".join(constants)])


def _span(item: Span) -> str:
    values = ", ".join(quoted(word) for word in (item.name, item.kind, item.span_name))
    return f"{constant(item.name)}: Final = SpanType({values})\n{docstring([item.brief, item.note])}"


def _names(title: str, signals: Iterable[Signal]) -> str:
    head = docstring([title, _ORIGIN])
    constants = [_constant(item.name, [item.brief, item.note]) for item in sorted(signals, key=attrgetter("name"))]
    return _module(head, "from typing import Final", ["\n\n".join(constants)])


def _module(head: str, imports: str, parts: list[str]) -> str:
    first, *rest = parts
    body = "".join(f"\n\n{part}\n" for part in rest)
    return f"{head}\n\nfrom __future__ import annotations\n\n{imports}\n\n{first}\n{body}"


def _constant(name: str, paragraphs: list[str]) -> str:
    return f"{constant(name)}: Final = {quoted(name)}\n{docstring(paragraphs)}"


def _attribute_doc(item: Attribute) -> list[str]:
    kind = f"Type {item.type}"
    if item.members:
        kind = f"Values: ``{values_class(item.key)}``"
    return [item.brief, item.note, f"{kind}; FIX {item.fix}." if item.fix else f"{kind}."]


def _values(item: Attribute) -> str:
    lines = [f"class {values_class(item.key)}(str, Enum):", docstring([f"Values of ``{item.key}``."], "    ")]
    lines += [
        f"\n    {member.id.upper()} = {quoted(member.value)}\n{docstring([member.brief], '    ')}"
        for member in item.members
    ]
    return "\n".join(lines)


def _instrument(metric: Metric) -> str:
    indent = "    "
    keys = [_reference(ref.key) for ref in metric.refs]
    lines = [
        f"{constant(metric.name)}: Final = Instrument(",
        argument("name", metric.name, indent),
        argument("kind", metric.kind, indent),
        argument("unit", metric.unit, indent),
        argument("description", metric.brief, indent),
    ]
    if len(metric.groups) == 1 and not keys:
        lines.append(f"{indent}attributes={_group(metric.groups[0])},")
    elif keys := [*(f"*{_group(group_id)}" for group_id in metric.groups), *keys]:
        lines.append(sequence(f"{indent}attributes=", keys, ","))
    if metric.buckets:
        lines.append(sequence(f"{indent}buckets=", [number(value) for value in metric.buckets], ","))
    lines.append(")")
    if metric.note:
        lines.append(docstring([metric.note]))
    return "\n".join(lines)


def _reference(key: str) -> str:
    return f"attributes.{constant(key)}" if key.startswith("trading.") else quoted(key)


def _group(group_id: str) -> str:
    return f"_{constant(group_id)}"
