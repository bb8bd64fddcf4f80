"""Versions: Python's, OpenTelemetry's, the trading libraries'."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from otel_trading.doctor.installation import NEWEST_PYTHON, OLDEST_PYTHON
from tests.doctor.ward import ERROR, NOTE, OK, WARNING, check, install, situation

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that comes before the real ones."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def test_the_python_of_these_tests_is_fine(tmp_path: Path) -> None:
    assert check("python", situation(tmp_path))["python"].severity is OK


def test_a_python_before_the_oldest_is_an_error(tmp_path: Path) -> None:
    before = (OLDEST_PYTHON[0], OLDEST_PYTHON[1] - 1)
    assert check("python", replace(situation(tmp_path), python=before))["python.old"].severity is ERROR


def test_a_python_after_the_newest_tried_is_a_note(tmp_path: Path) -> None:
    after = (NEWEST_PYTHON[0], NEWEST_PYTHON[1] + 1)
    assert check("python", replace(situation(tmp_path), python=after))["python.untried"].severity is NOTE


def test_the_packages_of_this_environment_fit_each_other(tmp_path: Path) -> None:
    assert set(check("packages", situation(tmp_path))) == {"packages"}


def test_an_instrumentation_that_pins_another_version_is_named_with_both(tmp_path: Path, site: Path) -> None:
    install(site, "opentelemetry-instrumentation-flask", "0.50b0", requires=("opentelemetry-instrumentation==0.50b0",))
    found = check("packages", situation(tmp_path))["packages.mismatch"]
    assert found.severity is WARNING
    assert "opentelemetry-instrumentation-flask 0.50b0 requires opentelemetry-instrumentation==0.50b0" in found.evidence


def test_a_package_that_is_required_and_not_there_is_an_error(tmp_path: Path, site: Path) -> None:
    install(site, "opentelemetry-instrumentation-flask", "0.50b0", requires=("opentelemetry-instrumentation-wsgi",))
    found = check("packages", situation(tmp_path))["packages.missing"]
    assert (found.severity, found.title) == (ERROR, "opentelemetry-instrumentation-wsgi is not installed")


def test_a_requirement_of_an_extra_is_none(tmp_path: Path, site: Path) -> None:
    install(site, "opentelemetry-x", "1", requires=("opentelemetry-y==7; extra == 'y'",))
    assert set(check("packages", situation(tmp_path))) == {"packages"}


def test_an_sdk_outside_our_range_is_a_warning(tmp_path: Path, site: Path) -> None:
    install(site, "opentelemetry-sdk", "1.20.0")
    assert check("packages", situation(tmp_path))["packages.untried"].severity is WARNING


@pytest.mark.parametrize(("version", "code"), [("4.3.9", "old"), ("4.6.0", "untried"), ("5.0", "untried")])
def test_a_ccxt_outside_the_tried_range_is_told(tmp_path: Path, site: Path, version: str, code: str) -> None:
    install(site, "ccxt", version)
    found = check("libraries", situation(tmp_path))[f"libraries.{code}"]
    assert found.evidence == ("tried: 4.4 and later, before 4.6",)


def test_a_ccxt_inside_the_tried_range_is_fine(tmp_path: Path, site: Path) -> None:
    install(site, "ccxt", "4.4.0")
    title = check("libraries", situation(tmp_path))["libraries"].title
    assert "ccxt 4.4.0" in title.removeprefix("Instrumented: ").split(", ")


def test_an_environment_without_a_trading_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert check("libraries", situation(tmp_path))["libraries.none"].severity is NOTE
