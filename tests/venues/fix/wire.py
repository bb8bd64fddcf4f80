"""FIX 4.4 on the wire: fields to bytes and back, with nothing of the libraries that are tested."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Fields: TypeAlias = "dict[str, str]"
Body: TypeAlias = "list[tuple[int, object]]"

SOH = b"\x01"
_CHECKSUM_LENGTH = len(b"10=000\x01")


def encode(kind: str, header: Body, body: Body) -> bytes:
    """Return a message: MsgType (35), then the rest of the header, then the body."""
    content = b"".join(f"{tag}={value}\x01".encode() for tag, value in [(35, kind), *header, *body])
    begun = b"8=FIX.4.4\x019=%d\x01" % len(content) + content
    return begun + b"10=%03d\x01" % (sum(begun) % 256)


def decode(message: bytes) -> Fields:
    """Return the fields of a message by their tags, the first of each."""
    found: Fields = {}
    for pair in message.rstrip(SOH).split(SOH):
        tag, _, value = pair.decode().partition("=")
        found.setdefault(tag, value)
    return found


def messages(buffer: bytearray) -> Iterator[bytes]:
    """Take the messages that are complete out of ``buffer``."""
    while True:
        end = buffer.find(b"\x0110=")
        if end < 0 or len(buffer) < end + 1 + _CHECKSUM_LENGTH:
            return
        size = end + 1 + _CHECKSUM_LENGTH
        yield bytes(buffer[:size])
        del buffer[:size]


def now() -> str:
    """Return the time as a UTCTimestamp with milliseconds."""
    seconds = time.time()
    return f"{time.strftime('%Y%m%d-%H:%M:%S', time.gmtime(seconds))}.{int(seconds * 1000) % 1000:03d}"


def fields(pairs: Iterable[tuple[int, object]]) -> Fields:
    """Return a body as fields by their tags."""
    return {str(tag): str(value) for tag, value in pairs}
