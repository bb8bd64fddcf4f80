"""ccxt's exchange classes: each is made ready when its first object is made.

93 of the 104 sync classes define their own ``create_order``; to patch all of them, sync, async and pro, would take some
5,500 replacements, and a bot trades at two or three venues.
"""

from __future__ import annotations

import functools
import sys
import threading
from typing import TYPE_CHECKING, Any

from otel_trading.instrumentation.ccxt import sockets
from otel_trading.instrumentation.ccxt.hooks import OPERATIONS
from otel_trading.instrumentation.ccxt.observed import CcxtFields
from otel_trading.instrumentation.toolkit import limits
from otel_trading.instrumentation.toolkit.connections import outliving
from otel_trading.instrumentation.toolkit.wrapping import watched
from otel_trading.orders.contain import contained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from otel_trading.instrumentation.toolkit.patching import Patches

BASE = "ccxt.base.exchange"
"""The module of the class that every exchange class derives from: sync, async, pro and the bot's own."""

_ALIAS = "createOrder"  # which ccxt puts into a class when its first object is made
_FIELDS = CcxtFields()
_lock = threading.Lock()


def every() -> Iterator[type]:
    """Yield every exchange class that there is by now, each once."""
    seen: set[type] = set()
    waiting = [_constructed()] if BASE in sys.modules else []
    while waiting:
        kind = waiting.pop()
        if kind not in seen:
            seen.add(kind)
            yield kind
            waiting += kind.__subclasses__()


def watch(patches: Patches) -> None:
    """Have each class made ready at its first object, and at once where it had one before."""
    patches.replace(_constructed(), "__init__", functools.partial(_prepared, patches=patches))
    for kind in every():
        if _ALIAS in vars(kind):
            prepare(kind, patches)


def _constructed() -> type:
    """Return the class whose constructor all others' objects go through."""
    family: tuple[type, ...] = sys.modules[BASE].Exchange.__mro__
    return next(kind for kind in family if "__init__" in vars(kind))


def prepare(kind: type, patches: Patches) -> None:
    """Watch the methods of ``kind``, each in the class that defines it."""
    with _lock:
        family = kind.__mro__[:-1]
        for each in family:
            own = vars(each)
            for name in OPERATIONS.keys() & own.keys():
                patches.replace(each, name, functools.partial(_watched, name=name, patches=patches))
            for name, after in _AFTERWARDS.items():
                if name in own:
                    patches.replace(each, name, functools.partial(_followed, after=after, patches=patches))
        patches.replace_copies(family)


def _prepared(original: Callable[..., None], patches: Patches) -> Callable[..., None]:
    ready: set[type] = set()

    @functools.wraps(original)
    def init(self: Any, /, *args: Any, **kwargs: Any) -> None:
        if patches.active and type(self) not in ready:
            with contained():
                prepare(type(self), patches)  # before ccxt copies the methods to their second names
                ready.add(type(self))
        original(self, *args, **kwargs)

    return init


def _watched(original: Any, name: str, patches: Patches) -> Any:
    return watched(original, functools.partial(OPERATIONS[name], _FIELDS), patches, awaited=_is_async)


def lasting(original: Any, patches: Patches) -> Any:
    """Return ``original``, which connects a websocket, run outside the order that it is connected for."""
    return watched(original, functools.partial(outliving, _FIELDS), patches)


def _is_async(exchange: Any) -> bool:
    """Tell whether an exchange's plain methods return coroutines, as ``pro.binance.watch_order_book`` does."""
    return not getattr(exchange, "synchronous", True)


def _followed(original: Callable[..., Any], after: Callable[..., None], patches: Patches) -> Callable[..., Any]:
    """Return ``original`` with ``after`` told of each call's arguments once it returned."""

    @functools.wraps(original)
    def follow(self: Any, /, *args: Any, **kwargs: Any) -> Any:
        result = original(self, *args, **kwargs)
        if patches.active:
            with contained():
                after(self, *args, **kwargs)
        return result

    return follow


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

HOOKED = OPERATIONS.keys() | _AFTERWARDS.keys()
"""The methods that are watched or followed."""
