"""The trading libraries whose dependencies exclude the others': each is tested in an environment of its own.

``make test`` runs all of them; ``nox --session freqtrade -- -k stop_loss`` runs a part of one. An environment is built
once from its lock file and kept; when the lock file changes, what differs is installed.
"""

from __future__ import annotations

import nox

nox.needs_version = ">=2025.5"
nox.options.reuse_venv = "yes"
nox.options.error_on_missing_interpreters = True


def _test(session: nox.Session, library: str, **build: str) -> None:
    """Install ``library`` as its lock file says, and run its tests and its part of the conformance suite."""
    session.install("--require-hashes", "--requirement", f"tests/environments/{library}.lock", env=build)
    session.install("--no-deps", "--no-build-isolation", "--editable", ".")
    session.run(
        "python",
        "-m",
        "pytest",
        "--numprocesses",
        "2",
        f"tests/instrumentation/{library}",
        "tests/conformance",
        f"tests/examples/test_{library}_bot.py",
        *session.posargs,
    )


@nox.session
def freqtrade(session: nox.Session) -> None:
    """freqtrade, which pins what it needs."""
    _test(session, "freqtrade")


@nox.session
def nautilus(session: nox.Session) -> None:
    """NautilusTrader, whose numpy and pandas are others."""
    _test(session, "nautilus")


@nox.session
def quickfix(session: nox.Session) -> None:
    """QuickFIX, which is built from source: without optimization it takes half the time."""
    _test(session, "quickfix", CXXFLAGS="-O0 -g0 -w")
