"""Anchors that a desk, a phone and this machine keep: an engine whose log went back is seen."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from studio.core.command import Bus
from studio.core.errors import StudioError
from studio.core.event import Events
from studio.core.state import State
from studio.governance.anchors import PREFIX, AnchorFolder, read_anchors
from studio.governance.audit import AuditLog, SignedAnchor, Signer, drop_log, logs
from studio.governance.audit_check import check_logs
from studio.governance.commands import MOST_COMPARED, AuditCommands
from studio.governance.events import AuditContradicted
from studio.governance.kept_anchors import (
    MOST_DOUBTS,
    OLD_S,
    KeptAnchors,
    compare,
    own_kept,
)
from studio.governance.secrets import Secrets
from tests.phone_page import run_page
from tests.waiting import until

FILE = "2026-11-30T200000000Z.log"


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer(Secrets(tmp_path_factory.mktemp("s"), use_keyring=False))


def made(signer: Signer, count: int, head: str = "a", file: str = FILE) -> SignedAnchor:
    text = f"{file}:{count}:{head * 64}"
    return SignedAnchor(text, f"2026-11-30T20:{count % 60:02}:00Z", signer.public,
                        signer.sign(text))  # fmt: skip


def test_the_newest_is_kept_and_less_is_seen(tmp_path: Path, signer: Signer) -> None:
    kept = KeptAnchors(tmp_path)
    assert [kept.take(made(signer, count)) for count in (5, 9, 9)] == [None] * 3
    assert kept.of(signer.public) == [made(signer, 9)]
    back = kept.take(made(signer, 7))
    assert back is not None
    assert (back.what, back.kept, back.told) == ("back", made(signer, 9), made(signer, 7))
    again = KeptAnchors(tmp_path)  # the next start of the desk
    other = again.take(made(signer, 9, "b"))
    assert other is not None
    assert other.what == "other"
    # Both are kept: signed by one key, they prove it.
    assert {entry.anchor for entry in KeptAnchors(tmp_path).of(signer.public)} == {
        made(signer, 9).anchor, made(signer, 7).anchor, made(signer, 9, "b").anchor,
    }  # fmt: skip
    for count in range(10, 10 + 2 * MOST_DOUBTS):
        again.take(made(signer, count))
    assert len(again.of(signer.public)) == MOST_DOUBTS


def test_what_its_key_did_not_sign_is_told_and_not_kept(tmp_path: Path, signer: Signer) -> None:
    kept = KeptAnchors(tmp_path)
    forged = msgspec.structs.replace(made(signer, 5), signature="00" * 64)
    doubt = kept.take(forged)
    assert doubt is not None
    assert doubt.what == "unsigned"
    assert kept.take(SignedAnchor("nonsense", "", signer.public, "")) is None
    assert kept.take(SignedAnchor("")) is None
    for digits in ("9" * 5_000, "²", "-1", "1" * 19):  # int() raises at some of them
        assert kept.take(SignedAnchor(f"{FILE}:{digits}:ab", "", signer.public, "00")) is None
    assert not list(tmp_path.iterdir())


def test_it_is_private_bounded_and_read_by_the_check(tmp_path: Path, signer: Signer) -> None:
    kept = KeptAnchors(tmp_path / "a", most_logs=3)
    for number in range(6):
        kept.take(made(signer, 4, file=f"2026-11-3{number}.log"))
    (path,) = (tmp_path / "a").glob(f"{PREFIX}*.jsonl")
    assert path.stat().st_mode & 0o077 == 0
    assert [found.anchor[:12] for found in read_anchors(str(path))] == [
        "2026-11-33.l", "2026-11-34.l", "2026-11-35.l"
    ]  # fmt: skip
    path.write_text("{]\nnonsense\n", encoding="utf-8")  # a file that broke keeps nobody from more
    fresh = KeptAnchors(tmp_path / "a")
    assert fresh.take(made(signer, 4)) is None
    assert fresh.of(signer.public) == [made(signer, 4)]


def test_who_changes_keys_drives_out_nobody(
    tmp_path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.governance.kept_anchors.MOST_ENGINES", 2)
    kept = KeptAnchors(tmp_path)
    kept.take(made(signer, 5))
    strangers = [Signer(Secrets(tmp_path / str(n), use_keyring=False)) for n in range(4)]
    for stranger in strangers:
        kept.take(made(stranger, 5))
    again = KeptAnchors(tmp_path)
    assert [bool(again.of(s.public)) for s in (signer, *strangers)] == [True, True, *[False] * 3]
    (path,) = (p for p in tmp_path.glob("*.jsonl") if signer.public in p.read_text("utf-8"))
    at = path.stat().st_mtime - 2 * OLD_S
    os.utime(path, (at, at))
    KeptAnchors(tmp_path).take(made(strangers[3], 6))
    again = KeptAnchors(tmp_path)
    assert [bool(again.of(s.public)) for s in (signer, strangers[0], strangers[3])] == [
        False, True, True,
    ]  # fmt: skip
    assert kept.take(made(signer, 9, file="x" * 300)) is None


class Engine:
    """A log with its commands."""

    def __init__(self, folder: Path, signer: Signer) -> None:
        self.signer, self.anchors = signer, AnchorFolder(lambda: "", folder / "audit")
        self.log = AuditLog(folder / "audit", lambda: signer)
        self.events, self.heard = Events(), list[AuditContradicted]()
        self.events.on(AuditContradicted, self.heard.append)
        self.bus = Bus(self.events, State(self.events, lambda work: None))
        self.bus.add(AuditCommands(self.log, self.anchors, lambda: None, self.events.publish))

    def sign(self) -> SignedAnchor:
        before = self.log.newest
        self.log.write("command", command="scenes.take")
        until(lambda: not self.log.waiting, "written")
        self.log.checkpoint()
        until(lambda: self.log.newest != before, "signed")
        return self.log.newest

    def compare(self, *anchors: SignedAnchor) -> dict[str, Any]:
        given = [{"anchor": entry.anchor, "at_utc": entry.at, "public": entry.key,
                  "signature": entry.signature} for entry in anchors]  # fmt: skip
        result = asyncio.run(self.bus.run("audit.compare", {"anchors": given})).result
        assert isinstance(result, dict)
        return result


@pytest.fixture
def engine(tmp_path: Path, signer: Signer) -> Iterator[Engine]:
    started = Engine(tmp_path, signer)
    yield started
    started.log.close()
    started.anchors.close()


def test_an_engine_is_asked_and_says_what_it_lost(
    engine: Engine, tmp_path: Path, signer: Signer
) -> None:
    first, second = engine.sign(), engine.sign()
    stranger = Signer(Secrets(tmp_path / "other", use_keyring=False))
    foreign = made(stranger, 3)
    forged = msgspec.structs.replace(made(signer, 3), signature="")
    assert engine.compare(first, second, foreign, forged) == {
        "agreed": 2, "strange": 2, "missing": [],
    }  # fmt: skip
    assert not engine.heard, "whoever has no signature raises no alarm"
    lost = [made(signer, 9_999, file=engine.log.file), made(signer, 3, file="2026-12-01.log"),
            made(signer, 2, "c", engine.log.file)]  # fmt: skip
    assert sorted(engine.compare(*lost)["missing"]) == sorted(entry.anchor for entry in lost)
    assert [told.public for told in engine.heard] == [signer.public] * 3
    with pytest.raises(StudioError):
        engine.compare(*[first] * (MOST_COMPARED + 1))
    engine.log.close()
    drop_log(engine.log.folder, engine.log.file, signer)
    assert compare(engine.log.folder, signer.public, [first, second]).agreed == 2, (
        "its time was over"
    )


def test_this_machine_sees_that_its_own_data_went_back(
    tmp_path: Path, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path / "config"))
    folder = tmp_path / "data" / "audit"
    own = own_kept(folder)
    log = AuditLog(folder, lambda: signer, own.take)  # type: ignore[arg-type, return-value]
    log.close()
    copy = {path.name: path.read_bytes() for path in logs(folder)}
    later = AuditLog(folder, lambda: signer, own.take)  # type: ignore[arg-type, return-value]
    later.close()
    assert check_logs(folder, signer.public, own_kept(folder).of(signer.public)).flaws == ()
    for path in logs(folder):
        path.unlink()
    for name, text in copy.items():
        (folder / name).write_bytes(text)
    flaws = check_logs(folder, signer.public, own_kept(folder).of(signer.public)).flaws
    assert [(flaw.what, flaw.file) for flaw in flaws] == [("gone", later.file)]
    assert own_kept(tmp_path / "elsewhere").of(signer.public) == [], "another folder is another log"


PAGE = """
const { default: page } = await import("PATH");
const { element, ranked, section } = await import("STAGE");
const given = JSON.parse(process.argv[2]);
const kept = new Map([["anchors", JSON.stringify(given.kept)]]);
globalThis.localStorage = {
  getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
const asked = [];
const ask = async (question, data) => {
  asked.push([question, data]);
  return { result: { missing: given.missing } };
};
const { language, role } = given;
const draw = page({ section, element, language: () => language, isAtLeast: ranked(role), ask });
for (const audit of given.audits) {
  draw({ audit });
  await new Promise((done) => setTimeout(done));
}
const warning = section.inner[1], isShown = !warning.hidden && !section.hidden;
console.log(JSON.stringify({ asked, words: warning.textContent, isShown }));
"""


def page(folder: Path, **given: Any) -> dict[str, Any]:
    usual = {"kept": {}, "missing": [], "language": "en", "role": "controller", "audits": []}
    return run_page("anchors", PAGE, usual | given, folder)


def test_a_phone_says_that_a_log_went_back(tmp_path: Path) -> None:
    def audit(count: int, head: str = "b") -> dict[str, str]:
        return {"anchor": f"a.log:{count}:{head * 64}", "at_utc": f"t{count}", "key": "k",
                "signature": "s"}  # fmt: skip

    assert page(tmp_path, audits=[audit(5), audit(9), {}])["isShown"] is False
    for later in (audit(7), audit(9, "c")):
        said = page(tmp_path, audits=[audit(9), later])
        assert said["isShown"]
        assert "line 9" in said["words"]
    kept = {"x.log": {"anchor": f"x.log:3:{'d' * 64}", "at": "t", "key": "k", "signature": "s"},
            "y.log": {"anchor": f"y.log:3:{'d' * 64}", "at": "t", "key": "other"}}  # fmt: skip
    said = page(tmp_path, kept=kept, audits=[audit(5), audit(6)], language="zh",
                missing=[kept["x.log"]["anchor"]])  # fmt: skip
    ((question, data),) = said["asked"]  # once a run of the engine
    assert (question, [entry["anchor"][:5] for entry in data["anchors"]]) == (
        "audit.compare",
        ["x.log"],
    )
    assert "x.log" in said["words"]
    assert "第 3 行" in said["words"]
    assert page(tmp_path, kept=kept, audits=[audit(5)], role="viewer")["asked"] == []
