"""Only one place signals a process by its number, and it asks the system first who that is."""

from __future__ import annotations

import ast

from tests.contract import source_tree

HOME = "studio/core/processes.py"
BY_NUMBER = {
    "kill", "killpg", "tkill", "pidfd_send_signal", "sigqueue", "pthread_kill", "TerminateProcess",
    "OpenProcess", "GenerateConsoleCtrlEvent",
}  # fmt: skip
PROGRAMS = ("kill", "pkill", "killall", "taskkill", "Stop-Process", "fuser")


def test_no_process_is_signalled_by_number_elsewhere() -> None:
    """`Popen.kill` is a method of one's own child, whose number cannot be another's."""
    wrong = []
    for file, tree in source_tree.trees().items():
        for node in source_tree.nodes(tree):
            named = isinstance(node, ast.Attribute) and node.attr in BY_NUMBER
            if not named or file == HOME:
                continue
            assert isinstance(node, ast.Attribute)
            if source_tree.callee(node) in ("os.kill", "os.killpg", "signal.pthread_kill") or (
                node.attr not in ("kill",)
            ):
                wrong.append(f"{file}:{node.lineno} {source_tree.callee(node)}")
    assert not wrong, "use studio.core.processes.end"


def test_nor_by_another_program() -> None:
    wrong = []
    for file, tree in source_tree.trees().items():
        for node in source_tree.nodes(tree):
            if isinstance(node, ast.ImportFrom) and node.module in ("os", "signal"):
                wrong += [
                    f"{file}:{node.lineno} from {node.module} import {name.name}"
                    for name in node.names
                    if name.name in BY_NUMBER
                ]
            if isinstance(node, ast.List) and node.elts:
                first = node.elts[0]
                if isinstance(first, ast.Constant) and first.value in PROGRAMS:
                    wrong.append(f"{file}:{node.lineno} {first.value}")
    assert not wrong, "use studio.core.processes.end"


def test_the_one_place_looks_before_it_shoots() -> None:
    """Each function there that signals asks `is_program` on the line of its way to it."""
    shooting = 0
    for node in ast.walk(source_tree.trees()[HOME]):
        if isinstance(node, ast.FunctionDef):
            names = [source_tree.callee(call.func) for call in ast.walk(node)
                     if isinstance(call, ast.Call)]  # fmt: skip
            shots = [n for n in names if n.rpartition(".")[2] in BY_NUMBER - {"OpenProcess"}]
            if shots:
                shooting += 1
                assert "is_program" in names, node.name
    assert shooting == 2, "POSIX and Windows"
