"""Which of NautilusTrader's functions are watched: the few that are Python, and patchable.

Orders themselves are heard of on the message bus (``kernels.py``): the engines, and ``Strategy`` with its
``submit_order``, are Cython.
"""

from __future__ import annotations

from otel_trading.instrumentation.nautilus import connections, crashes, kernels, session
from otel_trading.instrumentation.nautilus.adapters import hook
from otel_trading.instrumentation.toolkit.hooks import Hook, after, before

_KERNEL = "nautilus_trader.system.kernel:NautilusKernel"
_TRADER = "nautilus_trader.trading.trader:Trader"
_CLIENT = "nautilus_trader.live.execution_client:LiveExecutionClient"
_SOCKETS = "nautilus_trader.adapters.binance.websocket.client:BinanceWebSocketClient"
_ENGINES = (
    "nautilus_trader.live.data_engine:LiveDataEngine",
    "nautilus_trader.live.execution_engine:LiveExecutionEngine",
    "nautilus_trader.live.risk_engine:LiveRiskEngine",
)

HOOKS: tuple[Hook, ...] = (
    hook(f"{_KERNEL}.__init__", after(session.kernel_made)),
    hook(f"{_KERNEL}.stop", after(lambda call, _: kernels.stop(call.target))),
    hook(f"{_KERNEL}.stop_async", after(lambda call, _: kernels.stop(call.target))),
    hook(f"{_KERNEL}.dispose", after(lambda call, _: kernels.forget(call.target))),
    hook(f"{_TRADER}.add_strategy", after(session.component_added)),
    hook(f"{_TRADER}.add_actor", after(session.component_added)),
    hook(f"{_TRADER}.add_exec_algorithm", after(session.component_added)),
    hook(f"{_CLIENT}.__init__", after(session.client_made)),
    hook(f"{_SOCKETS}._connect_client", after(connections.opened)),
    hook(f"{_SOCKETS}._handle_reconnect", before(connections.reconnected)),
    hook(f"{_SOCKETS}._disconnect_client", after(connections.closed)),
    *(hook(f"{engine}._handle_queue_exception", before(crashes.crashed)) for engine in _ENGINES),
)
"""Each function that is watched."""
