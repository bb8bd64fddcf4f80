"""The instrumentor of ccxt: sync, async and pro, every exchange class."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

from opentelemetry import context as otel

from otel_trading.instrumentation.ccxt import sockets
from otel_trading.instrumentation.ccxt.hooks import OPERATIONS
from otel_trading.instrumentation.ccxt.observed import CcxtFields
from otel_trading.instrumentation.toolkit import limits
from otel_trading.instrumentation.toolkit.library import LibraryInstrumentor
from otel_trading.instrumentation.toolkit.wrapping import watched
from otel_trading.orders.contain import contained
from otel_trading.orders.context import use_context

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from types import ModuleType

    from otel_trading.instrumentation.toolkit.patching import Patches

_MODULES = ("ccxt", "ccxt.async_support", "ccxt.pro")
_FIELDS = CcxtFields()


class CcxtInstrumentor(LibraryInstrumentor):
    """Instruments every exchange class of ccxt; of hooks it has no list of functions, but of names of methods."""

    library = "ccxt"

    def modules(self) -> Collection[str]:
        """Return the modules that hold exchange classes."""
        return _MODULES

    def patch(self, module: ModuleType) -> None:
        """Watch the methods of every exchange class of ``module``, each in the class that defines it."""
        _patch_module(self._patches, module)

    def families(self) -> Iterable[type]:
        """Return every class of every exchange: ccxt copies its methods under a second name."""
        return _all_classes()


def _all_classes() -> Iterator[type]:
    """Yield every class of every exchange that is imported, and whatever the bot derived from them, each once."""
    seen: set[type] = set()
    waiting = [kind for name in _MODULES if name in sys.modules for kind in _classes(sys.modules[name])]
    while waiting:
        kind = waiting.pop()
        if kind not in seen:
            seen.add(kind)
            yield kind
            waiting += kind.__subclasses__()


def _classes(module: ModuleType) -> Iterator[type]:
    """Yield every class of ``module``'s exchanges, base classes first come, each once."""
    seen: set[type] = {object}
    for name in getattr(module, "exchanges", ()):
        exchange = getattr(module, name, None)
        if isinstance(exchange, type):
            for kind in reversed(exchange.__mro__):
                if kind not in seen:
                    seen.add(kind)
                    yield kind


def _patch_module(patches: Patches, module: ModuleType) -> None:
    for kind in _classes(module):
        own = vars(kind)
        for name in OPERATIONS.keys() & own.keys():
            operation = functools.partial(OPERATIONS[name], _FIELDS)
            patches.replace(kind, name, functools.partial(_watched, operation=operation, patches=patches))
        for name, after in _AFTERWARDS.items():
            if name in own:
                patches.replace(kind, name, functools.partial(_followed, after=after, patches=patches))
    client = sys.modules.get("ccxt.async_support.base.ws.client")
    if client is not None:
        patches.replace(client.Client, "connect", functools.partial(_detached, patches=patches))
    patches.replace_copies(_all_classes())


def _watched(original: Any, operation: Any, patches: Patches) -> Any:
    return watched(original, operation, patches, awaited=_is_async)


def _is_async(exchange: Any) -> bool:
    """Tell whether an exchange's plain methods return coroutines, as ``pro.binance.watch_order_book`` does."""
    return not getattr(exchange, "synchronous", True)


def _followed(original: Callable[..., Any], after: Callable[..., None], patches: Patches) -> Callable[..., Any]:
    """Return ``original`` with ``after`` told of each call's arguments once it returned."""

    @functools.wraps(original)
    def follow(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        if patches.active:
            with contained():
                after(self, *args, **kwargs)
        return result

    return follow


def _detached(original: Callable[..., Any], patches: Patches) -> Callable[..., Any]:
    """Return ``original`` run outside any order: a websocket outlives the order it was opened for."""

    @functools.wraps(original)
    def detached(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not patches.active:
            return original(self, *args, **kwargs)
        with use_context(otel.Context()):
            return original(self, *args, **kwargs)

    return detached


def _answered(exchange: Any, *args: Any, **kwargs: Any) -> None:
    names = ("code", "reason", "url", "method", "response_headers")
    given = dict(zip(names, args, strict=False)) | kwargs
    limits.record(str(getattr(exchange, "id", "")), str(given.get("url", "")), given.get("response_headers"))


_AFTERWARDS: dict[str, Callable[..., None]] = {
    "on_rest_response": _answered,
    "on_connected": sockets.connected,
    "on_error": sockets.disconnected,
    "on_close": sockets.disconnected,
}
