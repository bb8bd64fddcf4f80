from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import ccxt
import pytest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from otel_trading.demo.venue import VenueThread

    Eventually = Callable[[Callable[[], bool]], Awaitable[None]]
    Stepping = Callable[[Awaitable[Any]], Awaitable[Any]]

SYMBOL = "BTC/USDT"


async def quiet_watch(pro: Any, stepping: Stepping) -> asyncio.Future[Any]:
    """Return a watch for trades that has taken in all that was sent before."""
    await stepping(pro.watch_trades(SYMBOL))
    while True:
        watch: asyncio.Future[Any] = asyncio.ensure_future(pro.watch_trades(SYMBOL))
        done, _ = await asyncio.wait([watch], timeout=0.1)
        if not done:
            return watch


def test_latency_delays_only_the_path_it_is_for(client: Any, venue: VenueThread) -> None:
    venue.faults.latency(0.15, path="/api/v3/time")
    begun = time.monotonic()
    client.fetch_time()
    slow = time.monotonic() - begun
    begun = time.monotonic()
    client.fetch_order_book(SYMBOL)
    assert slow >= 0.15 > time.monotonic() - begun


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 503}, ccxt.ExchangeNotAvailable),
        ({"status": 502, "body": "<html>Bad Gateway</html>"}, ccxt.ExchangeNotAvailable),
        ({"status": 400, "code": -1000, "message": "Something."}, ccxt.OperationFailed),
        ({"status": 401, "code": -2015, "message": "Invalid API-key."}, ccxt.DDoSProtection),
    ],
)
def test_a_failing_answer_raises_what_the_real_one_would(
    client: Any, venue: VenueThread, fault: dict[str, Any], kind: type[Exception]
) -> None:
    client.fetch_balance()  # ccxt takes -2015 after a success for a ban
    venue.faults.fail_next(**fault)
    with pytest.raises(kind):
        client.fetch_balance()
    client.fetch_balance()


def test_a_fault_waits_for_the_request_it_is_meant_for(client: Any, venue: VenueThread) -> None:
    venue.faults.fail_next(2, path="/api/v3/order", method="POST")
    client.fetch_balance()
    for _ in range(2):
        with pytest.raises(ccxt.ExchangeNotAvailable):
            client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    assert client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)["status"] == "open"


def test_a_failed_request_did_nothing_unless_it_was_processed(client: Any, venue: VenueThread) -> None:
    for processed in (False, True):
        venue.faults.fail_next(status=504, path="/api/v3/order", processed=processed)
        with pytest.raises(ccxt.NetworkError):
            client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": f"lost-{processed}"})
    assert [order["clientOrderId"] for order in client.fetch_open_orders(SYMBOL)] == ["lost-True"]


def test_a_hanging_venue_times_the_client_out(client: Any, venue: VenueThread) -> None:
    client.timeout = 200
    venue.faults.hang_next()
    with pytest.raises(ccxt.RequestTimeout):
        client.fetch_balance()
    assert venue.requests[-1].status is None


def test_a_venue_can_stop_while_a_request_hangs(config: dict[str, Any], venue: VenueThread) -> None:
    client = ccxt.binance({**config, "timeout": 100})
    venue.faults.hang_next()
    with pytest.raises(ccxt.RequestTimeout):
        client.public_get_ping()
    client.session.close()


def test_a_cut_connection_is_a_network_error(client: Any, venue: VenueThread) -> None:
    venue.faults.drop_next()
    with pytest.raises(ccxt.NetworkError):
        client.create_order(SYMBOL, "limit", "buy", 0.01, 59_000)
    assert client.fetch_open_orders(SYMBOL) == []


def test_a_refusing_venue_is_down_until_it_is_healed(client: Any, venue: VenueThread) -> None:
    venue.faults.refuse()
    for _ in range(2):
        with pytest.raises(ccxt.NetworkError):
            client.fetch_time()
    venue.faults.clear()
    assert client.fetch_time() > 0


@pytest.mark.parametrize(("status", "seconds"), [(429, 30), (418, 30)])
def test_a_forced_rate_limit_tells_when_to_come_back(
    client: Any, venue: VenueThread, status: int, seconds: int
) -> None:
    venue.faults.rate_limit(seconds, status=status)
    with pytest.raises(ccxt.DDoSProtection, match=str(status)):
        client.fetch_time()
    assert abs(int(client.last_response_headers["Retry-After"]) - seconds) <= 1
    venue.faults.clear()
    assert client.fetch_time() > 0


def test_a_fill_pattern_fills_in_its_fractions(client: Any, venue: VenueThread) -> None:
    venue.faults.fill_pattern([0.25, 0.75])
    order = client.create_order(SYMBOL, "limit", "buy", 0.1, 59_000)
    assert [trade["amount"] for trade in order["trades"]] == [0.025, 0.075]
    assert order["status"] == "closed"


def test_a_fill_pattern_short_of_one_leaves_the_rest_resting(client: Any, venue: VenueThread) -> None:
    venue.faults.fill_pattern([0.3])
    order = client.create_order(SYMBOL, "limit", "buy", 0.1, 59_000)
    assert (order["status"], order["filled"]) == ("open", 0.03)


def test_a_fill_pattern_waits_for_an_order_of_its_symbol(client: Any, venue: VenueThread) -> None:
    venue.faults.fill_pattern([1.0], symbol="ETHUSDT")
    bitcoin = client.create_order(SYMBOL, "limit", "buy", 0.1, 59_000)
    ether = client.create_order("ETH/USDT", "limit", "buy", 1, 2_900)
    assert (bitcoin["status"], ether["status"]) == ("open", "closed")


def test_a_planned_order_can_be_cancelled_between_its_fills(client: Any, venue: VenueThread) -> None:
    venue.faults.fill_pattern([0.5, 0.5], delays=[0, 0.1])
    order = client.create_order(SYMBOL, "limit", "buy", 0.1, 59_000)
    client.cancel_order(order["id"], SYMBOL)
    time.sleep(0.15)
    told = client.fetch_order(order["id"], SYMBOL)
    assert (told["status"], told["filled"]) == ("canceled", 0.05)


async def test_a_delayed_fill_comes_after_its_acknowledgement(
    async_client: Any, venue: VenueThread, eventually: Eventually
) -> None:
    venue.faults.delay_fills(0.1)
    begun = time.monotonic()
    order = await async_client.create_order(SYMBOL, "market", "buy", 0.01)
    assert order["status"] == "open"
    await eventually(lambda: venue.call(lambda it: it.exchange.blotter.of(it.account)[0].status.value) == "FILLED")
    assert time.monotonic() - begun >= 0.1


async def test_a_held_acknowledgement_comes_after_the_streams_event(subscribed: Any, venue: VenueThread) -> None:
    watch = asyncio.ensure_future(subscribed.watch_orders(SYMBOL))
    venue.faults.hold_ack(0.2, path="/api/v3/order")
    place = asyncio.ensure_future(subscribed.create_order(SYMBOL, "limit", "buy", 0.01, 59_000))
    told = await asyncio.wait_for(watch, 5)
    assert not place.done()
    assert (await place)["id"] == told[0]["id"]


@pytest.mark.parametrize("code", [None, 1012])
async def test_disconnected_websockets_break_the_watch(
    pro: Any, venue: VenueThread, stepping: Stepping, code: int | None
) -> None:
    watch = await quiet_watch(pro, stepping)
    venue.faults.disconnect_websockets(code=code)
    with pytest.raises(ccxt.NetworkError):
        await asyncio.wait_for(watch, 5)


async def test_only_the_websockets_of_the_kind_are_disconnected(
    subscribed: Any, venue: VenueThread, stepping: Stepping, eventually: Eventually
) -> None:
    await stepping(subscribed.watch_trades(SYMBOL))
    assert venue.connections == 2
    venue.faults.disconnect_websockets(kind="market")
    await eventually(lambda: venue.connections == 1)
    order = await asyncio.wait_for(subscribed.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000), 5)
    assert order["status"] == "open"


async def test_a_silent_stream_is_connected_and_says_nothing(pro: Any, venue: VenueThread, stepping: Stepping) -> None:
    watch = await quiet_watch(pro, stepping)
    venue.faults.silence(60, kind="market")
    venue.step(5)
    await asyncio.sleep(0.1)
    assert not watch.done()
    assert venue.connections == 1
    venue.faults.clear()
    assert await stepping(watch)


async def test_a_silent_user_stream_tells_no_order(subscribed: Any, venue: VenueThread, eventually: Eventually) -> None:
    told: list[Any] = []
    subscribed.handle_order_update = lambda _client, message: told.append(message["c"])
    venue.faults.silence(60, kind="user")
    await subscribed.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "unheard"})
    venue.faults.clear()
    await subscribed.create_order(SYMBOL, "limit", "buy", 0.01, 59_000, {"clientOrderId": "heard"})
    await eventually(lambda: "heard" in told)
    assert told == ["heard"]


async def test_a_refusing_venue_cuts_its_websockets_and_takes_no_new_ones(
    pro: Any, venue: VenueThread, stepping: Stepping
) -> None:
    watch = await quiet_watch(pro, stepping)
    venue.faults.refuse()
    for attempt in (watch, pro.watch_trades(SYMBOL), pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000)):
        with pytest.raises(ccxt.NetworkError):
            await asyncio.wait_for(attempt, 5)


async def test_faults_meet_websocket_requests_too(pro: Any, venue: VenueThread, eventually: Eventually) -> None:
    venue.faults.fail_next(status=400, code=-1008, message="Overloaded.", path="order.place")
    with pytest.raises(ccxt.ExchangeError, match="Overloaded"):
        await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000)
    venue.faults.hang_next(path="order.place", processed=True)
    lost = asyncio.ensure_future(pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000))
    await eventually(lambda: len(venue.call(lambda it: it.exchange.blotter.open(it.account))) == 1)
    assert not lost.done()
    venue.faults.drop_next(path="order.place")
    with pytest.raises(ccxt.NetworkError):
        await pro.create_order_ws(SYMBOL, "limit", "buy", 0.01, 59_000)
    with pytest.raises(ccxt.NetworkError):
        await lost


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("fill_pattern", {"fractions": []}),
        ("fill_pattern", {"fractions": [0.7, 0.7]}),
        ("fill_pattern", {"fractions": [0.5], "delays": [1, 1]}),
        ("fill_pattern", {"fractions": [0.5], "delays": [-1]}),
        ("fail_next", {"count": 0}),
        ("fail_next", {"status": 42}),
        ("rate_limit", {"status": 500}),
        ("disconnect_websockets", {"code": 7}),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(
    shared_venue: VenueThread, name: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"have to|has to"):
        getattr(shared_venue.faults, name)(**arguments)
