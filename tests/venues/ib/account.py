"""What the gateway says of the account and of the market."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.venues.ib.wire import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.venues.ib.contracts import Contract

ACCOUNT = "DU7654321"
"""The account of every order here; it must not be found in what is stored."""

_BID, _ASK, _LAST = 1, 2, 4


def position(contract: Contract, held: float, account: str = ACCOUNT) -> bytes:
    """Say what is held of a contract."""
    return message(61, 3, account, *contract.report, held, 150.0)


def portfolio(contract: Contract, held: float, unrealized: float) -> bytes:
    """Say what is held of a contract, and what it is worth."""
    worth = held * 150.0
    return message(7, 8, *contract.holding, held, 150.0, worth, 150.0, unrealized, 0.0, ACCOUNT)


def account_updates() -> Iterator[bytes]:
    """Say what the account is worth."""
    yield message(6, 2, "NetLiquidation", "50000.00", "USD", ACCOUNT)
    yield message(54, 1, ACCOUNT)


def account_updates_multi(request: int) -> Iterator[bytes]:
    """Say what the account is worth, to one request of several."""
    yield message(73, 1, request, ACCOUNT, "", "NetLiquidation", "50000.00", "USD")
    yield message(74, 1, request)


def summary(request: int) -> Iterator[bytes]:
    """Say what the account is worth, in short."""
    yield message(63, 1, request, ACCOUNT, "NetLiquidation", "50000.00", "USD")
    yield message(64, 1, request)


def profit(request: int, realized: float, unrealized: float) -> bytes:
    """Say what the account gained today."""
    return message(94, request, realized + unrealized, unrealized, realized)


def profit_single(request: int, held: int, realized: float, unrealized: float) -> bytes:
    """Say what one position gained today."""
    return message(95, request, held, realized + unrealized, unrealized, realized, held * 150.0)


def ticks(request: int, bid: float, ask: float) -> bytes:
    """Say the best bid and ask, and the last price between them."""
    found = ((_BID, bid), (_ASK, ask), (_LAST, (bid + ask) / 2))
    return b"".join(message(1, 6, request, kind, price, 100, 0) for kind, price in found)


def details(request: int, contract: Contract) -> Iterator[bytes]:
    """Say all of a contract."""
    yield message(
        *(10, request, contract.symbol, contract.security_type, contract.expiry, contract.strike, contract.right),
        *(contract.exchange, contract.currency, contract.local_symbol, "NMS", contract.trading_class),
        *(contract.con_id, 0.01, contract.multiplier, "LMT,MKT,STP", "SMART", 1, 0, contract.symbol),
        *(contract.primary_exchange, "", "", "", "", "UTC", "", "", "", 0, 0),
        *(1, "", "", "26", "", "COMMON", 1, 1, 1),
    )
    yield message(52, 1, request)


def bars(request: int) -> bytes:
    """Say two days' prices."""
    days = (("20261119", 148.0, 151.0, 147.0, 150.0), ("20261120", 150.0, 153.0, 149.0, 152.0))
    told = [field for day in days for field in (*day, 1000, 150.0, 10)]
    return message(17, request, "20261119", "20261120", len(days), *told)
