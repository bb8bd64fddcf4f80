"""Rate limits in real windows: request weight a minute, orders in ten seconds and a day."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from otel_trading.demo.venue.errors import VenueError

if TYPE_CHECKING:
    from otel_trading.demo.venue.accounts import Account
    from otel_trading.demo.venue.clock import Clock

_MINUTE_MS = 60_000
_TEN_SECONDS_MS = 10_000
_DAY_MS = 86_400_000
TEAPOT = 418
"""The status of a ban."""


@dataclass(frozen=True)
class Limits:
    """What a client may use.

    ``weight_1m`` counts per address and minute, the order limits per account. Who goes on after ``ban_after``
    answers with 429 is banned (418) for ``ban_seconds``.
    """

    weight_1m: int = 6_000
    orders_10s: int = 100
    orders_1d: int = 200_000
    ban_after: int = 10
    ban_seconds: int = 120

    def told(self) -> list[dict[str, Any]]:
        """Return the list ``rateLimits`` of ``exchangeInfo``."""
        return [
            _row("REQUEST_WEIGHT", "MINUTE", 1, self.weight_1m),
            _row("ORDERS", "SECOND", 10, self.orders_10s),
            _row("ORDERS", "DAY", 1, self.orders_1d),
        ]


class Window:
    """A count that begins anew when a window of fixed width is over."""

    def __init__(self, clock: Clock, width_ms: int) -> None:
        self._clock = clock
        self._width_ms = width_ms
        self._number = -1
        self._count = 0

    @property
    def count(self) -> int:
        """What was used in the present window."""
        number = self._clock.now_ms() // self._width_ms
        if number != self._number:
            self._number, self._count = number, 0
        return self._count

    @property
    def seconds_left(self) -> int:
        """The whole seconds until the next window, at least one."""
        return max(1, -(-(self._width_ms - self._clock.now_ms() % self._width_ms) // 1000))

    def add(self, amount: int) -> None:
        """Count ``amount``."""
        self._count = self.count + amount


class RateLimiter:
    """Counts what clients use, and refuses what is too much."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self.limits = limits
        self._clock = clock
        self._weight = Window(clock, _MINUTE_MS)
        self._orders: dict[str, tuple[Window, Window]] = {}
        self._refused = 0
        self._banned_until_ms = 0

    def use_weight(self, weight: int) -> None:
        """Count the weight of a request; raise -1003 with 429, or with 418 for who goes on regardless."""
        now_ms = self._clock.now_ms()
        if now_ms < self._banned_until_ms:
            raise banned(self._banned_until_ms, now_ms)
        if self._weight.count == 0:
            self._refused = 0
        self._weight.add(weight)
        if self._weight.count <= self.limits.weight_1m:
            return
        self._refused += 1
        if self._refused > self.limits.ban_after:
            self._banned_until_ms = now_ms + self.limits.ban_seconds * 1000
            raise banned(self._banned_until_ms, now_ms)
        raise too_much_weight(self.limits.weight_1m, self._weight.seconds_left, now_ms)

    def check_orders(self, account: Account, orders: int) -> None:
        """Raise -1015 with 429 where so many new orders are too many."""
        short, day = self._windows(account)
        for window, limit, span in (
            (short, self.limits.orders_10s, "10 SECOND"),
            (day, self.limits.orders_1d, "1 DAY"),
        ):
            if window.count + orders > limit:
                raise VenueError(
                    -1015,
                    f"Too many new orders; current limit is {limit} orders per {span}.",
                    status=HTTPStatus.TOO_MANY_REQUESTS,
                    headers={"Retry-After": str(window.seconds_left)},
                )

    def add_orders(self, account: Account, orders: int) -> None:
        """Count new orders that were accepted."""
        for window in self._windows(account):
            window.add(orders)

    def headers(self, account: Account | None, *, orders: bool) -> dict[str, str]:
        """Return the headers that tell what is used; the order counts go with answers about orders."""
        weight = str(self._weight.count)
        headers = {"X-MBX-USED-WEIGHT": weight, "X-MBX-USED-WEIGHT-1M": weight}
        if orders and account is not None:
            short, day = self._windows(account)
            headers["X-MBX-ORDER-COUNT-10S"] = str(short.count)
            headers["X-MBX-ORDER-COUNT-1D"] = str(day.count)
        return headers

    def told(self, account: Account | None, *, orders: bool) -> list[dict[str, Any]]:
        """Return the list ``rateLimits`` of a websocket answer."""
        weight, short_limit, day_limit = self.limits.told()
        rows = [{**weight, "count": self._weight.count}]
        if orders and account is not None:
            short, day = self._windows(account)
            rows = [{**short_limit, "count": short.count}, {**day_limit, "count": day.count}, *rows]
        return rows

    def _windows(self, account: Account) -> tuple[Window, Window]:
        if account.key not in self._orders:
            self._orders[account.key] = (Window(self._clock, _TEN_SECONDS_MS), Window(self._clock, _DAY_MS))
        return self._orders[account.key]


def too_much_weight(limit: int, seconds: int, now_ms: int) -> VenueError:
    """Return -1003 with 429: wait for the next window."""
    return VenueError(
        -1003,
        f"Too much request weight used; current limit is {limit} request weight per 1 MINUTE. "
        "Please use WebSocket Streams for live updates to avoid polling the API.",
        status=HTTPStatus.TOO_MANY_REQUESTS,
        headers={"Retry-After": str(seconds)},
        data={"serverTime": now_ms, "retryAfter": now_ms + seconds * 1000},
    )


def banned(until_ms: int, now_ms: int) -> VenueError:
    """Return -1003 with 418: the address is banned for a while."""
    seconds = max(1, -(-(until_ms - now_ms) // 1000))
    return VenueError(
        -1003,
        f"Way too much request weight used; IP banned until {until_ms}. "
        "Please use WebSocket Streams for live updates to avoid bans.",
        status=TEAPOT,
        headers={"Retry-After": str(seconds)},
        data={"serverTime": now_ms, "retryAfter": until_ms},
    )


def _row(kind: str, interval: str, number: int, limit: int) -> dict[str, Any]:
    return {"rateLimitType": kind, "interval": interval, "intervalNum": number, "limit": limit}
