"""The program in the languages of other systems: GBK pipes, bare C locales, readers that leave."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.line.ask import ask
from bench.line.chain import BenchChain
from studio.remote import listing
from tests.waiting import until

pytestmark = [pytest.mark.onair, pytest.mark.timeout(120)]
ROOT = Path(__file__).parents[2]
SCENE = "主播特写 👗 ½ 𠮷"

SYSTEMS = {
    "c": {"LC_ALL": "C", "LANG": "C"},
    "posix": {"LC_ALL": "POSIX", "LANG": "POSIX"},
    "ascii-names": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "gbk-pipes-c": {"LC_ALL": "C", "PYTHONIOENCODING": "gbk:strict", "PYTHONUTF8": "0"},
    "latin-1-pipes": {"PYTHONIOENCODING": "latin-1"},
    "ascii-pipes": {"PYTHONIOENCODING": "ascii:strict"},
}
STARTED = ("c", "ascii-names", "gbk-pipes-c", "zh_CN.GBK")
"""Where the whole is started, the strictest of each kind: that takes five seconds of a core."""
WITH_DESK = ("zh_CN.GBK",)
"""Where the desk is opened too: it reads the same lines, and takes five seconds of a core."""
PRINTED = ("c", "posix", "ascii-names", "gbk-pipes-c", "latin-1-pipes", "ascii-pipes",
           "en_US.latin1")  # fmt: skip
SYSTEMS_OF_LOCALES = {"zh_CN.GBK": ("zh_CN", "GBK"), "en_US.latin1": ("en_US", "ISO-8859-1")}


def _system(name: str, tmp_path: Path) -> dict[str, str]:
    if name in SYSTEMS:
        return SYSTEMS[name]
    language, signs = SYSTEMS_OF_LOCALES[name]
    if shutil.which("localedef") is None or not Path("/usr/share/i18n/locales", language).exists():
        pytest.skip("the system's locale sources are not installed (Debian: locales)")
    made = tmp_path / "locales"
    made.mkdir()
    subprocess.run(
        ["localedef", "-i", language, "-f", signs, str(made / name)], check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return {"LOCPATH": str(made), "LC_ALL": name, "LANG": name}


def _environment(tmp_path: Path, system: dict[str, str]) -> dict[str, str]:
    names = {"SHOPCAST_RUNTIME": "run", "SHOPCAST_DATA": "data", "SHOPCAST_CONFIG": "config"}
    around = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("LC_", "LANG", "PYTHONIO", "PYTHONUTF8"))
    }
    folders = {name: str(tmp_path / folder) for name, folder in names.items()}
    return {**around, **folders, "SHOPCAST_KEYRING": "0", **system}


def _show(folder: Path) -> Path:
    folder.mkdir(parents=True)
    show = {
        "schema": 1,
        "name": "橱窗",
        "language": "zh",
        "fps": "10",
        "canvases": {"landscape": [320, 180], "portrait": [180, 320], "on": ["landscape"]},
        "sources": [{"name": "标题", "kind": "text", "settings": {"text": "你好 👗", "size": 24}}],
        "scenes": {
            "scenes": [{"name": SCENE, "items": [{"id": 1, "source": "标题"}]}],
            "programme": {"landscape": SCENE, "portrait": SCENE},
            "preview": {"landscape": SCENE, "portrait": SCENE},
        },
    }
    text = json.dumps(show, ensure_ascii=False)
    (folder / "show.json").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("system", STARTED)
def test_it_starts_records_and_comes_back(tmp_path: Path, system: str) -> None:
    """Chinese in the show's folder, scenes and the recording's name; every line arrives.

    The desk is opened by the supervisor when it hears that the engine is on air.
    """
    desk = ("--desk",) if system in WITH_DESK else ()
    around = _environment(tmp_path, _system(system, tmp_path))
    film = tmp_path / "产品讲解 👗.mkv"
    chain = BenchChain(
        "run", str(_show(tmp_path / "橱窗.show")), "--record", str(film), "--port", "0",
        "--password", "", *desk, environment={**around, "QT_QPA_PLATFORM": "offscreen"},
        alone=True,
    )  # fmt: skip
    try:
        on_air = chain.event("on_air")
        assert on_air["scenes"] == [SCENE]
        if desk:
            assert chain.event("desk")["state"] == "open"
            pictures = (tmp_path / "run").glob
            until(lambda: list(pictures("*.pic")), "the desk looks at pictures", 30)
        chain.flows("record")
        assert film.exists()
        seen = len(chain.lines)
        chain.kill(on_air["pids"]["engine"])
        back = chain.event("back_on_air", after=seen)
        assert back["scenes"] == [SCENE]
        chain.flows("record", after=seen)
        ask(back["remote"], "outputs.add", name="备份 👗", url=str(tmp_path / "备份 👗.mkv"))
        ask(back["remote"], "outputs.start", name="备份 👗")
        chain.flows("备份 👗")
        did = _shopcast(around, "do", "scenes.take", f"scene={SCENE}")
        assert did.returncode == 0, did.stderr
        assert chain.stop() == 0
        assert chain.event("done")["restarts"] == 1
    finally:
        chain.close()
    log = (tmp_path / "data" / "logs" / "engine.log").read_text(encoding="utf-8")
    assert "Unicode" not in log


def _shopcast(
    around: dict[str, str], *words: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    call = [sys.executable, "-m", "studio.app.cli", *words]
    return subprocess.run(
        call, env=around, cwd=ROOT, input=stdin, capture_output=True, timeout=60, check=False
    )


@pytest.mark.parametrize("system", PRINTED)
def test_what_it_prints_is_utf_8(tmp_path: Path, system: str) -> None:
    around = {**_environment(tmp_path, _system(system, tmp_path)), "SHOPCAST_LANG": "zh"}
    done = _shopcast(around, "commands")
    assert done.stdout.decode("utf-8").strip() == listing.text("zh").strip()
    assert done.stderr == b""
    said = _shopcast(around, "do", "scenes.take")
    assert "没有正在运行的引擎" in said.stderr.decode("utf-8")
    escaped = json.dumps({"id": "1", "text": "你好 👗"})
    raw = json.dumps({"id": "2", "text": "这是骗子吧"}, ensure_ascii=False)
    judged = _shopcast(around, "moderate", stdin=f"{escaped}\n{raw}\n".encode())
    verdicts = [json.loads(line) for line in judged.stdout.decode("utf-8").splitlines()]
    assert [verdict["action"] for verdict in verdicts] == ["allow", "hold"], judged.stderr


CALLS = {
    "commands": ["commands"],
    "markdown": ["commands", "--markdown"],
    "help": ["--help"],
    "help of run": ["run", "--help"],
    "version": ["--version"],
    "check": ["check"],
    "moderate": ["moderate"],
    "track": ["track", str(ROOT / "tests/data/person_fullbody.mp4"), "--what", "face"],
    "wrong": ["run", "--fps", "-1"],
}
MANY_LINES = ("commands", "moderate", "track")
"""Those that still write when their reader has read a line."""


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize(
    ("name", "reads"), [*((name, 0) for name in CALLS), *((name, 1) for name in MANY_LINES)]
)
def test_a_reader_that_leaves_is_no_fault(tmp_path: Path, name: str, reads: int) -> None:
    """``shopcast … | head -1``, and a reader that is gone from the start: not one word of it."""
    around = _environment(tmp_path, {})
    comments = tmp_path / "comments.jsonl"
    lines = [json.dumps({"id": str(number), "text": "hi"}) for number in range(5000)]
    comments.write_text("\n".join(lines), encoding="utf-8")
    with comments.open("rb") as file, subprocess.Popen(
        [sys.executable, "-m", "studio.app.cli", *CALLS[name]], env=around, cwd=ROOT,
        stdin=file, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        if reads:
            process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode("utf-8")
        code = process.wait(60)
    assert "Traceback" not in said
    assert "BrokenPipe" not in said
    assert "Exception ignored" not in said
    assert code == (2 if name == "wrong" else 0), said


def test_the_stream_goes_on_when_its_reader_leaves(tmp_path: Path) -> None:
    around = _environment(tmp_path, {})
    call = [sys.executable, "-m", "studio.app.cli", "run", str(_show(tmp_path / "a.show"))]
    with subprocess.Popen(
        [*call, "--port", "0", "--for", "2s", "--record", str(tmp_path / "a.mkv")],
        env=around, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["event"] == "on_air"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0
    assert (tmp_path / "a.mkv").stat().st_size > 1000
