"""Refusals as Alpaca writes them: an HTTP status, and a JSON object with a code, words and what they are about."""

from __future__ import annotations

from typing import Any


class Refused(Exception):  # noqa: N818 - it is the venue's answer, not a fault of the venue
    """A request that the venue refuses."""

    def __init__(self, status: int, code: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"code": code, "message": message, **more}


def poor(needed: str, has: str) -> Refused:
    """Return the refusal for want of money."""
    return Refused(403, 40310000, "insufficient buying power", buying_power=has, cost_basis=needed)


def short(symbol: str, wanted: str, has: str) -> Refused:
    """Return the refusal for want of what is to be sold."""
    words = f"insufficient qty available for order (requested: {wanted}, available: {has})"
    return Refused(403, 40310000, words, available=has, existing_qty=has, held_for_orders="0", symbol=symbol)


def unknown_order(name: str) -> Refused:
    """Return the refusal of a request about an order that is not there."""
    return Refused(404, 40410000, f"order not found for {name}")


def over(status: str) -> Refused:
    """Return the refusal to change what is over."""
    return Refused(422, 42210000, f'order is already in "{status}" state')


def invalid(message: str) -> Refused:
    """Return the refusal of what is not an order."""
    return Refused(422, 40010001, message)
