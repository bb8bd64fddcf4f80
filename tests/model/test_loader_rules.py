"""What the loader refuses across entries: names, references, units and cardinality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def _set(section: str, index: int, **changes: Any) -> Any:
    return lambda registry: registry[section][index].update(changes)


def _add(section: str, like: int, **changes: Any) -> Any:
    return lambda registry: registry[section].append(registry[section][like] | changes)


def _members(*pairs: tuple[str, str]) -> Any:
    members = [{"id": i, "value": v, "brief": "A value.", "stability": "development"} for i, v in pairs]
    return _set("attributes", 2, type={"members": members})


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        pytest.param(
            _set("attributes", 3, key="trading.Order.price"), "trading.Order.price: is no name", id="capitals"
        ),
        pytest.param(_set("attributes", 3, key="order.price"), "order.price: is no name", id="a foreign namespace"),
        pytest.param(_set("attributes", 3, key="trading.order__price"), "is no name", id="two underscores"),
        pytest.param(_set("events", 0, name="trading.order-filled"), "is no name of an event", id="a dash"),
        pytest.param(_add("attributes", 3), "trading.order.price: is defined 2 times", id="an attribute twice"),
        pytest.param(_add("metrics", 0), "trading.order.submissions: is defined 2 times", id="a metric twice"),
        pytest.param(_add("events", 0), "trading.order.filled: is defined 2 times", id="an event twice"),
        pytest.param(_add("spans", 0), "trading.order: is defined 2 times", id="a span twice"),
        pytest.param(_add("attribute_groups", 1), "trading.ids: is defined 2 times", id="a group twice"),
        pytest.param(
            _add("attributes", 3, key="trading.order_price"),
            "trading.order_price: has the constant of trading.order.price",
            id="two names with one constant",
        ),
        pytest.param(
            _add("attributes", 3, key="trading.venue.name"),
            "lies in the namespace trading.venue, which is an attribute",
            id="an attribute below another one",
        ),
        pytest.param(_set("attributes", 0, examples=[]), "trading.venue: has no examples", id="a text without example"),
        pytest.param(_set("attributes", 0, examples=[7]), "has the example 7", id="an example of another type"),
        pytest.param(_set("attributes", 3, examples=[True]), "has the example True", id="a boolean for a double"),
        pytest.param(_set("attributes", 0, brief="No stop"), "has the brief 'No stop'", id="a brief without full stop"),
        pytest.param(_set("attributes", 0, brief="Two\nlines."), "make it one line", id="a brief of two lines"),
        pytest.param(_members(), "is an enum without members", id="an empty enum"),
        pytest.param(_members(("buy", "buy"), ("bid", "buy")), "is the value of 2 members", id="a value twice"),
        pytest.param(_members(("buy", "buy"), ("buy", "bid")), "is the id of 2 members", id="a member id twice"),
        pytest.param(_members(("buy", "Buy Now")), "Buy Now: is no value of a member", id="a value with a space"),
        pytest.param(
            _set("attributes", 1, annotations={}),
            "trading.order.id: identifies single orders and does not say so",
            id="an id that is not said to be unbounded",
        ),
        pytest.param(
            _set("events", 0, attributes=[{"ref": "trading.nothing"}]),
            "refers to trading.nothing, which is not defined",
            id="a reference to nothing",
        ),
        pytest.param(
            _set("events", 0, attributes=[{"ref": "http.request.method"}]),
            "name it in model/outside.py",
            id="a reference to OpenTelemetry that is not listed",
        ),
        pytest.param(
            _set("attribute_groups", 0, attributes=[{"ref": "trading.nothing"}]),
            "trading.base: refers to trading.nothing",
            id="a group that refers to nothing",
        ),
        pytest.param(
            _set("events", 0, attributes=[{"ref": "trading.venue"}, {"ref": "trading.venue"}]),
            "refers to trading.venue 2 times",
            id="a reference twice",
        ),
        pytest.param(
            _set("events", 0, attributes=[{"ref_group": "trading.nothing"}]),
            "uses the group trading.nothing, which there is none",
            id="a group that is not there",
        ),
        pytest.param(
            _set("attribute_groups", 1, attributes=[{"ref": "trading.order.id"}, {"ref": "trading.venue"}]),
            "trading.order: gets trading.venue from 2 groups",
            id="two groups with one attribute on a signal",
        ),
        pytest.param(
            _add("attribute_groups", 1, id="trading.spare"),
            "trading.spare: is a group that no signal uses",
            id="a group for nothing",
        ),
        pytest.param(_set("metrics", 0, name="trading.order.total"), "ends in total", id="a metric that ends in total"),
        pytest.param(_set("metrics", 0, name="trading.orders_total"), "ends in total", id="an underscore and total"),
        pytest.param(_set("metrics", 2, name="trading.data_age_seconds"), "ends in seconds", id="a unit in a name"),
        pytest.param(_set("metrics", 1, unit="ms"), "unit: is 'ms'", id="milliseconds"),
        pytest.param(_set("metrics", 0, unit="orders"), "unit: is 'orders'", id="a unit without braces"),
        pytest.param(_set("metrics", 0, unit="1"), "is '1' on a counter", id="a counter of ones"),
        pytest.param(_set("metrics", 2, unit="1"), "measure it in 's'", id="an age without a unit of time"),
        pytest.param(_set("metrics", 1, annotations={}), "buckets: are missing", id="a histogram without buckets"),
        pytest.param(
            _set("metrics", 1, annotations={"otel_trading": {"buckets": [1, 1]}}),
            "buckets: do not rise",
            id="a boundary twice",
        ),
        pytest.param(
            _set("metrics", 0, annotations={"otel_trading": {"buckets": [1]}}),
            "are given for a counter",
            id="buckets of a counter",
        ),
        pytest.param(
            _set("metrics", 0, attributes=[{"ref": "trading.order.id"}]),
            "carries trading.order.id, which has no end of values",
            id="an order id on a metric",
        ),
        pytest.param(
            _set("metrics", 0, attributes=[{"ref_group": "trading.ids"}]),
            "carries trading.order.id, which has no end of values",
            id="an order id on a metric by way of a group",
        ),
        pytest.param(
            _set("metrics", 0, attributes=[{"ref": "exception.message"}]),
            "carries exception.message, which has no end of values",
            id="a message on a metric",
        ),
        pytest.param(
            _set("metrics", 0, attributes=[{"ref": "trading.order.price"}]),
            "carries trading.order.price of type double",
            id="a price on a metric",
        ),
        pytest.param(
            lambda registry: registry["manifest"].update(schema_url="https://host.example/schemas"),
            "make it an https URL that ends in a version",
            id="a schema of no version",
        ),
        pytest.param(
            lambda registry: registry["manifest"]["dependencies"][0].update(schema_url="https://host.example/9.9.9"),
            "change both together",
            id="another version of OpenTelemetry than the one looked at",
        ),
    ],
)
def test_the_loader_refuses(problems: Callable[[Any], str], edit: Any, says: str) -> None:
    assert says in problems(edit)


def test_every_broken_rule_is_told_at_once(problems: Callable[[Any], str]) -> None:
    def edit(registry: dict[str, Any]) -> None:
        registry["metrics"][0]["unit"] = "orders"
        registry["events"][0]["attributes"] = [{"ref": "trading.nothing"}]

    assert len(problems(edit).splitlines()) == 2
