"""Every text that leaves or enters a process says its encoding: files, pipes, logs."""

from __future__ import annotations

import ast

import pytest

from tests.contract import source_tree

OPENERS = {"open", "io.open", "os.fdopen", ".open", "codecs.open", "TextIOWrapper",
           "io.TextIOWrapper", "tempfile.NamedTemporaryFile", "NamedTemporaryFile",
           "tempfile.TemporaryFile", "TemporaryFile", "gzip.open", "lzma.open",
           "bz2.open"}  # fmt: skip
NOT_FILES = {"av.open", "Image.open", "wave.open", "tarfile.open", "webbrowser.open", "os.open",
             "sqlite3.open", "zipfile.open"}  # fmt: skip
TEXT_OF_PATH = {"read_text": 0, "write_text": 1}  # place of `encoding` among the arguments
HANDLERS = {"FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler"}
PROGRAM_STARTERS = {"Popen", "run", "check_output", "check_call", "call", "getoutput"}


def _mode(call: ast.Call, at: int) -> str:
    given = source_tree.keyword(call, "mode")
    if given is None and len(call.args) > at:
        given = call.args[at]
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""


def _file_faults(tree: ast.Module) -> list[str]:
    wrong = []
    for name, call in source_tree.calls(tree):
        last = name.rpartition(".")[2]
        says = source_tree.keyword(call, "encoding") is not None
        if last in TEXT_OF_PATH and isinstance(call.func, ast.Attribute):
            if not says and len(call.args) <= TEXT_OF_PATH[last]:
                wrong.append(f"{call.lineno} {name}")
        elif last in HANDLERS and not says:
            wrong.append(f"{call.lineno} {name}")
        elif last in ("open", "fdopen", "NamedTemporaryFile", "TemporaryFile", "TextIOWrapper"):
            if name in NOT_FILES or says:
                continue
            is_text_mode = _is_text_open(name, last, call)
            if is_text_mode:
                wrong.append(f"{call.lineno} {name}")
    return wrong


def _is_text_open(name: str, last: str, call: ast.Call) -> bool:
    if last == "TextIOWrapper":
        return True
    if last.endswith("TemporaryFile"):
        return "b" not in (_mode(call, 0) or "w+b")
    if name in ("open", "io.open", "os.fdopen"):
        return "b" not in (_mode(call, 1) or "r")
    # A method: `Path.open(mode)`, or something else that is opened (a door, a panel, a source).
    given = _mode(call, 0)
    is_mode = bool(given) and set(given) <= set("rwaxbt+")
    return (is_mode and "b" not in given) or (
        not call.args and not call.keywords and _is_path(call)
    )


def _is_path(call: ast.Call) -> bool:
    """Whether what is opened looks like a path: ``(a / b)``, ``Path(…)``, ``note_path(…)``."""
    assert isinstance(call.func, ast.Attribute)
    what = call.func.value
    if isinstance(what, ast.Call):
        what = what.func
    name = source_tree.callee(what).rpartition(".")[2].lower()
    return isinstance(what, ast.BinOp) or name.endswith(("path", "file", "note", "fresh"))


def _pipe_faults(tree: ast.Module) -> list[str]:
    wrong = []
    for name, call in source_tree.calls(tree):
        if name.rpartition(".")[2] not in PROGRAM_STARTERS:
            continue
        is_text = any(
            isinstance(value, ast.Constant) and value.value is True
            for value in (
                source_tree.keyword(call, "text"),
                source_tree.keyword(call, "universal_newlines"),
            )
        )
        if is_text and source_tree.keyword(call, "encoding") is None:
            wrong.append(f"{call.lineno} {name}")
    return wrong


def _python_children(tree: ast.Module) -> list[str]:
    """Starts of a program that say nothing of the environment: a Python there would speak GBK."""
    wrong = []
    for name, call in source_tree.calls(tree):
        last = name.rpartition(".")[2]
        is_start = last in ("Popen", "create_subprocess_exec", "create_subprocess_shell") or (
            name in ("subprocess.run", "subprocess.call", "subprocess.check_output",
                     "subprocess.check_call")
        )  # fmt: skip
        if is_start and source_tree.keyword(call, "env") is None:
            text = ast.unparse(call)
            wrong.append(f"{call.lineno} {text[:60]}")
    return wrong


def test_files_and_pipes_say_their_encoding() -> None:
    wrong = {
        file: faults
        for file, tree in source_tree.trees().items()
        if (faults := _file_faults(tree) + _pipe_faults(tree))
    }
    assert not wrong, "say encoding=, usually utf-8, also beside text=True"


NO_PYTHON = {
    # file: why what it starts needs no environment of its own
    "run.py": "says it once for all of its children, in its own environment",
    "bench/hostile/sick.py": "mount and umount",
    "bench/ingest.py": "ffmpeg",
    "bench/line/server.py": "nginx",
    "bench/live.py": "ffmpeg",
    "bench/redis_server.py": "redis",
}


def test_children_are_told_to_speak_utf_8() -> None:
    found = {
        file: starts
        for file, tree in source_tree.trees().items()
        if (starts := _python_children(tree)) and file not in NO_PYTHON
    }
    assert not found, "env=studio.core.streams.child_environment()"


@pytest.mark.parametrize("file", sorted(NO_PYTHON))
def test_no_reason_is_left_over(file: str) -> None:
    assert _python_children(source_tree.trees()[file])
