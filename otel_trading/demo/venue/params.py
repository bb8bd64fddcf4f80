"""Request parameters: text in, typed values or the venue's own complaint out."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from otel_trading.demo.venue.errors import VenueError, illegal, missing, not_required

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EnumT = TypeVar("EnumT", bound=Enum)

_NUMBER = re.compile(r"^([0-9]{1,20})(\.[0-9]{1,20})?$")
_INTEGER = re.compile(r"^[0-9]{1,20}$")


class Params:
    """The parameters of one request, whichever way they came.

    Every getter raises :class:`VenueError`: -1102 where a mandatory value is missing, -1100 where its form
    is wrong. ``strict`` is whether unknown parameters are refused: REST does, the websocket API reads over them.
    """

    def __init__(self, values: Mapping[str, str], *, strict: bool = True) -> None:
        self._values = dict(values)
        self.strict = strict

    @classmethod
    def of_json(cls, values: Mapping[str, Any]) -> Params:
        """Return the parameters of a websocket message, as text: that is also what its signature covers."""
        return cls({name: as_text(value) for name, value in values.items() if value is not None}, strict=False)

    def __contains__(self, name: str) -> bool:
        return bool(self._values.get(name))

    def raw(self) -> dict[str, str]:
        """Return a copy of everything sent."""
        return dict(self._values)

    def get(self, name: str, default: str = "") -> str:
        """Return the text of an optional parameter."""
        return self._values.get(name) or default

    def text(self, name: str) -> str:
        """Return the text of a mandatory parameter."""
        value = self._values.get(name)
        if not value:
            raise missing(name)
        return value

    def matching(self, name: str, pattern: str) -> str:
        """Return the text of a mandatory parameter that has to match ``pattern`` as a whole."""
        value = self.text(name)
        if re.fullmatch(pattern, value) is None:
            raise illegal(name, pattern)
        return value

    def number(self, name: str) -> Decimal:
        """Return a mandatory non-negative decimal."""
        value = self.text(name)
        if _NUMBER.fullmatch(value) is None:
            raise illegal(name, _NUMBER.pattern)
        return Decimal(value)

    def optional_number(self, name: str) -> Decimal | None:
        """Return a non-negative decimal, or nothing where it was not sent."""
        return self.number(name) if name in self else None

    def integer(self, name: str) -> int:
        """Return a mandatory non-negative integer."""
        value = self.text(name)
        if _INTEGER.fullmatch(value) is None:
            raise illegal(name, _INTEGER.pattern)
        return int(value)

    def optional_integer(self, name: str) -> int | None:
        """Return a non-negative integer, or nothing where it was not sent."""
        return self.integer(name) if name in self else None

    def limit(self, default: int, most: int) -> int:
        """Return the parameter ``limit``, cut to what the endpoint gives at most."""
        return min(self.optional_integer("limit") or default, most)

    def flag(self, name: str, default: bool) -> bool:
        """Return a boolean sent as ``true`` or ``false``."""
        if name not in self:
            return default
        return self.matching(name, "true|false|TRUE|FALSE").lower() == "true"

    def names(self, name: str) -> list[str]:
        """Return a list sent as JSON, such as ``symbols=["BTCUSDT","ETHUSDT"]``."""
        try:
            value = json.loads(self.text(name))
        except ValueError:
            value = None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise illegal(name, '^\\[("[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}){0,1}\\]$')
        return value

    def choice(self, name: str, kind: type[EnumT], refusal: VenueError) -> EnumT:
        """Return a mandatory member of ``kind``.

        Raises ``refusal`` for any other word: the venue has a code of its own for each such parameter.
        """
        try:
            return kind(self.text(name).upper())
        except ValueError:
            raise refusal from None

    def forbid(self, names: Iterable[str]) -> None:
        """Raise -1106 where one of ``names`` was sent."""
        for name in names:
            if name in self:
                raise not_required(name)


def as_text(value: Any) -> str:
    """Return a JSON value in the form it has in a query string."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, dict)):
        return json.dumps(value, separators=(",", ":"))
    return str(value)
