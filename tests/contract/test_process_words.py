"""What a process is told comes through a pipe: everybody on the machine can read its arguments."""

from __future__ import annotations

import ast

from tests.contract import source_tree

STARTERS = {"Popen", "run", "check_output", "check_call", "create_subprocess_exec"}
OWNED_BY = {"subprocess", "Popen", "create_subprocess_exec"}
# Where a process is started, and why its words hold no setting of a person.
KNOWN = {
    "studio/app/drill/shadow.py": "the engine; its options go through stdin",
    "studio/app/supervisor.py": "engine and desk; stdin, password in the environment",
    "studio/comments/sentences/link.py": "the sentence model; comments go through stdin",
    "studio/core/child_process.py": "analysis, trial of a pack; the request goes through stdin",
    "studio/core/processes.py": "ps; a number",
    "studio/governance/scan/run.py": "a check of the build; the name of the check, a folder",
    "studio/host/fetched.py": "pip, npm; names and hashes of packages, a folder of ours",
    "studio/host/model_process.py": "ears and voice; request, sound and sentences go through stdin",
    "studio/outputs/link.py": "the sender; its name and folders, all else on its line",
    "studio/plans/drills/process.py": "a drill; its request goes through stdin",
    "studio/shop/importers/child.py": "the reader; its request goes through stdin",
    "studio/sources/browser/program.py": "a browser; its page's address goes through its pipe",
    "studio/sources/grabbed.py": "the grabber; its address goes through stdin",
}


def _starters(tree: ast.Module) -> list[ast.Call]:
    return [
        call
        for name, call in source_tree.calls(tree)
        if name.rpartition(".")[2] in STARTERS and name.partition(".")[0] in OWNED_BY
    ]


def _is_known(file: str) -> bool:
    return file.startswith(("studio/", "ui/", "plugins/"))


def test_every_place_that_starts_a_process_is_known() -> None:
    there = {
        file for file, tree in source_tree.trees().items() if _is_known(file) and _starters(tree)
    }
    assert there == set(KNOWN), "say in KNOWN why its words hold no setting, or use stdin"


def test_no_settings_are_written_into_words() -> None:
    wrong = []
    for file, tree in source_tree.trees().items():
        for call in _starters(tree):
            inside = [name for word in call.args[:1] for name, _ in source_tree.calls(word)]
            if any(name.rpartition(".")[2] in ("dumps", "encode") for name in inside):
                wrong.append(f"{file}:{call.lineno}")
    assert not wrong
