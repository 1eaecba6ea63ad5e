"""The command line takes what is right, and answers what is wrong in one line."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.app import cli


@pytest.mark.parametrize(
    ("text", "seconds"), [("15s", 15), ("2m", 120), ("1h", 3600), ("500ms", 0.5), ("7.5", 7.5)]
)
def test_durations(text: str, seconds: float) -> None:
    assert cli.duration_s(text) == seconds


@pytest.mark.parametrize("text", ["", "s", "0", "-3s", "5 minutes", "1e3", "０x"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        cli.duration_s(text)


def test_sizes() -> None:
    assert cli.size_px("1920x1080") == (1920, 1080)
    assert cli.size_px("1280×720") == (1280, 720)


@pytest.mark.parametrize("text", ["1920", "0x0", "1921x1080", "99999x10", "axb", "-2x-2"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        cli.size_px(text)


@pytest.mark.parametrize("text", ["-1", "65536", "http", "4.5"])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        cli.port_number(text)


@pytest.mark.parametrize("text", ["0", "121", "nan", "fast"])
def test_what_is_no_frame_rate(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        cli.frame_rate(text)


def shopcast(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "studio.app.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_help_lists_the_calls() -> None:
    done = shopcast("--help")
    assert done.returncode == 0
    for name in ["open", *cli.calls()]:
        assert name in done.stdout.split()


ALL_HELP = """
import contextlib, io, json
from studio.app import cli

said = {}
for call in ("open", *cli.calls()):
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        cli.build_parser().parse_args([call, "--help"])
    said[call] = out.getvalue()
print(json.dumps(said))
"""


def test_each_call_has_help_in_both_languages() -> None:
    """A language is chosen when the program starts."""
    said: dict[str, dict[str, str]] = {}
    for language in ("zh", "en"):
        around = {**os.environ, "SHOPCAST_LANG": language}
        done = subprocess.run(
            [sys.executable, "-c", ALL_HELP],
            env=around,
            capture_output=True,
            check=True,
            timeout=60,
        )
        said[language] = json.loads(done.stdout)
    for call in ("open", *cli.calls()):
        assert said["zh"][call] != said["en"][call], call
        assert said["zh"][call], call
        assert "cli." not in said["zh"][call] + said["en"][call], "a key without its text"


@pytest.mark.parametrize("arguments", [["--nonsense"], ["open", "a", "b"]])
def test_a_wrong_call_is_told_in_one_line(arguments: list[str]) -> None:
    done = shopcast(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "--help" in done.stderr


def test_the_command_line_starts_without_a_heavy_library() -> None:
    heavy = "{'numpy', 'cv2', 'av', 'PySide6', 'msgspec', 'websockets'}"
    code = f"import sys, studio.app.cli; assert not {heavy} & set(sys.modules), sys.modules.keys()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
