"""Bytes that no exporter would write: requests nested without end, bombs, and connections that stop half way."""

from __future__ import annotations

import contextlib
import gzip
import io
import socket
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HTTP2_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
EMPTY_SETTINGS = b"\0\0\0\x04\0\0\0\0\0"


def nested_log(depth: int, *, as_body: bool) -> bytes:
    """Return a request of one log record whose body, or whose one attribute, is a list in a list, so many deep."""
    text = _field(1, b"x")
    heads, size = [], len(text)
    for number in (1, 5) * depth:  # ArrayValue.values, AnyValue.array_value, from the inside out
        heads.append(_head(number, size))
        size += len(heads[-1])
    value = b"".join(reversed(heads)) + text
    record = _field(5, value) if as_body else _field(6, _field(1, b"deep") + _field(2, value))
    return _field(1, _field(2, _field(2, record)))


def _field(number: int, content: bytes) -> bytes:
    return _head(number, len(content)) + content


def _head(number: int, size: int) -> bytes:
    head = bytearray([number << 3 | 2])
    while size > 0x7F:
        head.append(size & 0x7F | 0x80)
        size >>= 7
    head.append(size)
    return bytes(head)


def gzip_bomb(size: int) -> bytes:
    """Return ``size`` zeros, compressed a thousandfold."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as out:
        for _ in range(size >> 20):
            out.write(bytes(1 << 20))
    return packed.getvalue()


def zlib_bomb(size: int) -> bytes:
    """Return the same in the other format that HTTP calls deflate."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


@contextlib.contextmanager
def half_sent(address: str, content: bytes, connections: int) -> Iterator[list[socket.socket]]:
    """Open so many connections, send each ``content``, and keep them open in silence."""
    host, _, port = address.removeprefix("http://").partition(":")
    with contextlib.ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection((host, int(port)), timeout=30)) for _ in range(connections)
        ]
        for each in opened:
            each.sendall(content)
        yield opened


def is_closed(connection: socket.socket, seconds: float) -> bool:
    """Tell whether the other side ends the connection within so many seconds; what it says before is read away."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except ConnectionError:
        pass
    return True
