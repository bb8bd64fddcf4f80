from __future__ import annotations

from typing import Any

import ccxt
import pytest
import requests

from otel_trading.demo.venue import Account, Limits, ManualClock, VenueThread, ccxt_urls
from otel_trading.demo.venue.errors import VenueError
from otel_trading.demo.venue.limits import RateLimiter

MIDNIGHT_MS = 1_790_000_000_000 // 86_400_000 * 86_400_000


def test_the_used_weight_is_told_in_headers(client: Any) -> None:
    before = int(client.last_response_headers["X-Mbx-Used-Weight-1m"])
    client.fetch_order_book("BTC/USDT", 100)
    assert int(client.last_response_headers["X-Mbx-Used-Weight-1m"]) == before + 5
    assert client.last_response_headers["X-Mbx-Used-Weight"] == client.last_response_headers["X-Mbx-Used-Weight-1m"]


def test_order_counts_are_told_with_orders_only(client: Any) -> None:
    client.fetch_balance()
    assert "X-Mbx-Order-Count-10s" not in client.last_response_headers
    client.create_order("BTC/USDT", "limit", "buy", 0.01, 59_000)
    assert client.last_response_headers["X-Mbx-Order-Count-10s"] == "1"
    assert client.last_response_headers["X-Mbx-Order-Count-1d"] == "1"


def test_too_much_weight_is_refused_over_the_wire_with_the_seconds_to_wait() -> None:
    with VenueThread(seed=7, limits=Limits(weight_1m=3, ban_after=2), clock=ManualClock(MIDNIGHT_MS)) as venue:
        answers = [requests.get(f"{venue.url}/api/v3/ping", timeout=5) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429, 418]
    assert answers[3].json()["code"] == -1003
    assert answers[3].headers["Retry-After"] == "60"
    assert answers[5].headers["Retry-After"] == "120"


def test_ccxt_takes_a_rate_limit_for_what_it_is() -> None:
    with VenueThread(seed=7, limits=Limits(weight_1m=1), clock=ManualClock()) as venue:
        client = ccxt.binance({"urls": ccxt_urls(venue.url), "enableRateLimit": False})
        client.public_get_ping()
        with pytest.raises(ccxt.DDoSProtection, match="429"):
            client.public_get_ping()


def test_a_new_minute_begins_with_nothing_used() -> None:
    clock = ManualClock(MIDNIGHT_MS)
    limiter = RateLimiter(Limits(weight_1m=10), clock)
    limiter.use_weight(10)
    with pytest.raises(VenueError):
        limiter.use_weight(1)
    clock.advance(60)
    limiter.use_weight(10)


def test_a_ban_outlasts_the_minute_and_ends() -> None:
    clock = ManualClock(MIDNIGHT_MS)
    limiter = RateLimiter(Limits(weight_1m=0, ban_after=0, ban_seconds=90), clock)
    with pytest.raises(VenueError, match="banned"):
        limiter.use_weight(1)
    clock.advance(89)
    with pytest.raises(VenueError, match="banned"):
        limiter.use_weight(0)
    clock.advance(1)
    limiter.use_weight(0)


@pytest.mark.parametrize(
    ("limits", "seconds"), [(Limits(orders_10s=2), 10), (Limits(orders_10s=9, orders_1d=2), 86_400)]
)
def test_too_many_orders_are_refused_until_the_window_is_over(limits: Limits, seconds: int) -> None:
    clock = ManualClock(MIDNIGHT_MS)
    limiter, account = RateLimiter(limits, clock), Account()
    limiter.add_orders(account, 2)
    with pytest.raises(VenueError, match="-1015 Too many new orders") as caught:
        limiter.check_orders(account, 1)
    assert caught.value.headers == {"Retry-After": str(seconds)}
    clock.advance(seconds)
    limiter.check_orders(account, 1)


def test_order_limits_are_per_account() -> None:
    limiter = RateLimiter(Limits(orders_10s=1), ManualClock(MIDNIGHT_MS))
    limiter.add_orders(Account(key="one"), 1)
    limiter.check_orders(Account(key="two"), 1)
    with pytest.raises(VenueError):
        limiter.check_orders(Account(key="one"), 1)


def test_a_refused_order_is_not_counted(client: Any) -> None:
    with pytest.raises(ccxt.InsufficientFunds):
        client.create_order("BTC/USDT", "limit", "buy", 20, 59_000)
    assert client.last_response_headers["X-Mbx-Order-Count-10s"] == "0"


def test_too_many_orders_are_a_rate_limit_to_ccxt(config: dict[str, Any]) -> None:
    with VenueThread(seed=7, limits=Limits(orders_1d=0)) as venue:
        client = ccxt.binance({**config, "urls": ccxt_urls(venue.url)})
        with pytest.raises(ccxt.DDoSProtection, match="-1015"):
            client.create_order("BTC/USDT", "limit", "buy", 0.01, 59_000)
