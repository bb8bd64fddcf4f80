"""Names and types that Loki takes away come back for all that the registry knows."""

from __future__ import annotations

from typing import Any

import pytest

import model
from otel_trading.semconv import attributes as names
from otel_trading.stores.flat import TYPES, Names, flat
from otel_trading.stores.lines import Entry, log_of
from tests.stores.wire import loki_label, loki_text

VALUES: dict[str, Any] = {
    "string": "12",
    "enum": "buy",
    "double": 60004.11,
    "int": 5,
    "boolean": True,
    "string[]": ["a", 'b"c'],
}
ATTRIBUTES = {attribute.key: attribute.type for attribute in model.load().attributes}


def back(**metadata: str) -> dict[str, Any]:
    return dict(Names().parted(metadata)[0])


def test_no_two_names_of_the_registry_are_one_in_loki() -> None:
    assert len({flat(name) for name in ATTRIBUTES}) == len(ATTRIBUTES)


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_name_is_translated_as_loki_does_and_its_value_comes_back(name: str) -> None:
    value = VALUES[ATTRIBUTES[name]]
    assert back(**{loki_label(name): loki_text(value)}) == {name: value}
    assert type(back(**{loki_label(name): loki_text(value)})[name]) is type(value)


def test_a_whole_number_of_a_double_comes_back_as_a_double() -> None:
    assert isinstance(back(trading_order_price="60000")[names.TRADING_ORDER_PRICE], float)


@pytest.mark.parametrize("name", TYPES)
def test_what_is_not_of_its_type_stays_a_text(name: str) -> None:
    assert back(**{flat(name): "****"}) == {name: "****"}


def test_a_name_of_the_bot_s_own_stays_as_loki_has_it() -> None:
    assert back(bot_leg="3") == {"bot_leg": "3"}


def test_what_describes_the_process_is_no_attribute_of_the_record() -> None:
    record, resource = Names().parted({"service_name": "bot", "process_pid": "7", "trading_venue": "binance"})
    assert record == {"trading.venue": "binance"}
    assert resource == {"service.name": "bot", "process_pid": "7"}


def test_names_of_resources_are_learnt_from_spans() -> None:
    known = Names()
    known.learn({"desk.name": "alpha"})
    assert known.parted({"desk_name": "alpha", "leg": "1"}) == ({"leg": "1"}, {"desk.name": "alpha"})


def test_what_loki_adds_is_no_part_of_the_record() -> None:
    entry = Entry(1, "said", (("__error__", "x"), ("detected_level", "info"), ("severity_number", "many")))
    record = log_of(entry, Names()).record
    assert (record.attributes, record.body, record.severity_number) == ({}, "said", 0)
