"""Anchors outside the audit log: kept in a folder, a recording, a phone; a cut end is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from studio.core.errors import StudioError
from studio.governance.anchors import PREFIX, AnchorFolder, read_anchors
from studio.governance.audit import AuditLog, SignedAnchor, Signer, logs
from studio.governance.audit_check import Flaw, check_logs
from studio.governance.cli import verify
from studio.governance.secrets import Secrets
from studio.sender.chapters import Chapters, read_chapters
from studio.sender.wire import Mark
from tests.phone_page import run_page
from tests.waiting import until


class Desk:
    """A log whose anchors are kept in another folder."""

    def __init__(self, root: Path) -> None:
        self.outside = root / "outside"
        self.outside.mkdir()
        self.signer = Signer(Secrets(root / "s", use_keyring=False))
        self.anchors = AnchorFolder(lambda: str(self.outside), root / "audit")
        self.log = AuditLog(root / "audit", lambda: self.signer, self.anchors.keep)

    def sign(self, entries: int = 20) -> SignedAnchor:
        """Writes so many entries and signs them."""
        before = self.log.newest
        for number in range(entries):
            self.log.write("command", command="scenes.take", args={"scene": str(number)})
        until(lambda: not self.log.waiting, "written")
        self.log.checkpoint()
        until(lambda: self.log.newest != before, "signed")
        return self.log.newest

    def close(self) -> None:
        self.log.close()
        self.anchors.close()

    def flaws(self) -> tuple[Flaw, ...]:
        known = read_anchors(str(self.outside))
        return check_logs(self.log.folder, self.signer.public, known).flaws


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.close()


def test_an_end_that_was_cut_is_named_by_line_and_time(desk: Desk) -> None:
    first, last = desk.sign(), desk.sign()
    desk.close()
    assert desk.flaws() == ()
    (path,) = logs(desk.log.folder)
    lines = path.read_bytes().split(b"\n")
    count = int(first.anchor.split(":")[1])
    path.write_bytes(b"\n".join([*lines[: count + 5], b""]))
    assert check_logs(desk.log.folder, desk.signer.public).flaws[0].what == "open"
    cut = [flaw for flaw in desk.flaws() if flaw.what == "anchor_cut"]
    assert [flaw.line for flaw in cut] == [
        int(last.anchor.split(":")[1]), int(desk.log.newest.anchor.split(":")[1])
    ]  # fmt: skip
    assert (cut[0].seen, cut[0].count) == (last.at, count + 5)
    path.unlink()
    other = AuditLog(desk.log.folder, lambda: desk.signer)
    other.close()
    assert "gone" in {flaw.what for flaw in desk.flaws()}


def test_a_log_written_anew_by_who_has_the_key(desk: Desk) -> None:
    """Every line sound, every signature good: the anchor alone knows better."""
    desk.sign()
    desk.close()
    (path,) = logs(desk.log.folder)
    name = path.name
    other = AuditLog(desk.log.folder.with_name("other"), lambda: desk.signer)
    for _ in range(60):
        other.write("command", command="forged")
    until(lambda: other.count > 60, "written")
    other.close()
    made = logs(other.folder)[0].read_text(encoding="utf-8")
    path.write_text(made.replace(logs(other.folder)[0].name, name), encoding="utf-8")
    assert "anchor" in {flaw.what for flaw in desk.flaws()}


def test_a_folder_that_is_away_is_told_and_caught_up(desk: Desk) -> None:
    desk.sign()
    until(lambda: desk.anchors.place.at_utc == desk.log.newest.at, "kept")
    away = desk.outside.rename(desk.outside.with_name("unplugged"))
    desk.sign()
    until(lambda: bool(desk.anchors.place.error), "told")
    assert desk.anchors.place.waiting == 1
    assert not desk.outside.exists(), "a disk that is away is not made anew"
    away.rename(desk.outside)
    desk.sign()
    until(lambda: desk.anchors.place.at_utc == desk.log.newest.at, "kept again")
    assert not desk.anchors.place.error
    assert len(read_anchors(str(desk.outside))) == 3


def test_a_folder_that_is_none_is_refused(desk: Desk, tmp_path: Path) -> None:
    for wrong in (str(tmp_path / "nowhere"), "relative"):
        with pytest.raises(StudioError) as caught:
            desk.anchors.choose(wrong)
        assert caught.value.code == "invalid"
    newest = desk.sign()
    until(lambda: desk.anchors.place.at_utc == desk.log.newest.at, "kept where it was chosen")
    other = tmp_path / "other"
    other.mkdir()
    desk.anchors.choose(str(other))
    desk.sign()
    until(lambda: desk.anchors.place.at_utc == desk.log.newest.at, "kept")
    assert newest not in read_anchors(str(other))
    assert not list(other.glob(f"{PREFIX}test"))


def test_another_machine_in_the_same_folder_is_nothing_of_ours(desk: Desk, tmp_path: Path) -> None:
    desk.sign()
    stranger = Signer(Secrets(tmp_path / "x", use_keyring=False))
    text = f"2026-01-01T000000000Z.log:9:{'a' * 64}"
    made = SignedAnchor(text, "t", stranger.public, stranger.sign(text))
    desk.anchors.keep(made)
    desk.close()
    assert desk.flaws() == ()
    forged = SignedAnchor(text, "t", desk.signer.public, stranger.sign(text))
    found = check_logs(desk.log.folder, desk.signer.public, [forged]).flaws
    assert [flaw.what for flaw in found] == ["anchor_forged"]


def test_a_recording_has_them_beside_its_chapters(desk: Desk, tmp_path: Path) -> None:
    made = desk.sign()
    desk.close()
    chapters = Chapters(tmp_path / "show.mkv")
    chapters.add(Mark("anchor", made.anchor, f"{made.key}:{made.signature}", made.at), 500)
    assert not (tmp_path / "show.mkv.ffmeta").exists(), "an anchor is no chapter"
    chapters.add(Mark("scene", "开场", "开场", made.at), 900)
    chapters.finish(2000)
    assert [chapter["label"] for chapter in read_chapters(tmp_path / "show.mkv")] == ["开场"]
    assert read_anchors(str(tmp_path / "show.mkv.chapters.json")) == [made]
    report = check_logs(desk.log.folder, desk.signer.public, read_anchors(str(tmp_path)))
    assert (report.anchored, report.newest, report.flaws) == (1, made, ())


def test_words_of_the_command_line(desk: Desk, tmp_path: Path) -> None:
    made = desk.sign()
    desk.close()
    said: list[str] = []
    assert verify(desk.log.folder, desk.signer.public, (made.anchor,), said.append, as_json=True)
    told = json.loads(said[0])
    assert (told["whole"], told["anchored"]) == (True, 1)
    assert told["newest_anchor"]["anchor"] == made.anchor
    note = tmp_path / "note.txt"
    note.write_text(f"kept at 20:41: {made.anchor}\n", encoding="utf-8")
    assert read_anchors(str(note)) == [SignedAnchor(made.anchor)]
    for wrong in ("nonsense", str(tmp_path / "nothing"), str(tmp_path / "s")):
        with pytest.raises(StudioError):
            read_anchors(wrong)


PAGE = """
const { keep, readKept, default: page } = await import("PATH");
const { element, ranked, section } = await import("STAGE");
const given = JSON.parse(process.argv[2]);
const kept = new Map();
const store = {
  getItem: (name) => kept.get(name) ?? null, setItem: (name, text) => kept.set(name, text) };
globalThis.localStorage = store;
const draw = page({ section, element, language: () => "en", isAtLeast: ranked("owner") });
for (const audit of given.audits) draw({ audit });
kept.set("other", "1");
console.log(JSON.stringify({ kept: readKept(store), hidden: section.hidden,
  lines: section.inner[0].inner[2].value, title: section.inner[0].inner[0].textContent }));
"""


def test_a_phone_keeps_the_longest(tmp_path: Path) -> None:
    def audit(file: str, count: int) -> dict[str, Any]:
        return {"anchor": f"{file}:{count}:{'b' * 64}", "at_utc": f"t{count}", "key": "k",
                "signature": "s"}  # fmt: skip

    audits = [audit("a.log", 5), audit("a.log", 9), {}, audit("b.log", 2), audit("a.log", 3)]
    said = run_page("anchors", PAGE, {"audits": audits}, tmp_path)
    assert {name: made["at"] for name, made in said["kept"].items()} == {
        "a.log": "t9",
        "b.log": "t2",
    }
    assert said["hidden"] is False
    assert "2 kept on this device" in said["title"]
    (tmp_path / "phone.txt").write_text(said["lines"], encoding="utf-8")
    assert [made.anchor[:7] for made in read_anchors(str(tmp_path / "phone.txt"))] == [
        "a.log:9", "b.log:2"
    ]  # fmt: skip
