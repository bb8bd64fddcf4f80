"""Orders as the bot knows them: the current one, those remembered, their lives, and what is recorded of them.

Knows the OpenTelemetry API and nothing of the SDK or of any trading library.
"""
