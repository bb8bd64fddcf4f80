"""The attributes of OpenTelemetry's own conventions that this registry refers to.

Only these: a reference to another one is refused until it is added here, after a look at whether version
1.44.0 has it. Their definitions come with the dependency that the manifest names.
"""

from __future__ import annotations

from typing import Final

SCHEMA_URL: Final = "https://opentelemetry.io/schemas/1.44.0"

ATTRIBUTES: Final = {
    "error.type": "The class of error with which the operation ended.",
    "exception.message": "The message of the exception.",
    "exception.stacktrace": "The traceback of the exception.",
    "exception.type": "The qualified class name of the exception.",
    "server.address": "The host name of the venue's server.",
    "thread.name": "The name of the thread.",
}
"""Attribute name to what it means here."""

UNBOUNDED: Final = frozenset({"exception.message", "exception.stacktrace", "thread.name"})
"""Those of them whose values have no end: refused on metrics."""
