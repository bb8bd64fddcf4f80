"""The three stores as a test of one of them sees them: which signal ends there, where it listens, who stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.stack.harness.answers import GrpcAnswers, HttpAnswers
from tests.stack.harness.numbered import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.stack.harness.answers import Refusal
    from tests.stack.harness.numbered import Signal
    from tests.stack.harness.process import Process
    from tests.stack.harness.stack import Stack


class Backend(NamedTuple):
    name: str
    signal: Signal
    exporter: str
    process: Callable[[Stack], Process]
    address: Callable[[Stack], str]
    over_grpc: bool = False

    def stand_in(self, stack: Stack, refusal: Refusal) -> HttpAnswers | GrpcAnswers:
        """Return one that refuses at the address of this backend, which must not run."""
        return (GrpcAnswers if self.over_grpc else HttpAnswers)(self.address(stack), refusal)

    @property
    def other_signals(self) -> list[Signal]:
        return [signal for signal in SIGNALS if signal != self.signal]


BACKENDS = {
    "loki": Backend(
        "loki", "logs", "otlp_http/loki", lambda stack: stack.loki, lambda stack: stack.loki_url.removeprefix("http://")
    ),
    "prometheus": Backend(
        "prometheus",
        "metrics",
        "otlp_http/prometheus",
        lambda stack: stack.prometheus,
        lambda stack: stack.prometheus_url.removeprefix("http://"),
    ),
    "tempo": Backend(
        "tempo",
        "traces",
        "otlp_grpc/tempo",
        lambda stack: stack.tempo.process,
        lambda stack: stack.tempo.otlp_grpc,
        over_grpc=True,
    ),
}


def start_without(stack: Stack, *away: Backend) -> None:
    """Start all servers of a stack but some stores."""
    stack.keeper.start()
    here = [backend.process(stack) for backend in BACKENDS.values() if backend not in away]
    for process in here:
        process.start(wait=False)
    for process in here:
        process.wait_ready()
    stack.collector.start()
