"""What ``opentelemetry-instrument`` would load."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from otel_trading.doctor.loading import LAUNCHER
from tests.doctor.ward import ERROR, NOTE, OK, WARNING, check, install, situation

if TYPE_CHECKING:
    from pathlib import Path

RIVAL = """\
[opentelemetry_distro]
rival = rival:Distro
[opentelemetry_configurator]
rival = rival:Configurator
"""


@pytest.fixture
def rival_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second distribution that is found before ours."""
    install(tmp_path / "site", "rival-distro", "1.0", entry_points=RIVAL)
    monkeypatch.syspath_prepend(tmp_path / "site")


@pytest.fixture
def rival_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second distribution that is found after ours."""
    install(tmp_path / "site", "rival-distro", "1.0", entry_points=RIVAL)
    monkeypatch.setattr("sys.path", [*__import__("sys").path, str(tmp_path / "site")])


def test_our_distribution_alone_is_fine(tmp_path: Path) -> None:
    assert {found.severity for found in check("distribution", situation(tmp_path)).values()} == {OK}


@pytest.mark.usefixtures("rival_first")
def test_a_distribution_found_first_is_loaded_in_place_of_ours(tmp_path: Path) -> None:
    found = check("distribution", situation(tmp_path))["distribution.lost"]
    assert found.severity is ERROR
    assert "rival-distro" in found.title
    assert "OTEL_PYTHON_CONFIGURATOR=otel_trading" in found.remedy


@pytest.mark.usefixtures("rival_last")
def test_winning_by_order_alone_is_a_warning(tmp_path: Path) -> None:
    assert check("distribution", situation(tmp_path))["distribution.rival"].severity is WARNING


@pytest.mark.usefixtures("rival_first")
def test_the_remedy_against_another_distribution_cures(tmp_path: Path) -> None:
    cured = {"OTEL_PYTHON_DISTRO": "otel_trading", "OTEL_PYTHON_CONFIGURATOR": "otel_trading"}
    assert set(check("distribution", situation(tmp_path, cured))) == {"distribution"}


def test_a_distribution_that_is_not_installed_leaves_none(tmp_path: Path) -> None:
    found = check("distribution", situation(tmp_path, OTEL_PYTHON_DISTRO="otel-trading"))
    assert found["distribution.unknown"].severity is ERROR


def test_the_launcher_of_another_environment_is_a_warning(tmp_path: Path) -> None:
    other = tmp_path / LAUNCHER
    other.write_text("#!/bin/sh\n")
    other.chmod(0o755)
    found = check("launcher", situation(tmp_path, PATH=str(tmp_path)))["launcher.elsewhere"]
    assert found.severity is WARNING
    assert f"found {other}" in found.evidence


def test_no_launcher_on_the_path_is_a_note(tmp_path: Path) -> None:
    assert check("launcher", situation(tmp_path, PATH=str(tmp_path)))["launcher.path"].severity is NOTE


def test_the_launcher_of_this_environment_is_fine(tmp_path: Path) -> None:
    import sysconfig  # noqa: PLC0415 - used here only

    here = situation(tmp_path, PATH=sysconfig.get_path("scripts"))
    assert set(check("launcher", here)) == {"launcher"}


def test_a_launcher_that_is_not_installed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sysconfig.get_path", lambda _: str(tmp_path))
    assert check("launcher", situation(tmp_path))["launcher.missing"].severity is ERROR


@pytest.mark.parametrize("off", ["ccxt", "*", "requests , ccxt"])
def test_a_trading_library_that_is_switched_off_is_an_error(tmp_path: Path, off: str) -> None:
    here = situation(tmp_path, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=off)
    assert check("instrumentors", here)["instrumentors.off"].severity is ERROR


@pytest.mark.parametrize("off", ["requests", "asyncio"])  # the one of event loops is ours, and records no orders
def test_another_instrumentor_that_is_switched_off_is_a_note(tmp_path: Path, off: str) -> None:
    here = situation(tmp_path, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=off)
    found = check("instrumentors", here)
    assert {code: each.severity for code, each in found.items()} == {"instrumentors.others": NOTE}


def test_a_misspelt_instrumentor_is_named_with_the_right_one(tmp_path: Path) -> None:
    here = situation(tmp_path, OTEL_PYTHON_DISABLED_INSTRUMENTATIONS="request")
    assert check("instrumentors", here)["instrumentors.unknown"].remedy == "Is requests meant?"
