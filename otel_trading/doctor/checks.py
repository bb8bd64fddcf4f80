"""The table of checks, and the examination that runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from otel_trading.doctor import environment, installation, loading, losses, spooled, stored, storing
from otel_trading.doctor.finding import warning
from otel_trading.doctor.masking import Masker
from otel_trading.doctor.receiver.check import check_receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from otel_trading.doctor.finding import Finding
    from otel_trading.doctor.situation import Situation

    Check = Callable[[Situation], Iterable[Finding]]

CHECKS: dict[str, Check] = {
    "python": installation.check_python,
    "packages": installation.check_packages,
    "libraries": installation.check_libraries,
    "launcher": loading.check_launcher,
    "distribution": loading.check_distribution,
    "instrumentors": loading.check_instrumentors,
    "sdk": environment.check_sdk,
    "settings": environment.check_settings,
    "variables": environment.check_variables,
    "exporters": environment.check_exporters,
    "logging": environment.check_logging,
    "sampling": environment.check_sampling,
    "store": storing.check_store,
    "spool": spooled.check_spool,
    "records": stored.check_records,
    "orders": stored.check_orders,
    "losses": losses.check_losses,
    "receiver": check_receiver,
    "clock": losses.check_clock,
}
"""In the order in which findings of the same severity are shown. A finding's code begins with its check's name."""


def examine(situation: Situation) -> list[Finding]:
    """Run every check and return what they found, the worst first; no secret of the environment is in it."""
    masker = Masker(situation.secrets)
    found = [masker.finding(each) for name, check in CHECKS.items() for each in _run(name, check, situation)]
    return sorted(found, key=lambda each: -each.severity)


def _run(name: str, check: Check, situation: Situation) -> Iterator[Finding]:
    try:
        yield from check(situation)
    except Exception as problem:  # noqa: BLE001 - one check that fails leaves the others their say
        title = f"The check of {name} failed: {type(problem).__name__}: {problem}"
        yield warning(f"{name}.failed", title, remedy="Report it with: otel-trading doctor --bundle bundle.zip")
