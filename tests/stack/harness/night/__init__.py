"""A night in which all goes wrong that can: bots that trade, a venue with faults, everything sent to the real stack.

``demo`` runs it; ``trader`` and ``reporter`` are the bots, programs of their own that ``opentelemetry-instrument``
starts.
"""
