"""``python -m bench.hostile fuzz|siege|sick``: see ``--help``."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from bench.cli import print_rows


def main() -> int:
    """Runs one; 1 when a limit was not kept."""
    parser = argparse.ArgumentParser(prog="python -m bench.hostile", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True)
    fuzz = kinds.add_parser("fuzz", help="calls that mean harm, by every way in")
    fuzz.add_argument("--calls", type=int, default=1_000_000)
    fuzz.add_argument("--seed", type=int, default=1)
    fuzz.add_argument("--minutes", type=float, default=60.0, help="no longer than this")
    fuzz.add_argument("--report", type=Path, help="file for what was found")
    siege = kinds.add_parser("siege", help="guessers, idle sockets, slow readers, a flood")
    siege.add_argument("--seconds", type=float, default=60.0)
    sick = kinds.add_parser("sick", help="kills, full disks, clocks, sleep, drawn from a seed")
    sick.add_argument("--draws", type=int, default=500)
    sick.add_argument("--seed", type=int, default=1)
    sick.add_argument("--minutes", type=float, default=600.0, help="no longer than this")
    sick.add_argument("--state", type=Path, help="file to go on from, and to keep what was drawn")
    given = vars(parser.parse_args())
    run = getattr(importlib.import_module(f"bench.hostile.{given['what']}"), given.pop("what"))
    return 0 if print_rows(run(**given)) else 1


if __name__ == "__main__":
    sys.exit(main())
