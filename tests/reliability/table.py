"""All pitfalls, family by family."""

from __future__ import annotations

from tests.reliability import (
    contexts,
    exits,
    logs,
    masking,
    outages,
    overload,
    processes,
    servers,
    signals,
    wrong_settings,
)

FAMILIES = {
    "The end of the process": exits.PITFALLS,
    "Signals": signals.PITFALLS,
    "Several processes": (*processes.PITFALLS, *servers.PITFALLS),
    "Which order it was for": contexts.PITFALLS,
    "More than can be sent": overload.PITFALLS,
    "The receiver is away": outages.PITFALLS,
    "Logging": logs.PITFALLS,
    "What should stay here": masking.PITFALLS,
    "Wrong settings": wrong_settings.PITFALLS,
}
PITFALLS = {pitfall.name: pitfall for family in FAMILIES.values() for pitfall in family}
