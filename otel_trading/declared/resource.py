"""The resource of a bot that is set up by a file."""

from __future__ import annotations

from typing import Any

from opentelemetry.sdk.resources import Resource, ServiceInstanceIdResourceDetector

from otel_trading.detector import bot_name, command, distribution
from otel_trading.instance import KEY, own_instance
from otel_trading.telemetry import redact

_UNKNOWN = "unknown_service"


def resource_of(config: Any) -> Resource:
    """Return the resource that a file's ``resource:`` describes, masked, and with what tells processes and bots apart.

    A resource goes out with every signal, metrics included, which pass no other mask of ours. Raises whatever
    ``opentelemetry-configuration`` raises for a detector that is not installed, or for a wrong value.
    """
    from opentelemetry.configuration.file import create_resource  # noqa: PLC0415 - optional

    found = create_resource(config)
    attributes: dict[str, Any] = dict(redact.attributes(found.attributes))
    if str(attributes.get("service.name") or _UNKNOWN).startswith(_UNKNOWN):
        attributes["service.name"] = bot_name(command())
    chosen = attributes.get(KEY)
    if chosen and isinstance(chosen, str):
        attributes[KEY] = own_instance(chosen)
    else:
        attributes |= ServiceInstanceIdResourceDetector().detect().attributes
    return Resource(attributes | distribution(), found.schema_url)
