"""What the loader refuses in a single entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _set(section: str, index: int, **changes: Any) -> Any:
    """Return an edit that sets keys of one entry, and takes out those set to ``...``."""

    def edit(registry: dict[str, Any]) -> None:
        entry = registry[section][index]
        for key, value in changes.items():
            if value is ...:
                del entry[key]
            else:
                entry[key] = value

    return edit


def _member(**changes: Any) -> Any:
    members = [{"id": "buy", "value": "buy", "brief": "Buy.", "stability": "development"} | changes]
    return _set("attributes", 2, type={"members": [{k: v for k, v in m.items() if v is not ...} for m in members]})


def test_a_registry_that_keeps_the_rules_is_read(folder: Callable[..., Path]) -> None:
    loaded = model.load(folder())
    assert [metric.kind for metric in loaded.metrics] == ["counter", "histogram", "gauge"]
    assert loaded.metrics[1].buckets == (0.1, 1.0, 10.0)
    assert [member.value for member in loaded.attributes[2].members] == ["buy", "sell"]
    assert str(loaded.attributes[1].fix) == "OrderID (37)"
    assert [ref.key for ref in loaded.refs(loaded.spans[0])] == [
        "trading.venue",
        "trading.order.side",
        "trading.order.id",
        "error.type",
    ]


def test_an_observable_gauge_is_a_gauge_with_an_annotation(folder: Callable[..., Path]) -> None:
    edit = _set("metrics", 2, annotations={"otel_trading": {"observable": True}})
    assert model.load(folder(edit)).metrics[2].kind == "observable_gauge"


def test_an_own_reference_refines_the_level_of_a_group(folder: Callable[..., Path]) -> None:
    refs = [{"ref_group": "trading.base"}, {"ref": "trading.venue", "requirement_level": "required"}]
    refs.append({"ref_group": "trading.ids"})
    loaded = model.load(folder(_set("spans", 0, attributes=refs)))
    levels = {ref.key: ref.level.name for ref in loaded.refs(loaded.spans[0])}
    assert levels["trading.venue"] == "required"
    assert levels["trading.order.side"] == "recommended"


def test_annotations_of_other_tools_are_left_alone(folder: Callable[..., Path]) -> None:
    edit = _set("metrics", 0, annotations={"code_generation": {"metric_value_type": "int"}})
    assert model.load(folder(edit)).metrics[0].name == "trading.order.submissions"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        pytest.param(_set("attributes", 0, breif="x"), "attributes[0]/breif: is not a key", id="an unknown key"),
        pytest.param(_set("attributes", 0, brief=...), "brief: is missing", id="an attribute without brief"),
        pytest.param(_set("attributes", 0, stability=...), "stability: is missing", id="an attribute of no stability"),
        pytest.param(_set("attributes", 0, type="text"), "type: is 'text'", id="a type the format does not have"),
        pytest.param(_set("attributes", 0, brief=7), "brief: is a value of type int", id="a brief that is a number"),
        pytest.param(_set("attributes", 0, brief=" "), "brief: is empty", id="an empty brief"),
        pytest.param(
            _set("attributes", 0, annotations={"otel_trading": {"fix": "ClOrdID"}}),
            "fix: is 'ClOrdID'",
            id="a FIX field without a tag",
        ),
        pytest.param(
            _set("attributes", 0, annotations={"otel_trading": {"tag": 11}}),
            "otel_trading/tag: is not a key",
            id="an annotation of ours that nothing reads",
        ),
        pytest.param(_member(stability=...), "stability: is missing", id="an enum member of no stability"),
        pytest.param(_member(value=...), "value: is missing", id="an enum member without value"),
        pytest.param(_member(value=True), "value: is a boolean", id="an enum member that YAML reads as a boolean"),
        pytest.param(_set("spans", 0, brief=...), "brief: is missing", id="a span without brief"),
        pytest.param(_set("spans", 0, stability="fine"), "stability: is 'fine'", id="a stability there is not"),
        pytest.param(_set("spans", 0, kind="outbound"), "kind: is 'outbound'", id="a span kind there is not"),
        pytest.param(_set("spans", 0, name="order"), "name: is a text", id="a span name that is no note"),
        pytest.param(_set("metrics", 0, requirement_level=...), "level: is missing", id="a metric of no level"),
        pytest.param(_set("metrics", 0, requirement_level="required"), "is 'required'", id="a required metric"),
        pytest.param(
            _set("metrics", 0, instrument="up_down_counter"),
            "instrument: is 'up_down_counter'",
            id="an instrument with underscores",
        ),
        pytest.param(
            _set("metrics", 0, annotations={"otel_trading": {"observable": True}}),
            "observable: is set on a counter",
            id="an observable counter",
        ),
        pytest.param(_set("events", 0, requirement_level=...), "level: is missing", id="an event of no level"),
        pytest.param(
            _set("events", 0, attributes=[{"key": "trading.new", "type": "int"}]),
            "defines trading.new - define it under attributes:",
            id="an attribute defined on a signal",
        ),
        pytest.param(
            _set("events", 0, attributes=[{"ref": "trading.venue", "requirement_level": "conditionally_required"}]),
            "requirement_level: has no condition",
            id="a condition that is not told",
        ),
        pytest.param(
            _set("events", 0, attributes=[{"ref": "trading.venue", "requirement_level": {"sometimes": "If so."}}]),
            "requirement_level: is 'sometimes'",
            id="a level there is not",
        ),
        pytest.param(
            _set("attribute_groups", 0, attributes=[{"ref_group": "trading.ids"}]),
            "ref_group: is not a key",
            id="a group within a group",
        ),
        pytest.param(_set("attribute_groups", 0, visibility="public"), "visibility: is 'public'", id="a public group"),
        pytest.param(lambda registry: registry.pop("file_format"), "file_format: is missing", id="no format"),
        pytest.param(lambda registry: registry.update(groups=[]), "groups: is not a key", id="format 1"),
        pytest.param(lambda registry: registry["manifest"].pop("schema_url"), "schema_url: is missing", id="no schema"),
        pytest.param(
            lambda registry: registry["manifest"]["dependencies"].clear(),
            "dependencies: names 0 registries",
            id="no dependency",
        ),
    ],
)
def test_the_loader_refuses(problems: Callable[[Any], str], edit: Any, says: str) -> None:
    assert says in problems(edit)


def test_a_key_given_twice_is_refused(folder: Callable[..., Path]) -> None:
    path = folder()
    (path / "twice.yaml").write_text("file_format: definition/2\nspans: []\nspans: []\n", encoding="utf-8")
    with pytest.raises(model.ModelError, match="has the key 'spans' twice"):
        model.load(path)


def test_a_file_that_is_no_yaml_is_named(folder: Callable[..., Path]) -> None:
    path = folder()
    (path / "broken.yaml").write_text("spans: [", encoding="utf-8")
    with pytest.raises(model.ModelError, match=r"^broken\.yaml: .*is no YAML"):
        model.load(path)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(model.ModelError, match=r"^manifest\.yaml: .*is missing"):
        model.load(tmp_path)


def test_a_problem_tells_file_key_fault_and_remedy(problems: Callable[[Any], str]) -> None:
    assert problems(_set("metrics", 0, unit=...)) == "registry.yaml: metrics[0]/unit: is missing - add it"
