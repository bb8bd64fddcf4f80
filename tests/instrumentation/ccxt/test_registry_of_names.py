"""What the instrumentor records agrees with the registry in model/, and nothing left to instrumentors is missing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import ccxt
import pytest

import otel_trading
from otel_trading.instrumentation.ccxt import sockets
from otel_trading.semconv import attributes as a
from tests.instrumentation.ccxt import futures
from tests.instrumentation.ccxt.bots import SYMBOL, Bot, waiting
from tests.test_emitted_names import BY_INSTRUMENTORS, METRICS, REGISTRY, SIGNALS, SPANS
from tests.test_emitted_names import _emitted as everything
from tests.test_emitted_names import _is_of_its_type as is_of_its_type
from tests.test_emitted_names import _kinds as kinds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded

    Eventually = Callable[[Callable[[], bool]], Awaitable[None]]

QUERY = "{trading.operation}"
ELSEWHERE = {
    "trading.telemetry.dropped",  # by the pipeline
    "trading.telemetry.spooled",
    "trading.bot.unhandled_exception",
    "trading.bot.message",  # by frameworks, which run the bot
    "trading.heartbeat.age",
    "trading.bot.event_loop.delay",  # by the loop's own probe
}


@pytest.fixture
async def lived(
    make_bot: Callable[..., Bot], venue: VenueThread, recorded: Recorded, eventually: Eventually
) -> Recorded:
    """All that the instrumentor records, once at least."""
    with otel_trading.strategy("grid"):
        for kind in ("sync", "ws"):
            await _trade(make_bot(kind), venue)
        await _stream(make_bot("pro").exchange, venue, eventually)
        with futures.serving() as running:
            bot = Bot("sync", ccxt.binance(running.config()))
            _trade_in_batches(bot.exchange)
            await bot.close()
    return recorded


async def _trade(bot: Bot, venue: VenueThread) -> None:
    await bot("fetch_time")
    await bot("fetch_order_book", SYMBOL)
    venue.faults.fill_pattern([0.4])
    order = await bot("create_order", SYMBOL, "limit", "buy", 0.1, 59_000, {"clientOrderId": f"cl-{bot.kind}"})
    order = await bot("edit_order", order["id"], SYMBOL, "limit", "buy", 0.2, 58_000)
    await bot("cancel_order", order["id"], SYMBOL)
    await bot("fetch_my_trades", SYMBOL)
    await bot("create_order", SYMBOL, "market", "buy", 0.001)
    for refused in (
        ("create_order", "NO/PE", "market", "buy", 1),
        ("cancel_order", order["id"], SYMBOL),
        ("edit_order", order["id"], SYMBOL, "limit", "buy", 0.2, 58_000),
        ("cancel_order", "4711", SYMBOL),
        ("fetch_ticker", "NO/PE"),
    ):
        with pytest.raises(ccxt.ExchangeError):
            await bot(*refused)
    venue.faults.drop_next(path="order")
    with pytest.raises(ccxt.NetworkError):
        await bot("create_order", SYMBOL, "limit", "buy", 0.1, 59_000)


async def _stream(pro: Any, venue: VenueThread, eventually: Eventually) -> None:
    pro.handle_balance = lambda *_: None
    watch = asyncio.ensure_future(pro.watch_orders(SYMBOL))
    await waiting(pro, "orders")
    order = await pro.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    await watch
    venue.faults.disconnect_websockets()
    await eventually(lambda: not pro.clients)
    await pro.cancel_order_ws(order["id"], SYMBOL)  # connects again
    client = next(iter(pro.clients.values()))
    sockets.disconnected(pro, client, ccxt.RequestTimeout("no pong"))


def _trade_in_batches(exchange: Any) -> None:
    order = {"symbol": futures.SYMBOL, "type": "limit", "side": "sell", "amount": 1, "price": 59_000}
    orders = exchange.create_orders([order, order | {"amount": 2_000}])
    ids = [found["id"] for found in orders if found["id"]]
    exchange.edit_orders([order | {"id": ids[0], "amount": 2}])
    exchange.cancel_orders(ids, futures.SYMBOL)
    exchange.cancel_all_orders(futures.SYMBOL)
    exchange.fetch_positions()


async def test_all_that_the_instrumentor_records_is_in_the_registry_as_it_is_recorded(lived: Recorded) -> None:
    wrong = set()
    for item in everything(lived):
        name = item.name if item.signal != "span" or item.name in SPANS else QUERY
        signal = SIGNALS[item.signal].get(name)
        refs = {ref.key: ref for ref in REGISTRY.refs(signal)} if signal is not None else {}
        missing = {key for key, ref in refs.items() if ref.level.name == "required"} - item.attributes.keys()
        wrong |= {f"{item.signal} {item.name} is unknown"} if signal is None else set()
        wrong |= {f"{item.signal} {item.name} lacks {key}" for key in missing}
        for key, value in item.attributes.items():
            if key not in refs:
                wrong.add(f"{item.signal} {item.name} may not have {key}")
            elif not is_of_its_type(key, value):
                wrong.add(f"{item.signal} {item.name} has {key} = {value!r}")
    assert not wrong, "\n".join(sorted(wrong))


async def test_all_that_is_left_to_instrumentors_of_venues_is_recorded_by_this_one(lived: Recorded) -> None:
    spans = {name if name in SPANS else QUERY for name in (span.name.split()[0] for span in lived.spans())}
    recorded = spans | {event.event_name for event in lived.events()} | set(lived.metrics())
    assert set().union(*BY_INSTRUMENTORS.values()) - recorded == ELSEWHERE


async def test_a_metric_is_of_its_kind_and_unit_and_a_span_of_its_kind(lived: Recorded) -> None:
    assert {
        name: (kinds(metric), metric.unit)
        for name, metric in lived.metrics().items()
        if METRICS[name].kind not in kinds(metric) or METRICS[name].unit != metric.unit
    } == {}
    for span in lived.spans():
        known = SPANS.get(span.name.split()[0], SPANS[QUERY])
        assert span.kind.name.lower() == known.kind


async def test_no_id_of_an_order_stands_on_a_metric(lived: Recorded) -> None:
    ids = {a.TRADING_ORDER_ID, a.TRADING_ORDER_CLIENT_ID, a.TRADING_ORDER_ORIGINAL_CLIENT_ID, a.TRADING_EXECUTION_ID}
    for name in lived.metrics():
        for point in lived.metric(name):
            assert ids.isdisjoint(point.attributes)
