"""Orders are the bot's whichever way its own code reaches ccxt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ccxt
import ccxt.async_support
import ccxt.pro
import pytest

import otel_trading
from otel_trading.instrumentation.ccxt import CcxtInstrumentor
from otel_trading.semconv import attributes as a
from otel_trading.semconv import events
from tests.instrumentation.ccxt.bots import SYMBOL, Bot, config, kinds, names, story, told
from tests.recording import attributes

if TYPE_CHECKING:
    from collections.abc import Callable

    from otel_trading.demo.venue import VenueThread
    from tests.recording import Recorded

LIMIT_BUY = (SYMBOL, "limit", "buy", 0.01, 59_000)


def _subclass(module: Any) -> Any:
    """Return a bot's own exchange class that adds to what an order carries."""

    def create_order(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked = (args, kwargs)
        return super(kind, self).create_order(*args, **kwargs)

    async def create_order_async(self: Any, *args: Any, **kwargs: Any) -> Any:
        self.asked = (args, kwargs)
        return await super(kind, self).create_order(*args, **kwargs)

    chosen = create_order if module is ccxt else create_order_async
    kind: Any = type("Mine", (module.binance,), {"create_order": chosen})
    return kind


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("module", [ccxt, ccxt.async_support, ccxt.pro], ids=lambda module: module.__name__)
async def test_an_override_that_calls_super_is_one_order(
    module: Any, when: str, venue: VenueThread, markets: Any, recorded: Recorded
) -> None:
    kind = _subclass(module) if when == "before" else None
    instrumentor = CcxtInstrumentor()
    instrumentor.instrument()
    try:
        bot = Bot("sync" if module is ccxt else "async", (kind or _subclass(module))(config(venue.url)))
        bot.exchange.set_markets_from_exchange(markets)
        for name in ("create_order", "createOrder"):
            recorded.clear()
            await bot(name, *LIMIT_BUY)
            assert bot.exchange.asked == (LIMIT_BUY, {})
            assert names(recorded) == ["submitted", "acknowledged"]
        await bot.close()
    finally:
        instrumentor.uninstrument()


@pytest.mark.parametrize("module", [ccxt, ccxt.async_support], ids=lambda module: module.__name__)
async def test_an_edit_that_ccxt_makes_of_a_cancel_and_an_order_is_one_edit(
    module: Any, venue: VenueThread, markets: Any, make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    make_bot("sync")  # the instrumentor is at work
    kind = type("NoEdit", (module.binance,), {"edit_order": module.Exchange.edit_order})
    bot = Bot("sync" if module is ccxt else "async", kind(config(venue.url)))
    bot.exchange.set_markets_from_exchange(markets)
    order = await bot("create_order", *LIMIT_BUY)
    edited = await bot("edit_order", order["id"], SYMBOL, "limit", "buy", 0.02, 58_000)
    await bot.close()
    assert names(recorded) == ["submitted", "acknowledged", "amend_requested", "amended"]
    assert story(recorded).order.venue_ids == (order["id"], edited["id"])
    assert [span.name for span in recorded.spans()] == ["submit_order binance", "amend_order binance"]


async def test_a_cancel_by_client_id_is_one_cancel_of_its_order(bot: Bot, recorded: Recorded) -> None:
    await bot("create_order", *LIMIT_BUY, {"clientOrderId": "cl-9"})
    await bot("cancel_order_with_client_order_id", "cl-9", SYMBOL)
    assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled"]
    assert len(recorded.spans("cancel_order binance")) == 1


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("createOrder", LIMIT_BUY),
        ("create_limit_buy_order", (SYMBOL, 0.01, 59_000)),
        ("create_limit_order", (SYMBOL, "buy", 0.01, 59_000)),
        ("create_post_only_order", LIMIT_BUY),
    ],
)
async def test_ccxts_conveniences_are_one_order_each(
    method: str, arguments: tuple[Any, ...], make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    for kind in ("sync", "async"):
        recorded.clear()
        bot = make_bot(kind)
        await bot(method, *arguments)
        assert names(recorded) == ["submitted", "acknowledged"]
        assert len(recorded.spans("submit_order binance")) == 1


async def test_an_order_call_in_an_order_block_is_that_order(bot: Bot, recorded: Recorded) -> None:
    with otel_trading.order(symbol=SYMBOL, strategy="grid", client_id="cl-7") as order:
        otel_trading.decision("momentum", 0.8, arrival_price=60_000)
        await bot("create_order", *LIMIT_BUY, {"clientOrderId": order.client_id})
    found = story(recorded)
    assert kinds(found) == ["decision", "submit", "acknowledged"]
    block, submit = recorded.span("order"), recorded.span("submit_order binance")
    assert submit.parent is not None
    assert submit.parent.span_id == block.context.span_id
    assert {attributes(event)[a.TRADING_STRATEGY_ID] for event in recorded.events() if event.trace_id} == {"grid"}
    assert attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))[a.TRADING_ORDER_ARRIVAL_PRICE] == 60_000.0


async def test_a_second_order_in_a_block_is_an_order_of_its_own(bot: Bot, recorded: Recorded) -> None:
    with otel_trading.order(symbol=SYMBOL, client_id="entry"):
        await bot("create_order", *LIMIT_BUY, {"clientOrderId": "entry"})
        await bot("create_order", SYMBOL, "limit", "sell", 0.01, 61_000, {"clientOrderId": "hedge"})
    assert {found.order.client_ids: kinds(found) for found in told(recorded)} == {
        ("entry",): ["submit", "acknowledged"],
        ("hedge",): ["submit", "acknowledged"],
    }


async def test_an_order_without_a_client_id_has_a_whole_story_by_the_venues_id(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", *LIMIT_BUY)
    await bot("cancel_order", order["id"], SYMBOL)
    found = story(recorded)
    assert found.order.venue_ids == (order["id"],)
    assert found.order.client_ids == (order["clientOrderId"],)
    assert kinds(found) == ["submit", "acknowledged", "cancel_requested", "canceled"]


async def test_the_venues_own_name_of_a_market_is_the_same_order(bot: Bot, recorded: Recorded) -> None:
    order = await bot("create_order", "BTCUSDT", "limit", "buy", 0.01, 59_000)
    await bot("cancel_order", order["id"], "BTCUSDT")
    assert kinds(story(recorded)) == ["submit", "acknowledged", "cancel_requested", "canceled"]
    assert {attributes(event)[a.TRADING_SYMBOL] for event in recorded.events() if event.trace_id} == {SYMBOL}


async def test_a_first_order_before_the_markets_are_loaded_has_the_unified_symbol_afterwards(
    make_bot: Callable[..., Bot], recorded: Recorded
) -> None:
    for kind in ("sync", "async"):
        recorded.clear()
        bot = make_bot(kind)
        bot.exchange.markets = bot.exchange.markets_by_id = None
        order = await bot("create_order", "BTCUSDT", "limit", "buy", 0.01, 59_000)
        await bot("cancel_order", order["id"], SYMBOL)
        assert names(recorded) == ["submitted", "acknowledged", "cancel_requested", "canceled"]
        assert attributes(recorded.span("cancel_order binance"))[a.TRADING_SYMBOL] == SYMBOL


@pytest.mark.parametrize(
    ("order", "type_name", "stop_price"),
    [
        ((SYMBOL, "limit", "sell", 0.01, 58_000, {"stopPrice": 59_000}), "stop_limit", 59_000.0),
        ((SYMBOL, "market", "sell", 0.01, None, {"triggerPrice": 59_000}), "stop", 59_000.0),
        ((SYMBOL, "STOP_LOSS_LIMIT", "sell", "0.01", "58000", {"stopPrice": "59000"}), "stop_limit", 59_000.0),
    ],
)
def test_stop_orders_are_told_in_fix_terms(
    order: tuple[Any, ...], type_name: str, stop_price: float, sync: Any, recorded: Recorded
) -> None:
    sync.create_order(*order)
    submitted = attributes(recorded.event(events.TRADING_ORDER_SUBMITTED))
    assert (submitted[a.TRADING_ORDER_TYPE], submitted[a.TRADING_ORDER_STOP_PRICE]) == (type_name, stop_price)
    assert submitted[a.TRADING_ORDER_QUANTITY] == 0.01
