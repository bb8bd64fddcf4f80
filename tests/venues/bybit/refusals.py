"""What the venue refuses, in the codes of V5: those of spot differ from those of derivatives."""

from __future__ import annotations


class RefusedError(Exception):
    """A request that is refused, with ``retCode`` and ``retMsg``."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def invalid(message: str) -> RefusedError:
    """Return the refusal of a parameter."""
    return RefusedError(10001, f"params error: {message}")


def no_such_order(category: str) -> RefusedError:
    """Return the refusal of a request about an order that is unknown, or over."""
    if category == "spot":
        return RefusedError(170213, "Order does not exist.")
    return RefusedError(110001, "order not exists or too late to cancel")


def no_money(category: str) -> RefusedError:
    """Return the refusal of an order that the account cannot pay."""
    return (
        RefusedError(170131, "Insufficient balance.") if category == "spot" else RefusedError(110007, "ab not enough")
    )


def duplicate(category: str) -> RefusedError:
    """Return the refusal of an ``orderLinkId`` that was used before."""
    if category == "spot":
        return RefusedError(170141, "Duplicate clientOrderId.")
    return RefusedError(110072, "OrderLinkedID is duplicate")


def no_such_symbol(category: str) -> RefusedError:
    """Return the refusal of a symbol that is not traded."""
    return RefusedError(170121, "Invalid symbol.") if category == "spot" else invalid("symbol invalid")
