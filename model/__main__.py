"""``python -m model``: write what is generated. With ``--check``: name what is stale, and exit with 1."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from model import generate
from model.load import FOLDER, load
from model.problems import ModelError


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 1 for stale files or a registry that breaks a rule."""
    parser = argparse.ArgumentParser(prog="python -m model", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, exit with 1 if a file is stale")
    parser.add_argument("--model", type=Path, default=FOLDER, help="the folder of the registry")
    parser.add_argument("--root", type=Path, default=generate.ROOT, help="the folder to write into")
    options = parser.parse_args(arguments)
    try:
        model = load(options.model)
    except ModelError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if not options.check:
        for path in generate.write(model, options.root):
            sys.stdout.write(f"wrote {path}\n")
        return 0
    stale = generate.stale(model, options.root)
    for path in stale:
        sys.stderr.write(f"{path} is stale: run python -m model\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
