"""What counts as a spelled-out name, and what as taking one from ``semconv``."""

from __future__ import annotations

import pytest

from model.usage import literals, references


@pytest.mark.parametrize(
    "source",
    [
        "name = 'trading.venue'",
        "name = f'trading.{part}'",
        "call(key='trading.order.id')",
        "names = {'trading.venue': 1}",
        "def f(name='trading.venue'): ...",
        "name.startswith('trading.venue')",
        "prefix = 'trading.order.'",
    ],
)
def test_a_name_that_is_spelled_out_is_found(source: str) -> None:
    assert [found.text.startswith("trading.") for found in literals(source)] == [True]


@pytest.mark.parametrize(
    "source",
    [
        "# trading.venue",
        "'trading.venue stands in a docstring'",
        "def f():\n    'trading.venue stands in a docstring'",
        "name = 'otel_trading.order'",
        "name = 'the trading.venue'",
        "name = 'trading'",
        "name.removeprefix('trading.order.')",
        "name.startswith('trading.')",
    ],
)
def test_other_mentions_are_left_alone(source: str) -> None:
    assert literals(source) == []


def test_a_name_is_found_with_its_line() -> None:
    assert literals("\n\nname = 'trading.venue'")[0].line == 3


@pytest.mark.parametrize(
    "source",
    [
        "from otel_trading.semconv import attributes\nattributes.TRADING_VENUE",
        "from otel_trading.semconv import attributes as a\ncall(a.TRADING_VENUE)",
        "from otel_trading.semconv.attributes import TRADING_VENUE",
        "from otel_trading.semconv.attributes import TRADING_VENUE as VENUE",
        "import otel_trading.semconv.attributes\notel_trading.semconv.attributes.TRADING_VENUE",
        "import otel_trading.semconv.attributes as a\na.TRADING_VENUE",
        "from otel_trading import semconv\nsemconv.attributes.TRADING_VENUE",
        "def f():\n    from otel_trading.semconv import attributes\n    return attributes.TRADING_VENUE",
    ],
)
def test_a_name_taken_from_semconv_is_found(source: str) -> None:
    assert references(source) == {"attributes.TRADING_VENUE"}


def test_a_constant_of_an_instrument_counts_by_its_constant() -> None:
    source = "from otel_trading.semconv import metrics as m\nm.TRADING_ORDER_ACTIVE.name"
    assert references(source) == {"metrics.TRADING_ORDER_ACTIVE"}


@pytest.mark.parametrize(
    "source",
    [
        "attributes.TRADING_VENUE",
        "from elsewhere import attributes\nattributes.TRADING_VENUE",
        "from otel_trading.semconv import attributes",
        "from otel_trading.semconv import SCHEMA_URL",
        "from otel_trading.semconv import attributes\n'attributes.TRADING_VENUE'",
        "from otel_trading.semconv.attributes import TradingOrderSideValues",
    ],
)
def test_nothing_else_counts_as_taking_a_name(source: str) -> None:
    assert references(source) == set()
