"""Where ccxt has to look to find the venue: the whole override a bot needs, besides a key and a secret.

Spelled out in a bot of one's own, for a venue at ``http://127.0.0.1:9000``, it is ``config["urls"]["api"]`` with

* ``public`` and ``private``: ``http://127.0.0.1:9000/api/v3``; ``v1``: ``…/api/v1``
* ``sapi``, ``sapiV2``, ``sapiV3``: ``…/sapi/v1``, ``…/sapi/v2``, ``…/sapi/v3`` (``load_markets`` reads the
  currencies there when a key is set)
* ``fapiPublic``: ``…/fapi/v1`` and ``dapiPublic``: ``…/dapi/v1`` (``load_markets`` asks all three markets)
* ``ws``: ``spot`` is ``ws://127.0.0.1:9000/stream/ws``, and ``ws-api`` is
  ``{"spot": "ws://127.0.0.1:9000/ws-api/v3"}``

``/stream`` has to stand in the spot stream's address: ``ccxt.pro`` looks for it to tell spot from futures.
"""

from __future__ import annotations

from typing import Any


def ccxt_urls(url: str) -> dict[str, Any]:
    """Return the entry ``urls`` of the configuration of ``ccxt.binance`` for the venue at ``url``.

    ``ccxt.binance({"apiKey": …, "secret": …, "urls": ccxt_urls(venue.url)})``; the same for the classes of
    ``ccxt.async_support`` and ``ccxt.pro``. ``url`` is the venue's HTTP address, with or without a final slash.
    """
    http = url.rstrip("/")
    websocket = "ws" + http.removeprefix("http")
    return {
        "api": {
            "public": f"{http}/api/v3",
            "private": f"{http}/api/v3",
            "v1": f"{http}/api/v1",
            "sapi": f"{http}/sapi/v1",
            "sapiV2": f"{http}/sapi/v2",
            "sapiV3": f"{http}/sapi/v3",
            "fapiPublic": f"{http}/fapi/v1",
            "dapiPublic": f"{http}/dapi/v1",
            "ws": {
                "spot": f"{websocket}/stream/ws",
                "margin": f"{websocket}/stream/ws",
                "ws-api": {"spot": f"{websocket}/ws-api/v3"},
            },
        },
    }
