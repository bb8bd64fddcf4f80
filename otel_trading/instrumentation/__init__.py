"""Instrumentors: one module or folder a trading library, each knowing the OpenTelemetry API, orders and its library."""
