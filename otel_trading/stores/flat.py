"""Names and types that Loki took away, given back.

Loki keeps the attributes of record, scope and resource side by side as texts, under names in which everything
but letters and digits became an underscore (Prometheus' translation of OpenTelemetry's names). For the names of
:mod:`otel_trading.semconv` and for those that the distribution records besides, this is undone; others keep the
name that Loki gave them, and are texts.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from opentelemetry.semconv._incubating.attributes.thread_attributes import THREAD_ID, THREAD_NAME
from opentelemetry.semconv.attributes.code_attributes import CODE_FILE_PATH, CODE_FUNCTION_NAME, CODE_LINE_NUMBER
from opentelemetry.semconv.attributes.error_attributes import ERROR_TYPE
from opentelemetry.semconv.attributes.exception_attributes import (
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
)
from opentelemetry.semconv.attributes.server_attributes import SERVER_ADDRESS, SERVER_PORT
from opentelemetry.semconv.attributes.service_attributes import SERVICE_NAME as SERVICE

from otel_trading.semconv import attributes as names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from otel_trading.telemetry.records import Attributes, Value

TRACE_ID: Final = "trace_id"
EVENT_NAME: Final = "event_name"
"""Loki drops the name of an event: the Collector copies it to the attribute ``event.name`` first."""

_UNNAMEABLE = re.compile(r"[^A-Za-z0-9]+")


def flat(name: str) -> str:
    """Return the name under which Loki keeps an attribute."""
    return _UNNAMEABLE.sub("_", name)


SERVICE_NAME: Final = flat(SERVICE)

OTHER_NAMES = (
    CODE_FILE_PATH,
    CODE_FUNCTION_NAME,
    CODE_LINE_NUMBER,
    ERROR_TYPE,
    EXCEPTION_MESSAGE,
    EXCEPTION_STACKTRACE,
    EXCEPTION_TYPE,
    SERVER_ADDRESS,
    SERVER_PORT,
    THREAD_ID,
    THREAD_NAME,
)
"""OpenTelemetry's own names on log records."""


def _whole(text: str) -> Value:
    return int(text)


def _double(text: str) -> Value:
    return float(text)


def _truth(text: str) -> Value:
    return {"true": True, "false": False}[text]


def _list(text: str) -> Value:
    found: Value = json.loads(text)
    if not isinstance(found, list):
        raise TypeError(text)
    return found


TYPES: dict[str, Callable[[str], Value]] = {
    **dict.fromkeys(
        (
            names.TRADING_DECISION_VALUE,
            names.TRADING_EXECUTION_FEE_AMOUNT,
            names.TRADING_EXECUTION_PRICE,
            names.TRADING_EXECUTION_QUANTITY,
            names.TRADING_ORDER_ARRIVAL_PRICE,
            names.TRADING_ORDER_AVERAGE_PRICE,
            names.TRADING_ORDER_CUMULATIVE_QUANTITY,
            names.TRADING_ORDER_LEAVES_QUANTITY,
            names.TRADING_ORDER_PRICE,
            names.TRADING_ORDER_QUANTITY,
            names.TRADING_ORDER_STOP_PRICE,
            names.TRADING_RISK_CHECK_LIMIT,
            names.TRADING_RISK_CHECK_VALUE,
        ),
        _double,
    ),
    **dict.fromkeys(
        (
            names.TRADING_INSTRUMENT_PRICE_PRECISION,
            names.TRADING_INSTRUMENT_QUANTITY_PRECISION,
            names.TRADING_ORDER_TRANSACT_TIME,
            names.TRADING_RATE_LIMIT_WEIGHT,
            names.TRADING_STREAM_CLOSE_CODE,
            CODE_LINE_NUMBER,
            SERVER_PORT,
            THREAD_ID,
        ),
        _whole,
    ),
    names.TRADING_EXECUTION_INFERRED: _truth,
    names.TRADING_KILL_SWITCH_ACTIVE: _truth,
    names.TRADING_SIMULATED: _truth,
    names.TRADING_ORDER_RELATED_IDS: _list,
}
"""How attributes are read that are no texts."""

_NAMES = {flat(name): name for name in OTHER_NAMES} | {
    flat(name): name for key, name in vars(names).items() if key.isupper() and isinstance(name, str)
}

_RESOURCE = ("service_", "telemetry_", "process_", "host_", "os_", "deployment_", "container_", "k8s_", "cloud_")
"""How names begin that describe the process, by OpenTelemetry's conventions."""


class Names:
    """What is known of the names of attributes; it learns those of resources from spans, which keep them."""

    def __init__(self) -> None:
        self._resource = {SERVICE_NAME: SERVICE}

    def learn(self, resource: Attributes) -> None:
        """Take the names in a resource for names of resources."""
        self._resource.update((flat(name), name) for name in resource)

    def parted(self, metadata: Mapping[str, str]) -> tuple[Attributes, Attributes]:
        """Part what Loki keeps with a record into the record's attributes and those of its resource."""
        record: Attributes = {}
        resource: Attributes = {}
        for key, text in metadata.items():
            if key in self._resource or key.startswith(_RESOURCE):
                resource[self._resource.get(key, key)] = text
            else:
                name = _NAMES.get(key, key)
                record[name] = _typed(name, text)
        return record, resource


def _typed(name: str, text: str) -> Value:
    try:
        return TYPES[name](text) if name in TYPES else text
    except (KeyError, ValueError, TypeError):
        return text  # masked, say
