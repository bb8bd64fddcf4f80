"""The resource: which bot, and that this distribution watches it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from opentelemetry.sdk.resources import Resource, ResourceDetector

from otel_trading.version import __version__


class TradingResourceDetector(ResourceDetector):
    """Names the distribution, and the service after the bot's script where the user named none.

    ``unknown_service`` would put every bot of a desk into one.
    """

    def detect(self) -> Resource:
        """Return ``telemetry.distro.*``, and ``service.name`` where it is not set otherwise."""
        found = {"telemetry.distro.name": "otel-trading", "telemetry.distro.version": __version__}
        if not _is_named(os.environ.get("OTEL_SERVICE_NAME"), os.environ.get("OTEL_RESOURCE_ATTRIBUTES")):
            found["service.name"] = bot_name(sys.orig_argv)
        return Resource(found)


def _is_named(service_name: str | None, attributes: str | None) -> bool:
    keys = (pair.partition("=")[0].strip() for pair in (attributes or "").split(","))
    return bool(service_name) or "service.name" in keys


def bot_name(argv: list[str]) -> str:
    """Return the name of the bot that a Python command line runs: its script's or module's, without ``.py``."""
    arguments = iter(argv[1:])
    for word in arguments:
        if word == "-m":
            return next(arguments, "bot")
        if word == "-c":
            return "bot"
        if word in {"-W", "-X"}:
            next(arguments, None)
        elif not word.startswith("-"):
            return Path(word).stem or "bot"
    return "bot"
