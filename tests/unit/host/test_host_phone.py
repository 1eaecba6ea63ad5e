"""The host's page on the phone: what it shows to whom, and which commands its buttons run."""

from __future__ import annotations

from pathlib import Path

from studio.remote import listing
from tests.phone_page import run_page

PAGE = """
import page, { parts } from "PATH";
import { ranked } from "STAGE";
const state = JSON.parse(process.argv[2]);
const found = {}, ran = [];
for (const who of ["viewer", "streamer", "controller"]) {
  const made = [];
  const element = (tag, props = {}, ...more) => {
    const one = { tag, ...props, words: more.filter((part) => typeof part === "string").join(" "),
      inside: more.filter((part) => typeof part === "object"),
      append(...parts) { this.inside.push(...parts); },
      replaceChildren(...parts) { this.inside = parts; } };
    made.push(one);
    return one;
  };
  const section = element("section");
  const tools = { section, element, run: (id, args) => ran.push([who, id, args ?? {}]),
    language: () => "en", isAtLeast: ranked(who), price: (one) => `¥${one.price_cents / 100}` };
  const draw = page(tools);
  draw(state, true);
  const all = (one) => [one, ...(one.inside ?? []).flatMap(all)];
  const shown = all(section);
  found[who] = shown.map((one) => one.words).filter(Boolean);
  for (const one of shown) one.onclick?.();
  draw({}, true);
  found[`${who} hidden`] = section.hidden;
}
console.log(JSON.stringify({ parts, found, ran }));
"""


def test_the_page_shows_the_line_the_price_and_the_alarm(tmp_path: Path) -> None:
    state = {
        "shop": {"explaining": "hat", "products": [
            {"id": "hat", "number": 1, "name": "Hat", "price_cents": 9900, "stock": 4}]},
        "offers": [{"stage": "live", "cents": 5900, "offer": {"sku": "hat"}}],
        "assistant": {"next": "Read this", "star": "price", "left_out": ["the proof"],
                      "questions": [{"text": "returns?", "answer": {
                          "text": ["七天", "Seven days"], "source": "shop: returns"}}]},
        "guard": {"alarms": [
            {"id": 3, "said": "lowest", "why": ["不行", "no"], "article": "Art. 9",
             "advice": ["换", "Say the price"], "dismissed_by": ""},
            {"id": 2, "said": "old", "why": ["", ""], "article": "", "advice": ["", ""],
             "dismissed_by": "Li"}]},
        "standin": {"scenes": ["AI"], "is_in": True, "is_speaking": False},
    }  # fmt: skip
    said = run_page("host", PAGE, state, tmp_path)
    words = " | ".join(said["found"]["controller"])
    for wanted in ("1 Hat", "¥59", "in stock: 4", "Next: Read this", "Left out: the proof",
                   "Seven days shop: returns", "lowest", "Say the price", "Art. 9"):  # fmt: skip
        assert wanted in words, wanted
    assert "old" not in words
    assert "Host back" in words
    assert "Host back" not in " ".join(said["found"]["streamer"])
    assert all(said["found"][f"{who} hidden"] for who in ("viewer", "streamer", "controller"))
    known = {spec.id: spec.role for spec in listing.specs()}
    assert {run[1] for run in said["ran"]} <= set(known)
    ran = [(run[1], run[2]) for run in said["ran"] if run[0] == "controller"]
    assert ("guard.dismiss", {"alarm": 3}) in ran
    assert ("host.back", {}) in ran
    assert set(said["parts"]) == {"assistant", "guard", "standin", "offers"}
