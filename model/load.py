"""Read the registry from its folder, strictly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import yaml

from model import parse, rules
from model.fields import Fields
from model.problems import ModelError, Problem
from model.schema import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

FOLDER: Final = Path(__file__).parent
MANIFEST: Final = "manifest.yaml"
FORMAT: Final = "definition/2"

_T = TypeVar("_T")


def load(folder: Path = FOLDER) -> Model:
    """Read and check the registry in a folder.

    Raises ``ModelError``: with the first problem where the structure of a file is wrong, with all of them
    where the rules of the registry are broken.
    """
    files = {path.name: _read(path) for path in sorted(folder.glob("*.yaml"))}
    if MANIFEST not in files:
        raise ModelError([Problem(MANIFEST, "the file", "is missing", "say there who this registry is")])
    manifest = parse.manifest(MANIFEST, files.pop(MANIFEST))
    sections = {name: _sections(name, raw) for name, raw in files.items()}

    def every(section: str, one: Callable[[str, str, object], _T]) -> tuple[_T, ...]:
        return tuple(
            one(name, place, item) for name, fields in sections.items() for place, item in fields.items(section)
        )

    model = Model(
        manifest=manifest,
        attributes=every("attributes", parse.attribute),
        groups=every("attribute_groups", parse.group),
        spans=every("spans", parse.span),
        metrics=every("metrics", parse.metric),
        events=every("events", parse.event),
    )
    if problems := tuple(rules.problems(model)):
        raise ModelError(problems)
    return model


def _sections(name: str, raw: object) -> Fields:
    optional = frozenset({"attributes", "attribute_groups", "spans", "metrics", "events"})
    fields = Fields(name, "", raw, required={"file_format"}, optional=optional)
    fields.choice("file_format", (FORMAT,))
    return fields


def _read(path: Path) -> object:
    try:
        # A subclass of SafeLoader: it builds plain values only.
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise ModelError([Problem(path.name, "the file", f"is no YAML: {error}", "correct its syntax")]) from error


class _StrictLoader(yaml.SafeLoader):
    """Refuses a mapping that has a key twice, of which YAML readers silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                problem = f"has the key {key!r} twice"
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)
