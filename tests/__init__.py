"""The tests, and what they share. A package of its own: a dependency installs one of the same name."""
