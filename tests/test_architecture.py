"""Rules of the house that no linter knows: who may know the SDK and the trading libraries, and the length of a file."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.packages import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "otel_trading").rglob("*.py"))
SOURCES = [
    path
    for folder in ("otel_trading", "model", "tests", "bench", "fuzz", "examples", "docs")
    for path in (ROOT / folder).rglob("*.py")
]

KNOW_THE_SDK = (
    "otel_trading/telemetry/",
    "otel_trading/configurator.py",
    "otel_trading/declared/",
    "otel_trading/detector.py",
    "otel_trading/instance.py",
    "otel_trading/testing",
    "otel_trading/doctor/receiver/",  # asks the receiver by what the SDK's own exporters send
)
KNOW_LIBRARIES = ("otel_trading/demo/",)
MOST_LINES = 300
GENERATED = ROOT / "otel_trading" / "semconv"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def outside(rooms: tuple[str, ...]) -> list[Path]:
    return [path for path in PACKAGE if not name_of(path).startswith(rooms)]


def imports(tree: ast.AST, *, at_import_time: bool = False) -> Iterator[str]:
    """Yield the modules that a module imports; ``at_import_time`` leaves out what its functions import."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif at_import_time and _is_run_later(node):
            continue
        yield from imports(node, at_import_time=at_import_time)


def _is_run_later(node: ast.AST) -> bool:
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))


def is_of(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", outside(KNOW_THE_SDK), ids=name_of)
def test_a_room_knows_the_api_and_not_the_sdk(path: Path) -> None:
    assert [module for module in imports(parsed(path)) if is_of(module, "opentelemetry.sdk")] == []


@pytest.mark.parametrize("path", outside(KNOW_LIBRARIES), ids=name_of)
def test_a_module_is_imported_without_importing_a_trading_library(path: Path) -> None:
    found = imports(parsed(path), at_import_time=True)
    assert [module for module in found if any(is_of(module, library) for library in PACKAGES)] == []


@pytest.mark.parametrize("path", [path for path in SOURCES if GENERATED not in path.parents], ids=name_of)
def test_a_file_is_short_enough_to_be_one_idea(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{name_of(path)} has {lines} lines: it is probably two modules"


def test_the_package_itself_imports_nothing_but_the_public_api() -> None:
    assert {module.rpartition(".")[0] for module in imports(parsed(ROOT / "otel_trading" / "__init__.py"))} <= {
        "otel_trading",
        "otel_trading.orders",
    }


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import ccxt.pro", ["ccxt.pro"]),
        ("from ccxt import binance", ["ccxt"]),
        ("try:\n    import ccxt\nexcept ImportError: pass", ["ccxt"]),
        ("class A:\n    import ccxt", ["ccxt"]),
        ("def load():\n    import ccxt", []),
        ("if TYPE_CHECKING:\n    import ccxt", []),
    ],
)
def test_these_rules_see_an_import_wherever_it_runs(source: str, found: list[str]) -> None:
    assert list(imports(ast.parse(source), at_import_time=True)) == found
