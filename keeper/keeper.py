"""Starts the keeper as a plain file: ``python keeper/keeper.py [--check]``."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python looks for modules beside this file first, where "keeper" would be this file and not its package.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    from keeper.main import main

    sys.exit(main(sys.argv[1:]))
