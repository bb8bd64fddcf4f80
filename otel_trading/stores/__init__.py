"""Telemetry read back from a stack: spans from Tempo, log records and events from Loki, by their HTTP APIs."""
