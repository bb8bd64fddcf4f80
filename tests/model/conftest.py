"""A small registry that keeps every rule, for tests to break in one place each."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import pytest
import yaml

import model

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Files = dict[str, Any]

MANIFEST: Files = {
    "schema_url": "https://host.example/schemas/1.2.3",
    "description": "Conventions.",
    "stability": "development",
    "dependencies": [
        {"schema_url": "https://opentelemetry.io/schemas/1.44.0", "registry_path": "https://host.example/registry"}
    ],
}


def _signal(**more: object) -> Files:
    return {"stability": "development", "requirement_level": "recommended", "brief": "A signal.", **more}


def _attribute(key: str, kind: object, **more: object) -> Files:
    return {"key": key, "type": kind, "stability": "development", "brief": "An attribute.", **more}


REGISTRY: Files = {
    "file_format": "definition/2",
    "attributes": [
        _attribute("trading.venue", "string", examples=["binance"]),
        _attribute(
            "trading.order.id",
            "string",
            examples=["1"],
            annotations={"otel_trading": {"fix": "OrderID 37", "cardinality": "unbounded"}},
        ),
        _attribute(
            "trading.order.side",
            {
                "members": [
                    {"id": "buy", "value": "buy", "brief": "Buy.", "stability": "development"},
                    {"id": "sell", "value": "sell", "brief": "Sell.", "stability": "development"},
                ]
            },
        ),
        _attribute("trading.order.price", "double", examples=[1.5]),
    ],
    "attribute_groups": [
        {
            "id": "trading.base",
            "visibility": "internal",
            "attributes": [{"ref": "trading.venue"}, {"ref": "trading.order.side"}],
        },
        {"id": "trading.ids", "visibility": "internal", "attributes": [{"ref": "trading.order.id"}]},
    ],
    "spans": [
        _signal(
            type="trading.order",
            name={"note": "order"},
            kind="internal",
            attributes=[{"ref_group": "trading.base"}, {"ref_group": "trading.ids"}, {"ref": "error.type"}],
        )
    ],
    "metrics": [
        _signal(
            name="trading.order.submissions",
            instrument="counter",
            unit="{order}",
            attributes=[{"ref_group": "trading.base"}],
        ),
        _signal(
            name="trading.order.ack.duration",
            instrument="histogram",
            unit="s",
            annotations={"otel_trading": {"buckets": [0.1, 1, 10]}},
        ),
        _signal(name="trading.market_data.age", instrument="gauge", unit="s"),
    ],
    "events": [_signal(name="trading.order.filled", attributes=[{"ref": "trading.order.price"}])],
}


Edit: TypeAlias = "Callable[[Files], object]"
"""Changes the registry in place; its manifest is under the key ``manifest``."""


class Write(Protocol):
    """Writes the small registry, changed by an edit, and returns its folder."""

    def __call__(self, edit: Edit | None = None) -> Path: ...


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Write the small registry, changed by an edit, into a folder."""

    def write(edit: Edit | None = None) -> Path:
        registry = copy.deepcopy({**REGISTRY, "manifest": MANIFEST})
        if edit:
            edit(registry)
        (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(registry.pop("manifest")), encoding="utf-8")
        (tmp_path / "registry.yaml").write_text(yaml.safe_dump(registry), encoding="utf-8")
        return tmp_path

    return write


@pytest.fixture
def problems(folder: Write) -> Callable[[Edit], str]:
    """Load the small registry, changed by an edit, and return what the loader says against it."""

    def load(edit: Edit) -> str:
        with pytest.raises(model.ModelError) as caught:
            model.load(folder(edit))
        return str(caught.value)

    return load
