"""Where ccxt has to look to find the venue: the whole override a bot needs, besides a key and a secret.

Spelled out in a bot of one's own, for a venue at ``http://127.0.0.1:9000``, ``config["urls"]["api"]`` needs

* ``public`` and ``private``: ``http://127.0.0.1:9000/api/v3``
* ``sapi``: ``http://127.0.0.1:9000/sapi/v1`` (with a key, ``load_markets`` asks for the currencies there)
* ``fapiPublic``: ``…/fapi/v1`` and ``dapiPublic``: ``…/dapi/v1`` (``load_markets`` asks for all three markets)
* for ``ccxt.pro`` also ``ws``: ``{"spot": "ws://127.0.0.1:9000/stream/ws", "ws-api": {"spot":
  "ws://127.0.0.1:9000/ws-api/v3"}}``

``/stream`` has to stand in the spot stream's address: ``ccxt.pro`` looks for it to tell spot from futures.
:func:`ccxt_urls` also points at the venue all that it does not have, so that no call leaves this machine.
"""

from __future__ import annotations

from typing import Any

_PATHS = {
    "sapi": "sapi/v1",
    "sapiV2": "sapi/v2",
    "sapiV3": "sapi/v3",
    "sapiV4": "sapi/v4",
    "fapiPublic": "fapi/v1",
    "fapiPublicV2": "fapi/v2",
    "fapiPublicV3": "fapi/v3",
    "fapiPrivate": "fapi/v1",
    "fapiPrivateV2": "fapi/v2",
    "fapiPrivateV3": "fapi/v3",
    "fapiData": "futures/data",
    "dapiPublic": "dapi/v1",
    "dapiPrivate": "dapi/v1",
    "dapiPrivateV2": "dapi/v2",
    "dapiData": "futures/data",
    "eapiPublic": "eapi/v1",
    "eapiPrivate": "eapi/v1",
    "papi": "papi/v1",
    "papiV2": "papi/v2",
}
_OTHER_STREAMS = ("linear", "inverse", "stock", "option", "optionMarket", "optionPrivate", "papi")


def ccxt_urls(url: str) -> dict[str, Any]:
    """Return the entry ``urls`` of the configuration of ``ccxt.binance`` for the venue at ``url``.

    ``ccxt.binance({"apiKey": …, "secret": …, "urls": ccxt_urls(venue.url)})``; the same for the classes of
    ``ccxt.async_support`` and ``ccxt.pro``. ``url`` is the venue's HTTP address, with or without a final slash.
    """
    http = url.rstrip("/")
    websocket = "ws" + http.removeprefix("http")
    stream, elsewhere = f"{websocket}/stream/ws", f"{websocket}/absent"
    return {
        "api": {
            "public": f"{http}/api/v3",
            "private": f"{http}/api/v3",
            "v1": f"{http}/api/v1",
            **{name: f"{http}/{path}" for name, path in _PATHS.items()},
            "ws": {
                "spot": stream,
                "margin": stream,
                "ws-api": {
                    "spot": f"{websocket}/ws-api/v3",
                    "linear": elsewhere,
                    "inverse": elsewhere,
                },
                **dict.fromkeys(_OTHER_STREAMS, elsewhere),
            },
        },
    }
