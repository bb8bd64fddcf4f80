"""An order at the venue, and how Alpaca writes it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

OPEN = frozenset({"new", "partially_filled", "pending_new", "held"})


def now() -> str:
    """Return the time as Alpaca writes it, with nanoseconds."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"


def plain(value: Decimal | None) -> str | None:
    """Return a number as Alpaca writes it: a string without needless zeros."""
    return None if value is None else f"{value.normalize():f}"


def asset_class(symbol: str) -> str:
    """Return what kind of asset a symbol stands for."""
    return "crypto" if "/" in symbol else "us_equity"


def asset_id(symbol: str) -> str:
    """Return the id of an asset, always the same for a symbol."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, symbol))


@dataclass(eq=False)
class VenueOrder:
    """One order: what was asked for, and what became of it."""

    symbol: str
    side: str
    type: str
    time_in_force: str
    qty: Decimal | None
    notional: Decimal | None = None
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    client_order_id: str = ""
    order_class: str = ""
    legs: list[VenueOrder] = field(default_factory=list)
    status: str = "pending_new"
    filled_qty: Decimal = Decimal(0)
    paid: Decimal = Decimal(0)
    replaced_by: str | None = None
    replaces: str | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_at: str = field(default_factory=now)
    updated_at: str = field(default_factory=now)

    def __post_init__(self) -> None:
        self.client_order_id = self.client_order_id or str(uuid.uuid4())

    @property
    def is_open(self) -> bool:
        """Whether something of it may still be executed."""
        return self.status in OPEN

    @property
    def left(self) -> Decimal:
        """What is not executed yet."""
        return (self.qty or Decimal(0)) - self.filled_qty

    def turn(self, status: str) -> None:
        """Take a new status."""
        self.status = status
        self.updated_at = now()

    def told(self, *, nested: bool = True) -> dict[str, Any]:
        """Return the order as JSON."""
        average = self.paid / self.filled_qty if self.filled_qty else None
        return {
            "id": self.id,
            "client_order_id": self.client_order_id,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "submitted_at": self.created_at,
            "filled_at": self.updated_at if self.status == "filled" else None,
            "expired_at": None,
            "canceled_at": self.updated_at if self.status == "canceled" else None,
            "failed_at": self.updated_at if self.status == "rejected" else None,
            "replaced_at": self.updated_at if self.status == "replaced" else None,
            "replaced_by": self.replaced_by,
            "replaces": self.replaces,
            "asset_id": asset_id(self.symbol),
            "symbol": self.symbol,
            "asset_class": asset_class(self.symbol),
            "notional": plain(self.notional),
            "qty": plain(self.qty) if self.notional is None else None,
            "filled_qty": plain(self.filled_qty),
            "filled_avg_price": plain(average),
            "order_class": self.order_class,
            "order_type": self.type,
            "type": self.type,
            "side": self.side,
            "time_in_force": self.time_in_force,
            "limit_price": plain(self.limit_price),
            "stop_price": plain(self.stop_price),
            "status": self.status,
            "extended_hours": False,
            "legs": [leg.told() for leg in self.legs] if self.legs and nested else None,
            "trail_percent": None,
            "trail_price": None,
            "hwm": None,
            "commission": "0",
        }
