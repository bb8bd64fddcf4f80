"""The simulated venue of the demo, for the tests of ccxt bots."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from otel_trading.demo.venue import VenueThread


class MissingDemoError(ImportError):
    """The simulated venue needs packages that are not installed; the message says how to get them."""


def started_venue(**settings: Any) -> VenueThread:
    """Return the venue, to be entered with ``with``; ``settings`` are those of ``otel_trading.demo.venue.Venue``.

    Raises :class:`MissingDemoError` where otel-trading was installed without its extra ``demo``.
    """
    try:
        from otel_trading.demo.venue import VenueThread  # noqa: PLC0415 - needs the extra
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("otel_trading"):
            raise
        message = f"the simulated venue needs {error.name}: pip install 'otel-trading[demo]'"
        raise MissingDemoError(message, name=error.name) from error
    return VenueThread(**settings)


def ccxt_config(venue: VenueThread, **changes: Any) -> dict[str, Any]:
    """Return what ``ccxt.binance`` (also of ``ccxt.async_support`` and ``ccxt.pro``) needs to trade at ``venue``.

    That is the key and secret of its first account, its addresses, and no waiting between requests. ``changes`` are
    further entries of ccxt's configuration, or others in place of these.
    """
    from otel_trading.demo.venue import ccxt_urls  # noqa: PLC0415 - needs the extra, which a venue shows to be there

    return {
        "apiKey": venue.account.key,
        "secret": venue.account.secret,
        "urls": ccxt_urls(venue.url),
        "enableRateLimit": False,
        **changes,
    }
