"""Websocket connections: an outbox each, so that nobody waits for a slow reader."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from aiohttp import WSCloseCode, web

_MOST_WAITING = 20_000


class Socket:
    """One open websocket. ``kind`` is ``market`` or ``user``: what a fault can be meant for."""

    def __init__(self, request: web.Request, kind: str) -> None:
        self.kind = kind
        self._request = request
        self._websocket = web.WebSocketResponse(heartbeat=20.0, autoping=True)
        self._outbox: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        self._writer: asyncio.Task[None] | None = None

    async def open(self) -> web.WebSocketResponse:
        """Shake hands, begin to write, and return the response to read from."""
        await self._websocket.prepare(self._request)
        self._writer = asyncio.create_task(self._write())
        return self._websocket

    def send(self, message: Any) -> None:
        """Queue a JSON message; a reader that is too far behind is cut off."""
        try:
            self._outbox.put_nowait(json.dumps(message, separators=(",", ":")))
        except asyncio.QueueFull:
            self.abort()

    def abort(self) -> None:
        """Cut the connection without a closing handshake."""
        if self._request.transport is not None:
            self._request.transport.abort()

    async def close(self, code: int = WSCloseCode.GOING_AWAY) -> None:
        """Close the connection with a code."""
        await self._websocket.close(code=code)

    async def finish(self) -> None:
        """Stop writing."""
        if self._writer is not None:
            self._writer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._writer

    async def _write(self) -> None:
        # A peer that went away is noticed by the reading side, which ends the connection.
        with contextlib.suppress(ConnectionError, RuntimeError):
            while True:
                await self._websocket.send_str(await self._outbox.get())


class Sockets:
    """All open websockets."""

    def __init__(self) -> None:
        self._open: set[Socket] = set()
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, socket: Socket) -> None:
        """Count a websocket as open."""
        self._open.add(socket)

    def remove(self, socket: Socket) -> None:
        """Count a websocket as closed."""
        self._open.discard(socket)

    def disconnect(self, kind: str | None, code: int | None) -> None:
        """Close the websockets of a kind, or all: with a close code, or by cutting the connection."""
        for socket in [socket for socket in self._open if kind in (None, socket.kind)]:
            if code is None:
                socket.abort()
                continue
            task = asyncio.ensure_future(socket.close(code))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close them all and wait for it."""
        await asyncio.gather(*(socket.close() for socket in list(self._open)), return_exceptions=True)
