"""OpenTelemetry for Python trading systems: one order, one story."""
