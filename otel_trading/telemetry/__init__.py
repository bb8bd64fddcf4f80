"""Recorded telemetry: from the SDK to plain records, masked, kept on this machine or sent on."""
