"""What NautilusTrader trades at: the simulated venue for a live node, ticks made by hand for a back-test."""
