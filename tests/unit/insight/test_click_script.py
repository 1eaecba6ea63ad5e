"""The script for a page of one's own, run by node: what it sends, and what it never does."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from studio.core.paths import assets_dir
from studio.core.streams import child_environment
from tests.node import node_program
from tests.unit.insight.test_clicks import take

PAGE = """
const heard = {}, sent = [];
globalThis.addEventListener = (name, act) => (heard[name] = act);
globalThis.setInterval = (act) => (globalThis.tick = act);
globalThis.location = { pathname: "/live, \\"tonight\\"", search: "?name=anna" };
globalThis.document = {
  currentScript: { dataset: { to: "/kept" } }, hidden: true,
  documentElement: { scrollWidth: 360, clientWidth: 360, scrollHeight: 2000, clientHeight: 700 },
  addEventListener: globalThis.addEventListener,
};
Object.defineProperty(globalThis, "navigator", { value: {
  doNotTrack: WANTS, sendBeacon: (to, body) => sent.push([to, body]) > 0 } });
(0, eval)(SCRIPT);
const within = (near) => ({ closest: () => near });
const click = (x, y, near, more = {}) => heard.click?.({
  isTrusted: true, detail: 1, pageX: x, pageY: y, target: within(near), ...more });
click(10.4, 20, { dataset: { sku: "HAT-1" }, localName: "div" });
click(11, 21, { dataset: { click: "buy now", sku: "HAT-1" }, localName: "button" });
click(12, 22, { dataset: {}, localName: "a" });
click(13, 23, null);
click(1, 1, null, { isTrusted: false });
click(0, 0, null, { detail: 0 });
globalThis.tick?.();
globalThis.tick?.();  // nothing is new
click(14, 1999, null);
heard.visibilitychange?.();
for (let n = 0; n < 2000; n += 1) click(1, 1, null);
heard.pagehide?.();
const bodies = await Promise.all(sent.map(([, body]) => body.text()));
const types = sent.map(([, body]) => body.type);
console.log(JSON.stringify({ to: sent.map(([to]) => to), bodies, types }));
"""


def said(folder: Path, wants: str) -> dict[str, Any]:
    script = (assets_dir() / "web" / "clicks.js").read_text(encoding="utf-8")
    file = folder / "page.mjs"
    page = PAGE.replace("SCRIPT", json.dumps(script)).replace("WANTS", json.dumps(wants))
    file.write_text(page, encoding="utf-8")
    done = subprocess.run(
        [node_program(), str(file)], capture_output=True, text=True, timeout=60, encoding="utf-8",
        env=child_environment(), check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_what_it_sends_is_imported_as_it_came(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPCAST_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SHOPCAST_LANG", "en")
    found = said(tmp_path, "0")
    assert found["to"] == ["/kept"] * 3
    assert set(found["types"]) == {"text/csv"}
    first, second, many = (body.splitlines() for body in found["bodies"])
    assert len(first) == 1 + 4  # the head; no click of a script, none of a key
    assert [line.rpartition(",")[2] for line in first[1:]] == ['"HAT-1"', '"buy now"', '"a"', '""']
    assert len(second) == 1 + 1
    assert len(many) == 1 + 500  # a page that is clicked without end goes on
    text = "".join(found["bodies"])
    assert "anna" not in text
    answer = take(tmp_path, text)
    assert answer["kind"] == "clicks"
    assert answer["new"] == 505
    assert answer["errors"] == []


def test_who_asks_not_to_be_tracked_is_not(tmp_path: Path) -> None:
    assert said(tmp_path, "1")["bodies"] == []
