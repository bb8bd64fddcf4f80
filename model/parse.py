"""From YAML mappings to the registry's objects: structure only, the rules across them are in ``rules``."""

from __future__ import annotations

from typing import Final

from model.fields import Fields
from model.schema import Attribute, Event, FixField, Group, Level, Manifest, Member, Metric, Ref, Span

STABILITIES: Final = ("development", "alpha", "beta", "release_candidate", "stable", "deprecated")
TYPES: Final = ("string", "int", "double", "boolean", "string[]", "int[]", "double[]", "boolean[]", "any")
LEVELS: Final = ("required", "conditionally_required", "recommended", "opt_in")
SIGNAL_LEVELS: Final = ("recommended", "opt_in")
KINDS: Final = ("client", "server", "producer", "consumer", "internal")
INSTRUMENTS: Final = ("counter", "updowncounter", "histogram", "gauge")

_SIGNAL: Final = {"requirement_level", "stability", "brief"}
_SIGNAL_OPTIONAL: Final = frozenset({"note", "attributes", "annotations"})
_OURS: Final = "otel_trading"


def manifest(file: str, raw: object) -> Manifest:
    """Read ``manifest.yaml``."""
    fields = Fields(file, "", raw, required={"schema_url", "description", "stability", "dependencies"})
    fields.choice("stability", STABILITIES)
    urls = [
        Fields(file, place, item, required={"schema_url", "registry_path"}).text("schema_url")
        for place, item in fields.items("dependencies")
    ]
    if len(urls) != 1:
        fields.fail("dependencies", f"names {len(urls)} registries", "name OpenTelemetry's own, and no other")
    return Manifest(file, fields.text("schema_url"), urls[0])


def attribute(file: str, place: str, raw: object) -> Attribute:
    """Read one entry of ``attributes``."""
    fields = Fields(
        file,
        place,
        raw,
        required={"key", "type", "brief", "stability"},
        optional=frozenset({"note", "examples", "annotations"}),
    )
    key = fields.text("key")
    members: tuple[Member, ...] = ()
    if isinstance(fields.raw("type"), dict):
        enum = Fields(file, f"{key}/type", fields.raw("type"), required={"members"})
        members = tuple(_member(file, at, item) for at, item in enum.items("members"))
        kind = "enum"
    else:
        kind = fields.choice("type", TYPES)
    ours = _annotations(fields, key, frozenset({"fix", "cardinality"}))
    if ours.has("cardinality"):
        ours.choice("cardinality", ("unbounded",))
    return Attribute(
        file=file,
        key=key,
        type=kind,
        brief=fields.text("brief"),
        note=_one_line(fields.text("note")),
        stability=fields.choice("stability", STABILITIES),
        examples=tuple(item for _, item in fields.items("examples")),
        members=members,
        fix=_fix_field(ours),
        unbounded=ours.has("cardinality"),
    )


def group(file: str, place: str, raw: object) -> Group:
    """Read one entry of ``attribute_groups``; a group holds attributes, never other groups."""
    fields = Fields(file, place, raw, required={"id", "visibility", "attributes"})
    group_id = fields.text("id")
    fields.choice("visibility", ("internal",))
    refs = tuple(_ref(file, at, item) for at, item in fields.items("attributes"))
    return Group(file, group_id, refs)


def span(file: str, place: str, raw: object) -> Span:
    """Read one entry of ``spans``."""
    fields = Fields(file, place, raw, required={*_SIGNAL, "type", "name", "kind"}, optional=_SIGNAL_OPTIONAL)
    name = fields.text("type")
    pattern = Fields(file, f"{name}/name", fields.raw("name"), required={"note"})
    groups, refs = _uses(fields, name)
    return Span(
        file=file,
        name=name,
        brief=fields.text("brief"),
        note=_one_line(fields.text("note")),
        stability=fields.choice("stability", STABILITIES),
        requirement_level=fields.choice("requirement_level", SIGNAL_LEVELS),
        groups=groups,
        refs=refs,
        kind=fields.choice("kind", KINDS),
        span_name=pattern.text("note"),
    )


def metric(file: str, place: str, raw: object) -> Metric:
    """Read one entry of ``metrics``; ``annotations.otel_trading`` holds what the format has no word for."""
    fields = Fields(file, place, raw, required={*_SIGNAL, "name", "instrument", "unit"}, optional=_SIGNAL_OPTIONAL)
    name = fields.text("name")
    groups, refs = _uses(fields, name)
    ours = _annotations(fields, name, frozenset({"observable", "buckets"}))
    instrument = fields.choice("instrument", INSTRUMENTS)
    if ours.flag("observable") and instrument != "gauge":
        ours.fail("observable", f"is set on a {instrument}", "set it on gauges only")
    return Metric(
        file=file,
        name=name,
        brief=fields.text("brief"),
        note=_one_line(fields.text("note")),
        stability=fields.choice("stability", STABILITIES),
        requirement_level=fields.choice("requirement_level", SIGNAL_LEVELS),
        groups=groups,
        refs=refs,
        kind="observable_gauge" if ours.flag("observable") else instrument,
        unit=fields.text("unit"),
        buckets=ours.numbers("buckets"),
    )


def event(file: str, place: str, raw: object) -> Event:
    """Read one entry of ``events``."""
    fields = Fields(file, place, raw, required={*_SIGNAL, "name"}, optional=_SIGNAL_OPTIONAL)
    name = fields.text("name")
    groups, refs = _uses(fields, name)
    return Event(
        file=file,
        name=name,
        brief=fields.text("brief"),
        note=_one_line(fields.text("note")),
        stability=fields.choice("stability", STABILITIES),
        requirement_level=fields.choice("requirement_level", SIGNAL_LEVELS),
        groups=groups,
        refs=refs,
    )


def _member(file: str, place: str, raw: object) -> Member:
    required = {"id", "value", "brief", "stability"}
    fields = Fields(file, place, raw, required=required, optional=frozenset({"annotations"}))
    fields.choice("stability", STABILITIES)
    fix = _annotations(fields, place, frozenset({"fix"})).text("fix")
    return Member(fields.text("id"), fields.text("value"), fields.text("brief"), fix)


def _uses(fields: Fields, name: str) -> tuple[tuple[str, ...], tuple[Ref, ...]]:
    """Split a signal's ``attributes`` into references to groups and to attributes."""
    groups: list[str] = []
    refs: list[Ref] = []
    for place, item in fields.items("attributes"):
        if isinstance(item, dict) and "ref_group" in item:
            groups.append(Fields(fields.file, place, item, required={"ref_group"}).text("ref_group"))
        elif isinstance(item, dict) and "key" in item:
            fields.fail("attributes", f"{name} defines {item['key']}", "define it under attributes: and use ref here")
        else:
            refs.append(_ref(fields.file, place, item))
    return tuple(groups), tuple(refs)


def _ref(file: str, place: str, raw: object) -> Ref:
    fields = Fields(file, place, raw, required={"ref"}, optional=frozenset({"requirement_level"}))
    level = fields.raw("requirement_level")
    if not isinstance(level, dict):
        name = fields.choice("requirement_level", LEVELS, default="recommended")
        if name == "conditionally_required":
            fields.fail("requirement_level", "has no condition", "write {conditionally_required: If ...}")
        return Ref(fields.text("ref"), Level(name))
    if len(level) != 1:
        fields.fail("requirement_level", f"has {len(level)} keys", "write one level with its condition")
    (name,) = level
    if name not in LEVELS[1:]:
        fields.fail("requirement_level", f"is {name!r}", f"use one of {', '.join(LEVELS[1:])}")
    condition = Fields(file, f"{place}/requirement_level", level, required={name}).text(name)
    return Ref(fields.text("ref"), Level(name, condition))


def _annotations(fields: Fields, name: str, known: frozenset[str]) -> Fields:
    """Return the annotations that are ours; those of other tools are none of our business."""
    every = fields.raw("annotations") or {}
    if not isinstance(every, dict):
        fields.fail("annotations", "is not a mapping", "make it a mapping of tools to their annotations")
    return Fields(fields.file, f"{name}/{_OURS}", every.get(_OURS, {}), required=set(), optional=known)


def _fix_field(ours: Fields) -> FixField | None:
    if not ours.has("fix"):
        return None
    name, _, tag = ours.text("fix").partition(" ")
    if not tag.isdigit():
        ours.fail("fix", f"is {ours.text('fix')!r}", "write the field's name and tag, as in 'ClOrdID 11'")
    return FixField(name, int(tag))


def _one_line(text: str) -> str:
    return " ".join(text.split())
