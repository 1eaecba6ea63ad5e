"""Installs other people's clients, unmodified, where our own packages do not see them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

from tests.node import node_program, npm_call

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-peers.lock"
VENV = ROOT / ".venv-peers"
NODE = ROOT / "tests" / "peers"
SECONDS = 300


@contextlib.contextmanager
def _in_turn() -> Iterator[None]:
    """One process makes an environment while the others wait for it."""
    if sys.platform == "win32":  # files are handed out whole; two rarely meet
        yield
        return
    import fcntl

    with (ROOT / ".venv-peers.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@_in_turn()
def python() -> str:
    """The Python of the peers' environment; made and filled at first use."""
    program = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = VENV / "installed"
    wanted = hashlib.sha256(LOCK.read_bytes() + sys.version.encode()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True)
        install = ["-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r"]
        _run([str(program), *install, str(LOCK)])
        stamp.write_text(wanted)
    return str(program)


@_in_turn()
def node() -> str:
    """Node, with the packages of tests/peers."""
    stamp = NODE / "node_modules" / "installed"
    wanted = hashlib.sha256((NODE / "package-lock.json").read_bytes()).hexdigest()
    if not (stamp.is_file() and stamp.read_text() == wanted):
        _run([*npm_call(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], NODE)
        stamp.write_text(wanted)
    return node_program()


def _run(command: list[str], folder: Path = ROOT) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
