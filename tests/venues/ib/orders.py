"""The orders that the gateway has, and what was executed of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tests.venues.ib.contracts import Contract
    from tests.venues.ib.tickets import Ticket

DONE = frozenset({"Filled", "Cancelled", "Inactive"})
"""The words for an order that is over."""

_CENTS = 100
_NOISE = 1e-6


class Fill(NamedTuple):
    """One execution of an order."""

    id: str
    quantity: float
    price: float
    cumulative: float
    average: float
    time: datetime
    liquidity: int = 2
    commission: float = 1.0


@dataclass(eq=False)
class Resting:
    """An order at the gateway. ``perm_id`` is the gateway's own id of it, the same in every session."""

    ticket: Ticket
    contract: Contract
    client_id: int
    perm_id: int
    account: str
    status: str = "Submitted"
    fills: list[Fill] = field(default_factory=list)

    @property
    def filled(self) -> float:
        """How much was executed."""
        return self.fills[-1].cumulative if self.fills else 0.0

    @property
    def remaining(self) -> float:
        """How much is left."""
        return self.ticket.quantity - self.filled

    @property
    def average(self) -> float:
        """At which price, on average."""
        return self.fills[-1].average if self.fills else 0.0

    def execute(self, quantity: float, price: float) -> Fill:
        """Execute ``quantity`` of it at ``price``; the order is filled when nothing is left."""
        cumulative = self.filled + quantity
        average = (self.filled * self.average + quantity * price) / cumulative
        identity = f"0000e0d5.{self.perm_id:08x}.{len(self.fills) + 1:02d}.01"
        fill = Fill(identity, quantity, price, cumulative, average, datetime.now(timezone.utc))
        self.fills.append(fill)
        self.status = "Submitted" if self.remaining else "Filled"
        return fill


def is_off_step(ticket: Ticket) -> bool:
    """Tell whether the limit is no multiple of a cent, the smallest step of a price."""
    cents = (ticket.limit or 0.0) * _CENTS
    return abs(cents - round(cents)) > _NOISE
