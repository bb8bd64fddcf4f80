"""``python -m otel_trading.cli``."""

from otel_trading.cli import main

main()
