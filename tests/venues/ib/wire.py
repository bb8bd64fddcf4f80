"""TWS's socket protocol: a message is a length of four bytes and its fields as text, each ended by a NUL."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

Field = str | int | float | bool | None

GREETING = b"API\0"
"""What a client sends first, before the versions that it speaks."""

_LENGTH = struct.Struct(">I")
_END = "\0"


def text(value: Field) -> str:
    """Return a field as it is sent: a boolean is 1 or 0, what is not set is empty."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def message(*fields: Field) -> bytes:
    """Return a message as it is sent."""
    payload = "".join(text(field) + _END for field in fields).encode()
    return _LENGTH.pack(len(payload)) + payload


async def read(reader: asyncio.StreamReader) -> str:
    """Return the next message as text; raise ``IncompleteReadError`` where the client has gone."""
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return (await reader.readexactly(length)).decode()


def fields(received: str) -> list[str]:
    """Return a message's fields."""
    return received.split(_END)[:-1]


def version(greeted: str, newest: int) -> int:
    """Return the version to speak with a client that sent ``v157..178``: the newest that both know."""
    least, _, most = greeted.partition(" ")[0].removeprefix("v").partition("..")
    return max(int(least), min(int(most), newest))
