"""No module imports itself by a way round, type-checking imports counted."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.contract import source_tree

PACKAGES = ("studio", "ui", "bench")


def _imports(tree: ast.Module, known: frozenset[str]) -> Iterator[str]:
    for node in source_tree.nodes(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                if whole in known:
                    yield whole
                elif node.module in known:
                    yield node.module


def _graph() -> dict[str, set[str]]:
    trees = {
        file.removesuffix(".py").removesuffix("/__init__").replace("/", "."): tree
        for file, tree in source_tree.trees().items()
        if file.startswith(PACKAGES)
    }
    known = frozenset(trees)
    return {name: set(_imports(tree, known)) - {name} for name, tree in trees.items()}


def _circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan 1972)."""
    order: dict[str, int] = {}
    low: dict[str, int] = {}
    path: list[str] = []
    circles = []

    def visit(name: str) -> None:
        order[name] = low[name] = len(order)
        path.append(name)
        for other in graph[name]:
            if other not in order:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in path:
                low[name] = min(low[name], order[other])
        if low[name] == order[name]:
            at = path.index(name)
            if len(path) - at > 1:
                circles.append(sorted(path[at:]))
            del path[at:]

    for name in graph:
        if name not in order:
            visit(name)
    return circles


def test_a_circle_is_found() -> None:
    assert _circles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == [["a", "b", "c"]]


def test_there_are_none() -> None:
    assert not _circles(_graph())


def test_the_composition_root_reads_as_a_list() -> None:
    lines = (source_tree.ROOT / "studio/app/root.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 250
