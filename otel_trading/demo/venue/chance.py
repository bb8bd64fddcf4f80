"""Chance that can be repeated: one generator per purpose, so that none disturbs another."""

from __future__ import annotations

import random


def generator(seed: int, *purpose: str | int) -> random.Random:
    """Return a generator that depends on the seed and on what it is for, and on nothing else."""
    name = "/".join(str(part) for part in (seed, *purpose))
    return random.Random(name)  # noqa: S311 a simulated market, not a secret
