"""Reads Snappy, which the standard library does not: what Loki and Prometheus keep lies in it.

After the format descriptions in github.com/google/snappy: ``format_description.txt`` and ``framing_format.txt``.
"""

from __future__ import annotations

STREAM_START = b"\xff\x06\x00\x00sNaPpY"

_COMPRESSED, _PLAIN = 0, 1
_CHECKSUM_BYTES = 4


def decompress(data: bytes) -> bytes:
    """Return the content of one block; ValueError where it is none."""
    length, at = _varint(data)
    out = bytearray()
    while at < len(data):
        tag = data[at]
        at += 1
        if tag & 3 == 0:
            size, at = _literal(data, tag, at)
            out += data[at : at + size]
            at += size
        else:
            size, offset, at = _copy(data, tag, at)
            _repeat(out, offset, size)
    if len(out) != length:
        raise ValueError("not as long as it says")
    return bytes(out)


def decompress_stream(data: bytes) -> bytes:
    """Return the content of a framed stream that begins with ``STREAM_START``, up to where it ends or breaks off."""
    at, out = len(STREAM_START), bytearray()
    while at + 4 <= len(data) and data[at] in {_COMPRESSED, _PLAIN}:
        size = int.from_bytes(data[at + 1 : at + 4], "little")
        chunk = data[at + 4 + _CHECKSUM_BYTES : at + 4 + size]
        try:
            out += decompress(chunk) if data[at] == _COMPRESSED else chunk
        except (ValueError, IndexError):
            break
        at += 4 + size
    return bytes(out)


def _varint(data: bytes) -> tuple[int, int]:
    value = shift = at = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def _literal(data: bytes, tag: int, at: int) -> tuple[int, int]:
    size = tag >> 2
    more = max(size - 59, 0)  # 60 to 63 tell how many bytes the length takes
    if more:
        size = int.from_bytes(data[at : at + more], "little")
    return size + 1, at + more


def _copy(data: bytes, tag: int, at: int) -> tuple[int, int, int]:
    if tag & 3 == 1:
        return (tag >> 2 & 7) + 4, tag >> 5 << 8 | data[at], at + 1
    width = 2 if tag & 3 == 2 else 4
    return (tag >> 2) + 1, int.from_bytes(data[at : at + width], "little"), at + width


def _repeat(out: bytearray, offset: int, size: int) -> None:
    if not 0 < offset <= len(out):
        raise ValueError("points before its beginning")
    while size > 0:  # what is copied may be what was just written
        part = out[len(out) - offset : len(out) - offset + size]
        out += part
        size -= len(part)
