"""The rules of a registry that no single entry can show: names, references, units and cardinality.

Sources: OpenTelemetry's naming rules and definition format 2, and this project's promise that no order id is
ever on a metric.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from model import metric_rules, names, outside
from model.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from model.schema import Attribute, Model

NAME: Final = re.compile(r"trading(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)+")
MEMBER: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
ID: Final = re.compile(r"trading\.(order|execution)\..*\b(.+_)?ids?")

_EXAMPLE_TYPES: Final[dict[str, type]] = {"string": str, "int": int, "double": float, "boolean": bool}


def problems(model: Model) -> Iterator[Problem]:
    """Every rule that the registry breaks."""
    yield from _manifest(model)
    yield from _names(model)
    yield from _namespaces(model)
    for attribute in model.attributes:
        yield from _attribute(attribute)
    yield from _references(model)
    yield from _briefs(model)
    for metric in model.metrics:
        yield from metric_rules.problems(model, metric)


def _manifest(model: Model) -> Iterator[Problem]:
    manifest = model.manifest
    if not re.fullmatch(r"https://\S+/\d+\.\d+\.\d+", manifest.schema_url):
        wrong = f"is {manifest.schema_url!r}"
        yield Problem(manifest.file, "schema_url", wrong, "make it an https URL that ends in a version")
    if manifest.dependency_schema_url != outside.SCHEMA_URL:
        wrong = f"is {manifest.dependency_schema_url!r}, but model/outside.py lists {outside.SCHEMA_URL!r}"
        yield Problem(manifest.file, "dependencies", wrong, "change both together")


def _names(model: Model) -> Iterator[Problem]:
    """Spelling, and no two of a kind with one name or one constant."""
    kinds: dict[str, list[tuple[str, str]]] = {
        "attribute": [(item.file, item.key) for item in model.attributes],
        "group": [(item.file, item.id) for item in model.groups],
        "span": [(item.file, item.name) for item in model.spans],
        "metric": [(item.file, item.name) for item in model.metrics],
        "event": [(item.file, item.name) for item in model.events],
    }
    for kind, entries in kinds.items():
        constants: dict[str, str] = {}
        for file, name in entries:
            if not NAME.fullmatch(name):
                remedy = "start with 'trading.', then lower-case words with underscores, parted by dots"
                yield Problem(file, name, f"is no name of {_a(kind)}", remedy)
            other = constants.setdefault(names.constant(name), name)
            if other != name:
                yield Problem(file, name, f"has the constant of {other}", "rename one of them")
        for name, count in Counter(name for _, name in entries).items():
            if count > 1:
                files = ", ".join(sorted({file for file, entry in entries if entry == name}))
                yield Problem(files, name, f"is defined {count} times as {_a(kind)}", "keep one of them")


def _namespaces(model: Model) -> Iterator[Problem]:
    """No attribute's name may be the namespace of another one."""
    keys = {attribute.key for attribute in model.attributes}
    for attribute in model.attributes:
        parts = attribute.key.split(".")
        for size in range(1, len(parts)):
            if (prefix := ".".join(parts[:size])) in keys:
                wrong = f"lies in the namespace {prefix}, which is an attribute itself"
                yield Problem(attribute.file, attribute.key, wrong, "rename one of them")


def _attribute(attribute: Attribute) -> Iterator[Problem]:
    file, key = attribute.file, attribute.key
    if attribute.type == "enum":
        yield from _members(attribute)
    elif attribute.type.startswith("string") and not attribute.examples:
        yield Problem(file, key, "has no examples", "give one or more, texts cannot be guessed from their type")
    for example in attribute.examples:
        if not _fits(attribute.type, example):
            yield Problem(file, key, f"has the example {example!r}", f"give values of type {attribute.type}")
    if ID.fullmatch(key) and not attribute.unbounded:
        remedy = "annotate it with otel_trading: {cardinality: unbounded}"
        yield Problem(file, key, "identifies single orders and does not say so", remedy)


def _members(attribute: Attribute) -> Iterator[Problem]:
    file, key = attribute.file, attribute.key
    if not attribute.members:
        yield Problem(file, key, "is an enum without members", "list its values or make it a string")
    for what in ("id", "value"):
        counts = Counter(getattr(member, what) for member in attribute.members)
        for value, count in counts.items():
            if count > 1:
                yield Problem(file, f"{key}/{value}", f"is the {what} of {count} members", "keep one of them")
            if not MEMBER.fullmatch(value):
                wrong = f"is no {what} of a member"
                yield Problem(file, f"{key}/{value}", wrong, "use lower-case words with underscores")


def _fits(kind: str, example: object) -> bool:
    if kind.endswith("[]"):
        return isinstance(example, list) and all(_fits(kind[:-2], item) for item in example)
    return kind in {"any", "enum"} or type(example) is _EXAMPLE_TYPES[kind]


def _references(model: Model) -> Iterator[Problem]:
    known = {attribute.key for attribute in model.attributes} | outside.ATTRIBUTES.keys()
    used: set[str] = set()
    for group in model.groups:
        yield from _keys(group.file, group.id, [ref.key for ref in group.refs], known)
    for signal in model.signals():
        used.update(signal.groups)
        yield from _keys(signal.file, signal.name, [ref.key for ref in signal.refs], known)
        grouped: Counter[str] = Counter()
        for group_id, count in Counter(signal.groups).items():
            group_found = model.group(group_id)
            if group_found is None:
                wrong = f"uses the group {group_id}, which there is none"
                yield Problem(signal.file, signal.name, wrong, "define it under attribute_groups:")
            else:
                grouped.update({ref.key: count for ref in group_found.refs})
        for key, count in grouped.items():
            if count > 1:
                wrong = f"gets {key} from {count} groups"
                yield Problem(signal.file, signal.name, wrong, "take it out of all of them but one")
    for group in model.groups:
        if group.id not in used:
            yield Problem(group.file, group.id, "is a group that no signal uses", "use it or take it out")


def _keys(file: str, owner: str, keys: list[str], known: Iterable[str]) -> Iterator[Problem]:
    for key, count in Counter(keys).items():
        if key not in known:
            remedy = "define it under attributes: or, if OpenTelemetry has it, name it in model/outside.py"
            yield Problem(file, owner, f"refers to {key}, which is not defined", remedy)
        if count > 1:
            yield Problem(file, owner, f"refers to {key} {count} times", "keep one of them")


def _briefs(model: Model) -> Iterator[Problem]:
    briefs = [(item.file, item.key, item.brief) for item in model.attributes]
    briefs += [(item.file, item.name, item.brief) for item in model.signals()]
    briefs += [
        (item.file, f"{item.key}/{member.id}", member.brief) for item in model.attributes for member in item.members
    ]
    for file, name, brief in briefs:
        if "\n" in brief or not brief.endswith("."):
            wrong = f"has the brief {brief!r}"
            yield Problem(file, f"{name}/brief", wrong, "make it one line that ends with a full stop")


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "ae" else f"a {kind}"
