"""The registry is the only place of names: the code spells none out, and leaves none unused."""

from __future__ import annotations

import pytest

import model
from model.generate import ROOT
from model.names import constant
from model.usage import literals, references

REGISTRY = model.load()
PACKAGE = ROOT / "otel_trading"
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if PACKAGE / "semconv" not in path.parents
}
NAMES = {
    "attributes": {constant(attribute.key) for attribute in REGISTRY.attributes},
    "metrics": {constant(metric.name) for metric in REGISTRY.metrics},
    "events": {constant(event.name) for event in REGISTRY.events},
    "spans": {constant(span.name) for span in REGISTRY.spans},
}


@pytest.fixture(scope="module")
def used() -> set[str]:
    return {name for source in SOURCES.values() for name in references(source)}


@pytest.mark.parametrize("path", SOURCES)
def test_a_module_spells_out_no_name(path: str) -> None:
    found = [f"{path}:{item.line}: {item.text}" for item in literals(SOURCES[path])]
    assert found == [], "take the name from otel_trading.semconv"


@pytest.mark.parametrize("module", NAMES)
def test_every_name_of_the_registry_is_used_by_the_code(module: str, used: set[str]) -> None:
    unused = sorted(name for name in NAMES[module] if f"{module}.{name}" not in used)
    assert unused == [], f"record them, or take them out of model/: {', '.join(unused)}"


def test_the_code_uses_no_name_that_the_registry_lacks(used: set[str]) -> None:
    assert used - {f"{module}.{name}" for module, names in NAMES.items() for name in names} == set()
