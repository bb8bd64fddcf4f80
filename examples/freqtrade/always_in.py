"""A small freqtrade strategy, as one finds them: it knows nothing of OpenTelemetry.

It buys whenever a trade may be opened and waits for the ROI table or the stop-loss, so that one sees orders soon.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from freqtrade.strategy import IStrategy

if TYPE_CHECKING:
    from pandas import DataFrame  # type: ignore[import-untyped] # its stubs are a package of their own


class AlwaysIn(IStrategy):  # type: ignore[misc] # known where freqtrade is installed
    """Long whenever there is volume."""

    INTERFACE_VERSION = 3
    timeframe = "1m"
    process_only_new_candles = False
    minimal_roi: ClassVar[dict[str, float]] = {"0": 0.01}
    stoploss = -0.02

    @property
    def protections(self) -> list[dict[str, Any]]:
        """Trade nothing for ten candles after a stop-loss."""
        return [
            {
                "method": "StoplossGuard",
                "lookback_period_candles": 60,
                "trade_limit": 1,
                "stop_duration_candles": 10,
            }
        ]

    def populate_indicators(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:  # noqa: ARG002 - freqtrade's
        """Add nothing: price and volume are enough."""
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:  # noqa: ARG002 - freqtrade's
        """Enter where anything was traded."""
        dataframe.loc[dataframe["volume"] > 0, ["enter_long", "enter_tag"]] = (1, "volume")
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict[str, Any]) -> DataFrame:  # noqa: ARG002 - freqtrade's
        """Leave by price only."""
        return dataframe
