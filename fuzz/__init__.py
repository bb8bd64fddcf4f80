"""Fuzzing: what must hold whatever the input, as functions of bytes, for two engines.

``tests/fuzz`` runs them on what Hypothesis makes up, briefly, in every ``make test``; ``make fuzz`` runs them under
atheris, which is led by the code that an input reaches, for as long as one likes.
"""
