"""Grafana in front of a running stack, as far as the command line asks it.

Loki is the real one: requests are passed on to it, answers come back as they are. Tempo is played over the spans that
came out of the Collector (tests/stores/pretended.py).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import requests

from otel_trading.telemetry.store.decode import spans_of
from tests.stores.pretended import Answer, PretendedStack
from tests.story.tape import StoredSpan

if TYPE_CHECKING:
    from tests.stack.harness.stack import Stack
    from tests.stores.pretended import Asked

_SECONDS = 60.0
_OWN = {"host", "connection", "authorization", "accept-encoding"}
"""What a proxy does not pass on: headers of the connection to itself, and its own credentials."""


class Grafana(PretendedStack):
    """Passes requests on to a stack; spans are those that had been received when it was made."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(received(stack), ())
        self._loki_url = stack.loki_url

    def loki(self, asked: Asked) -> Answer:
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in _OWN}
        answer = requests.get(self._loki_url + asked.path, params=asked.params, headers=headers, timeout=_SECONDS)
        return Answer(answer.status_code, answer.content)


def received(stack: Stack) -> list[StoredSpan]:
    """Return the spans that came to Tempo's place so far."""
    with stack.tempo.file.open(encoding="utf-8") as lines:
        return [
            StoredSpan(record, resource)
            for line in lines
            if line.endswith("\n")
            for record, resource in spans_of(json.loads(line))
        ]
