"""An instance id for each process, where the user has chosen one for all of them.

``service.instance.id`` in ``OTEL_RESOURCE_ATTRIBUTES`` or in a configuration file is meant for the bot. Its children
read the same variable: forked ones would lose the name to a random id, all others would count under their parent's,
and a store of metrics would take two counters for one. So a child's id is its parent's and its own process number.
"""

from __future__ import annotations

import os

from opentelemetry.sdk.resources import Resource, ResourceDetector

from otel_trading.config_file import VARIABLE
from otel_trading.detector import given_attributes
from otel_trading.telemetry import redact

KEY = "service.instance.id"
OWNER = "_OTEL_TRADING_INSTANCE"
"""The variable that tells children who has the chosen id: a process number and the id."""


def own_instance(chosen: str) -> str:
    """Return the id of this process: ``chosen`` for the first that asks, else a child's, as ``chosen-1234``."""
    owner, _, known = os.environ.get(OWNER, "").partition(" ")
    if known == chosen and owner != str(os.getpid()):
        return f"{chosen}-{os.getpid()}"
    os.environ[OWNER] = f"{os.getpid()} {chosen}"
    return chosen


class InstanceDetector(ResourceDetector):
    """Gives the process its own id where one is chosen; asked again in a forked child."""

    def is_process_dependent(self) -> bool:
        """Say that a forked child has another."""
        return True

    def detect(self) -> Resource:
        """Return ``service.instance.id`` where the user has chosen one, else nothing."""
        if os.environ.get(VARIABLE, "").strip():  # then the file has chosen, before any fork, or nobody has
            chosen = os.environ.get(OWNER, "").partition(" ")[2]
        else:
            chosen = given_attributes().get(KEY, "")
        return Resource(redact.attributes({KEY: own_instance(chosen)}) if chosen else {})
