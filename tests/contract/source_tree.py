"""The program's own source, parsed: for rules that every file keeps."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


@functools.cache
def trees() -> dict[str, ast.Module]:
    """Every file of the program (tests apart) by its path from the root."""
    files = [ROOT / "run.py"]
    for folder in ("studio", "ui", "bench", "plugins", "tools"):
        files += sorted((ROOT / folder).rglob("*.py"))
    return {
        str(file.relative_to(ROOT)): ast.parse(file.read_text(encoding="utf-8")) for file in files
    }


@functools.cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All of a file's nodes: several rules go through the same files."""
    return tuple(ast.walk(tree))


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with its callee as it is written, e.g. "os.kill"; methods as ".kill"."""
    for node in nodes(tree) if isinstance(tree, ast.Module) else ast.walk(tree):
        if isinstance(node, ast.Call):
            yield callee(node.func), node


def callee(node: ast.expr) -> str:
    """ "os.kill" for a dotted name, ".kill" for a method of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = callee(node.value)
        return f"{before}.{node.attr}" if before and not before.startswith(".") else f".{node.attr}"
    return ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The value given for a keyword."""
    return next((word.value for word in call.keywords if word.arg == name), None)
