"""A bot that is set up by a file: OpenTelemetry's declarative configuration, in this distribution."""
