"""The registry as Python objects: what the loader gives and the generators read.

The shapes follow OpenTelemetry's definition format 2, reduced to what this registry uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Level(NamedTuple):
    """How strongly an attribute is asked for, in OpenTelemetry's words, and under what condition."""

    name: str = "recommended"
    condition: str = ""


class Member(NamedTuple):
    """One value of an enum attribute; ``fix`` is the value that FIX has for it, or empty."""

    id: str
    value: str
    brief: str
    fix: str


class FixField(NamedTuple):
    """The field of the FIX protocol that holds the same thing."""

    name: str
    tag: int

    def __str__(self) -> str:
        return f"{self.name} ({self.tag})"


@dataclass(frozen=True)
class Attribute:
    """An attribute definition; ``type`` is ``enum`` where it has members."""

    file: str
    key: str
    type: str
    brief: str
    note: str
    stability: str
    examples: tuple[object, ...]
    members: tuple[Member, ...]
    fix: FixField | None
    unbounded: bool


class Ref(NamedTuple):
    """A use of an attribute by a signal or a group."""

    key: str
    level: Level


@dataclass(frozen=True)
class Group:
    """Attributes that several signals use together."""

    file: str
    id: str
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class Signal:
    """What spans, metrics and events have in common; ``name`` is a span's type."""

    file: str
    name: str
    brief: str
    note: str
    stability: str
    requirement_level: str
    groups: tuple[str, ...]
    refs: tuple[Ref, ...]


@dataclass(frozen=True)
class Span(Signal):
    """A span; ``span_name`` is the pattern of the name that it is recorded under."""

    kind: str
    span_name: str


@dataclass(frozen=True)
class Metric(Signal):
    """A metric; ``kind`` is the instrument, told apart from a gauge where it is observable."""

    kind: str
    unit: str
    buckets: tuple[float, ...] | None


@dataclass(frozen=True)
class Event(Signal):
    """An event: a log record with this event name."""


class Manifest(NamedTuple):
    """Who this registry is, and the one registry it depends on."""

    file: str
    schema_url: str
    dependency_schema_url: str


@dataclass(frozen=True)
class Model:
    """The whole registry, in the order of its files and of the entries in each."""

    manifest: Manifest
    attributes: tuple[Attribute, ...]
    groups: tuple[Group, ...]
    spans: tuple[Span, ...]
    metrics: tuple[Metric, ...]
    events: tuple[Event, ...]

    def signals(self) -> Iterator[Signal]:
        """Every span, metric and event."""
        yield from self.spans
        yield from self.metrics
        yield from self.events

    def group(self, group_id: str) -> Group | None:
        """Return the group of this id, or None if there is none."""
        return next((group for group in self.groups if group.id == group_id), None)

    def attribute(self, key: str) -> Attribute | None:
        """Return the definition of this attribute, or None if the registry does not define it."""
        return next((attribute for attribute in self.attributes if attribute.key == key), None)

    def refs(self, signal: Signal) -> tuple[Ref, ...]:
        """Every attribute of a signal, groups first; a signal's own reference refines that of its groups."""
        found: dict[str, Ref] = {}
        for group_id in signal.groups:
            group = self.group(group_id)
            found.update({ref.key: ref for ref in (group.refs if group else ())})
        found.update({ref.key: ref for ref in signal.refs})
        return tuple(found.values())
