"""Fuzz under atheris: ``python -m fuzz [TARGET ...] [--seconds N]``; all targets by default, one after the other.

Inputs that reach new code are kept in ``.cache/fuzz/TARGET`` and are where the next run begins. What breaks a promise
is written to ``.cache/fuzz/TARGET-crash-…``: ``python -m fuzz TARGET --input FILE`` runs it again, without atheris.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

CACHE = Path(__file__).resolve().parents[1] / ".cache" / "fuzz"
NAMES = ("masking", "settings", "reader", "replay")
ONE_INPUT_SECONDS = 20


def main() -> int:
    """Read the command line; returns the exit code, 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=int, default=300, help="for each target (default: %(default)s)")
    parser.add_argument("--input", type=Path, help="run this file alone")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.targets) - set(NAMES):
        parser.error(f"there is no target {', '.join(sorted(unknown))}")
    if given.input is not None:
        return _again(given.targets, given.input)
    if given.here:
        _fuzz(given.targets[0], given.seconds)
    codes = [_apart(name, given.seconds) for name in given.targets or NAMES]
    return 1 if any(codes) else 0


def _apart(name: str, seconds: int) -> int:
    """Fuzz one target in a process of its own: libFuzzer ends the process that it runs in."""
    print(f"{name}: {seconds} s", flush=True)
    command = [sys.executable, "-m", "fuzz", name, "--here", "--seconds", str(seconds)]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("OTEL_")}
    return subprocess.run(command, env=environ, check=False).returncode  # noqa: S603 - our own command


def _again(names: list[str], path: Path) -> int:
    from fuzz.targets import TARGETS  # noqa: PLC0415 - under atheris it is imported instrumented

    (name,) = names
    TARGETS[name].setup()
    TARGETS[name].run(path.read_bytes())
    print("nothing is wrong")
    return 0


def _fuzz(name: str, seconds: int) -> None:
    try:
        import atheris  # noqa: PLC0415 - installed by make fuzz only
    except ImportError:
        sys.exit("atheris is not installed: make fuzz does it, on Linux with Python 3.11 to 3.13")
    os.nice(10)
    with atheris.instrument_imports(include=["otel_trading"]):
        from fuzz.targets import TARGETS  # noqa: PLC0415 - the same
    target = TARGETS[name]
    target.setup()
    corpus = CACHE / name
    corpus.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={target.longest}",
        f"-timeout={ONE_INPUT_SECONDS}",
        "-rss_limit_mb=2048",
        f"-artifact_prefix={CACHE / name}-",
        "-print_final_stats=1",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.run)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
