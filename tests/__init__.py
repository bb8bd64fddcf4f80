"""The tests: a package, since eventkit installs one of the same name, which would be found instead."""
