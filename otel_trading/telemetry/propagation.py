"""No trace header leaves for a venue: headers go out only to the hosts that are allowed by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opentelemetry import trace
from opentelemetry.propagators.textmap import TextMapPropagator, default_getter, default_setter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS
from opentelemetry.semconv.attributes.url_attributes import URL_FULL

from otel_trading.orders.contain import contains

if TYPE_CHECKING:
    from collections.abc import Collection

    from opentelemetry.context import Context
    from opentelemetry.propagators.textmap import Getter, Setter

_HTTP_URL = "http.url"  # what the HTTP instrumentations still write unless the stable conventions are opted in to


class GatedPropagator(TextMapPropagator):
    """Passes on to ``inner``, but injects only into requests to ``hosts``.

    The host is read off the client span that an HTTP instrumentation has just begun for the request. Where it
    can't be told, nothing is injected.
    """

    def __init__(self, inner: TextMapPropagator, hosts: Collection[str]) -> None:
        self._inner = inner
        self._hosts = frozenset(host.lower() for host in hosts if host)

    @contains
    def inject(self, carrier: Any, context: Context | None = None, setter: Setter[Any] = default_setter) -> None:
        """Inject where the request goes to an allowed host."""
        if self._hosts and _host(trace.get_current_span(context)) in self._hosts:
            self._inner.inject(carrier, context, setter)

    def extract(self, carrier: Any, context: Context | None = None, getter: Getter[Any] = default_getter) -> Context:
        """Extract as the inner propagator does: what comes in is no leak."""
        return self._inner.extract(carrier, context, getter)

    @property
    def fields(self) -> set[str]:
        """The header fields that the inner propagator may set."""
        return self._inner.fields


def _host(span: trace.Span) -> str:
    attributes = span.attributes if isinstance(span, ReadableSpan) else None
    if not attributes:
        return ""
    url = attributes.get(URL_FULL) or attributes.get(_HTTP_URL)
    host = urlsplit(str(url)).hostname if url else attributes.get(SERVER_ADDRESS)
    return str(host or "").lower()
