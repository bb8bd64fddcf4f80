"""The table of hooks: each names something that is there, and leaves nothing behind."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest
from alpaca.common.rest import RESTClient
from alpaca.data.live.websocket import DataStream
from alpaca.trading.client import TradingClient
from alpaca.trading.stream import TradingStream

from otel_trading.instrumentation.alpaca import AlpacaInstrumentor
from otel_trading.instrumentation.alpaca.hooks import HOOKS

if TYPE_CHECKING:
    from otel_trading.instrumentation.toolkit.hooks import Hook


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.target.partition(":")[2])
def test_what_a_hook_names_is_there(hook: Hook) -> None:
    found: Any = importlib.import_module(hook.module)
    for name in hook.target.partition(":")[2].split("."):
        found = vars(found)[name]
    assert callable(found)


def test_every_function_is_put_back() -> None:
    owners = (TradingClient, TradingStream, DataStream, RESTClient)
    before = [dict(vars(owner)) for owner in owners]
    instrumentor = AlpacaInstrumentor()
    instrumentor.instrument()
    assert vars(TradingClient)["submit_order"] is not before[0]["submit_order"]
    instrumentor.uninstrument()
    assert [dict(vars(owner)) for owner in owners] == before
