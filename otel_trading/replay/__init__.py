"""Replay: send what the local store holds to an OTLP receiver, each record once, and go on after an interruption."""

from __future__ import annotations

from otel_trading.replay.pending import Window
from otel_trading.replay.run import Plan, replay
from otel_trading.replay.tally import Summary, Tally
from otel_trading.replay.target import Target, TargetError, target_of

__all__ = ["Plan", "Summary", "Tally", "Target", "TargetError", "Window", "replay", "target_of"]
