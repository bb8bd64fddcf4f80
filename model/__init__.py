"""The trading semantic conventions, and what is generated from them.

The YAML files of this folder are a registry in OpenTelemetry's own format. ``python -m model`` writes
``otel_trading/semconv/`` and ``docs/telemetry.md`` from them; ``python -m model --check`` tells whether those
are up to date.
"""

from model.load import load
from model.problems import ModelError, Problem
from model.schema import Attribute, Event, Level, Member, Metric, Model, Ref, Signal, Span

__all__ = [
    "Attribute",
    "Event",
    "Level",
    "Member",
    "Metric",
    "Model",
    "ModelError",
    "Problem",
    "Ref",
    "Signal",
    "Span",
    "load",
]
