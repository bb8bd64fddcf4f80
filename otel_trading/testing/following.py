"""Tracers that do not outlive their recording.

Code that asks for a tracer when it is imported gets a proxy from OpenTelemetry's API. The proxy binds to the first
provider that comes, for good: the first test that records would have the spans of such code, all later ones, and the
application's own provider, none. So the proxy is given a tracer that asks at each span which provider is in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from opentelemetry.util.types import Attributes


class _Scope(NamedTuple):
    name: str
    version: str | None
    schema_url: str | None
    attributes: Attributes


class FollowingTracerProvider(TracerProvider):
    """The SDK's provider, with tracers that follow whatever provider is in force."""

    def get_tracer(
        self,
        instrumenting_module_name: str,
        instrumenting_library_version: str | None = None,
        schema_url: str | None = None,
        attributes: Attributes = None,
    ) -> trace.Tracer:
        """Return a tracer of this provider for as long as it is in force."""
        scope = _Scope(instrumenting_module_name, instrumenting_library_version, schema_url, attributes)
        return _FollowingTracer(self, scope)

    def own_tracer(self, scope: _Scope) -> trace.Tracer:
        """Return the SDK's tracer."""
        return super().get_tracer(*scope)


class _FollowingTracer(trace.Tracer):
    def __init__(self, home: FollowingTracerProvider, scope: _Scope) -> None:
        self._home = home
        self._scope = scope
        self._own = home.own_tracer(scope)

    def _tracer(self) -> trace.Tracer:
        provider = trace.get_tracer_provider()
        if provider is self._home:
            return self._own
        if isinstance(provider, FollowingTracerProvider):
            return provider.own_tracer(self._scope)
        return provider.get_tracer(*self._scope)

    def start_span(self, *args: Any, **kwargs: Any) -> trace.Span:
        """Begin a span of the provider in force."""
        return self._tracer().start_span(*args, **kwargs)

    def start_as_current_span(self, *args: Any, **kwargs: Any) -> AbstractContextManager[trace.Span]:  # type: ignore[override] # the API's own type of context manager is private
        """Begin a span of the provider in force, and make it the current one."""
        return self._tracer().start_as_current_span(*args, **kwargs)
