"""Keys given to a call stand in no process list."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.onair.studio import ROOT, small_show
from tests.waiting import until

pytestmark = [
    pytest.mark.onair,
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]
KEY, PASSWORD = "planted-stream-key-42", "planted-password-42"
URL = f"rtmp://127.0.0.1:9/live/{KEY}"


def titles() -> bytes:
    """The command lines of all processes."""
    found = b""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += path.read_bytes() + b"\n"
        except OSError:
            continue
    return found


@pytest.mark.parametrize("way", ["call", "file", "variable"])
def test_keys_of_a_call_are_in_no_process_list(tmp_path: Path, way: str) -> None:
    show = small_show(tmp_path / "small.show")
    around = {
        **os.environ,
        "SHOPCAST_CONFIG": str(tmp_path / "config"),
        "SHOPCAST_DATA": str(tmp_path / "data"),
        "SHOPCAST_RUNTIME": str(tmp_path / "run"),
        "SHOPCAST_KEYRING": "0",
        "SHOPCAST_LANG": "en",
    }
    more: list[str] = []
    if way == "call":
        more = ["--push", URL, "--password", PASSWORD]
    elif way == "file":
        (tmp_path / "push").write_text(URL + "\n", encoding="utf-8")
        (tmp_path / "password").write_text(PASSWORD + "\n", encoding="utf-8")
        more = [
            "--push-file",
            str(tmp_path / "push"),
            "--password-file",
            str(tmp_path / "password"),
        ]
    else:
        around |= {"SHOPCAST_PUSH": URL, "SHOPCAST_PASSWORD": PASSWORD}
    call = [sys.executable, "-m", "studio.app.cli", "run", str(show), "--port", "0", "--for", "4s"]
    with subprocess.Popen(
        [*call, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=ROOT, env=around,
    ) as process:  # fmt: skip
        until(lambda: b"studio.app.cli" in titles(), "the process")
        assert process.stdout is not None
        assert process.stderr is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if json.loads(line).get("event") == "on_air":
                listed = titles()
                assert KEY.encode() not in listed
                assert PASSWORD.encode() not in listed
        said = process.stderr.read()
    assert any('"on_air"' in line for line in lines)
    assert KEY not in "".join(lines) + said
    assert ("--push-file" in said) == (way == "call")
    logs = b"".join(path.read_bytes() for path in tmp_path.rglob("*.log"))
    assert KEY.encode() not in logs
    assert PASSWORD.encode() not in logs
