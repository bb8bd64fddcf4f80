"""What the demo ships: the simulated venue and the example bot."""
