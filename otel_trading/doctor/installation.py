"""Checks of versions: Python's, OpenTelemetry's and the trading libraries'."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from packaging.version import Version

from otel_trading.doctor.finding import error, fine, note, warning
from otel_trading.doctor.installed import canonical, packages
from otel_trading.instrumentation.versions import TRIED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from packaging.requirements import Requirement

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.installed import Package
    from otel_trading.doctor.situation import Situation

OLDEST_PYTHON = (3, 10)
NEWEST_PYTHON = (3, 14)
_US = "otel-trading"


def check_python(situation: Situation) -> Iterator[Finding]:
    """Find a Python that is too old, or newer than any this was tried with."""
    version = ".".join(map(str, situation.python))
    oldest, newest = (".".join(map(str, each)) for each in (OLDEST_PYTHON, NEWEST_PYTHON))
    if situation.python < OLDEST_PYTHON:
        yield error("python.old", f"Python {version} is older than {oldest}", remedy=f"Use Python {oldest} or newer.")
    elif situation.python > NEWEST_PYTHON:
        remedy = f"Nothing, if all works; {newest} is the newest that was tried."
        yield note("python.untried", f"Python {version} is newer than any tried", remedy=remedy)
    else:
        yield fine("python", f"Python {platform.python_version()}")


def check_packages(_: Situation) -> Iterator[Finding]:
    """Find OpenTelemetry packages that do not fit each other, or this distribution."""
    found = packages()
    family = {name: each for name, each in found.items() if name.startswith("opentelemetry-") or name == _US}
    clean = True
    for package in family.values():
        for requirement, there in _unfit(package, found):
            clean = False
            yield _explained(package, requirement, there)
    if clean:
        shown = [f"{name} {found[name].version}" for name in (_US, "opentelemetry-sdk") if name in found]
        yield fine("packages", f"{len(family)} OpenTelemetry packages fit each other ({', '.join(shown)})")


def check_libraries(_: Situation) -> Iterator[Finding]:
    """Find trading libraries of a version that was not tried, or that there is none."""
    found = packages()
    good = []
    for library, tried in TRIED.items():
        package = found.get(library)
        version = package.parsed if package else None
        if package is None or version is None:
            continue
        span = str(tried)
        if version < Version(tried.least):
            remedy = f"pip install '{library}>={tried.least},<{tried.below}'"
            yield warning("libraries.old", f"{library} {package.version} is older than any tried", span, remedy=remedy)
        elif version >= Version(tried.below):
            remedy = "Look at one order with: otel-trading order ID. Where something is missing in it, go back."
            yield note("libraries.untried", f"{library} {package.version} is newer than tried", span, remedy=remedy)
        else:
            good.append(f"{library} {package.version}")
    if good:
        yield fine("libraries", f"Instrumented: {', '.join(good)}")
    elif not found.keys() & TRIED.keys():
        yield note(
            "libraries.none",
            "No trading library that we know is installed beside this Python",
            remedy="Install otel-trading into the environment that the bot runs in, or use order(...): docs/api.md.",
        )


def _unfit(package: Package, found: Mapping[str, Package]) -> Iterator[tuple[Requirement, Package | None]]:
    """Yield what a package requires of OpenTelemetry and does not have."""
    for requirement in package.requires:
        name = canonical(requirement.name)
        if name.startswith("opentelemetry-"):
            there = found.get(name)
            if there is None or not requirement.specifier.contains(there.version, prereleases=True):
                yield requirement, there


def _explained(package: Package, requirement: Requirement, there: Package | None) -> Finding:
    wants = f"{package.name} {package.version} requires {requirement.name}{requirement.specifier}"
    remedy = f"pip install --upgrade {_US} {package.name} '{requirement.name}{requirement.specifier}'"
    if there is None:
        return error("packages.missing", f"{requirement.name} is not installed", wants, remedy=remedy)
    if package.name == _US:
        return warning(
            "packages.untried", f"{there.name} {there.version} is outside the tried range", wants, remedy=remedy
        )
    title = f"{there.name} {there.version} does not fit {package.name} {package.version}"
    return warning("packages.mismatch", title, wants, remedy=remedy)
