"""The doctor: finds out why telemetry of a bot does not arrive, and says what to do."""

from otel_trading.doctor.checks import CHECKS, examine
from otel_trading.doctor.finding import Finding, Severity
from otel_trading.doctor.situation import Situation

__all__ = ["CHECKS", "Finding", "Severity", "Situation", "examine"]
