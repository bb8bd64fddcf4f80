"""The SDK as a configuration file describes it, with our lanes, masking and stamps in place of its own processors.

The file is customised as the specification has it: between its reading and the making of the SDK. Providers, samplers,
limits, readers, views and propagators are made by ``opentelemetry-configuration``; what carries records is ours. A
part of the file that cannot be had costs only itself, and is told; a signal that would go nowhere for it goes to the
local store.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from opentelemetry import metrics, trace
from opentelemetry._logs import set_logger_provider

from otel_trading.declared.changed import changed
from otel_trading.declared.completed import completed, store_reader, with_interval
from otel_trading.declared.resource import resource_of
from otel_trading.setting_sources import Problem
from otel_trading.telemetry import declared, metering
from otel_trading.telemetry.pipeline import Bounds
from otel_trading.telemetry.processors import StampLogs, StampSpans
from otel_trading.telemetry.store.exporter import StoreLogExporter, StoreSpanExporter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opentelemetry.configuration import OpenTelemetryConfiguration
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.resources import Resource

    from otel_trading.settings import Settings
    from otel_trading.telemetry.declared import Exporter
    from otel_trading.telemetry.pipeline import Pipeline

T = TypeVar("T")

_SHORTEST_SECONDS = 0.01
_LOGGING = "logging"


def configure(model: OpenTelemetryConfiguration, file: str, settings: Settings, pipeline: Pipeline) -> list[Problem]:
    """Set up the SDK of this process as ``model``, read from ``file``, describes it; returns what could not be had."""
    building = _Building(completed(model, settings.export), file, pipeline)
    building.run()
    return building.problems


class _Building:
    """One configuration file on its way to an SDK."""

    def __init__(self, model: OpenTelemetryConfiguration, file: str, pipeline: Pipeline) -> None:
        self._model = model
        self._file = file
        self._pipeline = pipeline
        self.problems: list[Problem] = []

    def run(self) -> None:
        from opentelemetry.configuration import configure_sdk  # noqa: PLC0415 - optional

        resource = self._resource()
        if self._model.tracer_provider is not None:
            self._traces(self._model.tracer_provider, resource)
        if self._model.meter_provider is not None:
            self._metrics(self._model.meter_provider, resource)
        if self._model.logger_provider is not None:
            self._logs(self._model.logger_provider, resource)
        self._guarded("propagator, instrumentation", lambda: configure_sdk(self._rest()), lambda: None)

    def _resource(self) -> Resource:
        config = self._model.resource

        def undetected() -> Resource:
            return self._guarded(
                "resource", lambda: resource_of(changed(config, detection_development=None)), lambda: resource_of(None)
            )

        return self._guarded("resource", lambda: resource_of(config), undetected)

    def _traces(self, config: Any, resource: Resource) -> None:
        from opentelemetry.configuration.file import create_tracer_provider  # noqa: PLC0415 - optional

        limits = self._model.attribute_limits
        bare = changed(config, processors=[])
        provider = self._guarded(
            "tracer_provider",
            lambda: create_tracer_provider(bare, resource, limits),
            lambda: create_tracer_provider(None, resource, limits),
        )
        provider.add_span_processor(StampSpans())
        store = declared.Exporter("otel_trading", StoreSpanExporter, {})
        for made, exporter, bounds in self._exporters("tracer_provider", "traces", config.processors, store):
            provider.add_span_processor(self._pipeline.span_processor(made, exporter, bounds))
        trace.set_tracer_provider(provider)

    def _logs(self, config: Any, resource: Resource) -> None:
        from opentelemetry.configuration.file import create_logger_provider  # noqa: PLC0415 - optional

        limits = self._model.attribute_limits
        bare = changed(config, processors=[])
        provider = self._guarded(
            "logger_provider",
            lambda: create_logger_provider(bare, resource, limits),
            lambda: create_logger_provider(None, resource, limits),
        )
        provider.add_log_record_processor(StampLogs())
        store = declared.Exporter("otel_trading", StoreLogExporter, {})
        for made, exporter, bounds in self._exporters("logger_provider", "logs", config.processors, store):
            provider.add_log_record_processor(self._pipeline.log_processor(made, exporter, bounds))
        set_logger_provider(provider)

    def _exporters(
        self, section: str, signal: str, processors: list[Any], store: Exporter
    ) -> Iterator[tuple[Any, Exporter, Bounds]]:
        """Make the exporters of all processors; the store's, where the file's cannot be had."""
        found = False
        for number, config in enumerate(processors):
            place = f"{section}.processors[{number}]"
            for made, exporter in self._guarded(place, partial(_made, signal, config), _nothing):
                found = True
                yield made, exporter, _bounds(config)
        if not found and processors:
            yield store(), store, Bounds()

    def _metrics(self, config: Any, resource: Resource) -> None:
        from opentelemetry.configuration.file import create_meter_provider  # noqa: PLC0415 - optional

        usable = [each for number, each in enumerate(config.readers) if self._is_usable(number, each)]
        if config.readers and not usable:
            usable = [store_reader()]
        readers = [with_interval(reader) for reader in usable]

        def stored() -> MeterProvider:
            readers[:] = [store_reader()]
            return create_meter_provider(changed(config, readers=readers, views=None), resource)

        provider = self._guarded(
            "meter_provider", lambda: create_meter_provider(changed(config, readers=readers), resource), stored
        )
        metrics.set_meter_provider(provider)
        # The package leaves tls out of its exporters, and a forked child could not make them anew.
        makers = [_maker(reader) for reader in readers]
        self._guarded("meter_provider", lambda: metering.replace_exporters(provider, makers), lambda: None)

    def _is_usable(self, number: int, reader: Any) -> bool:
        def check() -> bool:
            maker = _maker(reader)
            if maker is not None:
                maker().shutdown()
            return True

        return self._guarded(f"meter_provider.readers[{number}]", check, lambda: False)

    def _rest(self) -> Any:
        """Return what is left to the SDK's own code: propagator, instrumentation, its log level."""
        rest = changed(self._model, tracer_provider=None, meter_provider=None, logger_provider=None, resource=None)
        instrumentation = rest.instrumentation_development
        if instrumentation is not None and _LOGGING in (instrumentation.python or {}):
            # Logs are captured elsewhere, so that a bot's own handlers and console stay as they were.
            options = dict(instrumentation.python[_LOGGING]) | {"enable_log_auto_instrumentation": False}
            python = dict(instrumentation.python) | {_LOGGING: options}
            rest.instrumentation_development = changed(instrumentation, python=python)
        return rest

    def _guarded(self, place: str, make: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """Make a part; where that fails, say so and make ``otherwise``."""
        try:
            return make()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a file, it stops no bot
            why = " ".join(str(error).split()) or type(error).__name__
            self.problems.append(Problem(f"{self._file}: {place}", f"is left out: {why}"))
            return otherwise()


def _made(signal: str, config: Any) -> list[tuple[Any, Exporter]]:
    processor = config.batch or config.simple
    if processor is None:
        raise ValueError("is no processor that there is: it takes batch, or simple")
    exporter = declared.exporter(signal, processor.exporter)
    return [(exporter(), exporter)]


def _nothing() -> list[tuple[Any, Exporter]]:
    return []


def _bounds(config: Any) -> Bounds:
    batch = config.batch
    if batch is None:
        return Bounds()
    delay = None if batch.schedule_delay is None else max(batch.schedule_delay / 1000, _SHORTEST_SECONDS)
    return Bounds(batch.max_queue_size, delay, batch.max_export_batch_size)


def _maker(reader: Any) -> Exporter | None:
    return None if reader.periodic is None else declared.exporter("metrics", reader.periodic.exporter)
