"""What Ctrl+K finds beside commands: scenes, sources and products, with what to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from studio.api import Text, translate
from ui.i18n import language, pick, t
from ui.store import Store

DO = {
    "scene": ("scenes.preview", "scenes.take"),
    "product": ("shop.explain", "shop.card", "shop.try_on"),
}


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One line.

    Attributes:
        name: of the scene, source or product.
        words: what stands in the line; both languages count when it is looked for.
        panel: to be shown, where there is no command.
        change: (what, value) for the window, where neither is.
    """

    name: str
    words: str
    known: str
    command: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    panel: str = ""
    change: tuple[str, str] | None = None


WINDOW = (
    ("keys.page_go", "page.prepare", ("page", "prepare")),
    ("keys.page_go", "page.live", ("page", "live")),
    ("keys.page_go", "page.review", ("page", "review")),
    ("keys.layout_go", "layout.streamer", ("layout", "streamer")),
    ("keys.layout_go", "layout.controller", ("layout", "controller")),
    ("keys.layout_go", "layout.technician", ("layout", "technician")),
    ("keys.layout_go", "layout.vertical", ("layout", "vertical")),
    ("", "layout.reset", ("layout_reset", "")),
    ("", "keys.editor", ("hotkeys", "")),
    ("", "keys.title", ("keys", "")),
    ("", "keys.full", ("full_screen", "")),
    ("", "brand.title", ("brand", "")),
    ("", "golive.title", ("go_live", "")),
    ("", "first.open", ("first_run", "")),
    ("", "settings.title", ("open_settings", "")),
    ("", "help.title", ("help", "")),
    ("", "alarm.mute_toggle", ("mute_alarms", "")),
    ("", "stage.edit", ("edit", "")),
    ("", "multiview.open", ("multiview", "")),
)
"""What only a window does: (text before, text, what it is asked for)."""


def window_entries(panels: Sequence[tuple[str, Text]], screens: Sequence[str]) -> list[SearchEntry]:
    """Pages, layouts, panels, windows for other displays; found by name in either language.

    Args:
        panels: ids and titles of those that can be opened.
        screens: names of the displays.
    """
    found = [_of_window(before, key, change) for before, key, change in WINDOW]
    found += [_panel(id, title) for id, title in panels]
    for picture in ("programme", "preview"):
        words = f"{picture}.title"
        found.append(_of_window("projector.open", words, ("projector", f"{picture}:")))
        for number, name in enumerate(screens, 1):
            change = ("projector", f"{picture}:{number}")
            entry = _of_window("projector.open", words, change, tail=f" → {number} {name}")
            found.append(entry)
    for number, name in enumerate(screens, 1):
        change = ("multiview", str(number))
        found.append(_of_window("", "multiview.open", change, tail=f" → {number} {name}"))
    return found


def _panel(id: str, title: Text) -> SearchEntry:
    def words(code: str) -> str:
        return f"{translate('ui.keys.panel_go', code)} · {title.in_language(code)}"

    both = f"{words('zh')} {words('en')}".lower()
    return SearchEntry(both, words(language.code), both, panel=id)


def _of_window(before: str, key: str, change: tuple[str, str], tail: str = "") -> SearchEntry:
    def words(code: str) -> str:
        keys = (before, key) if before else (key,)
        return " · ".join(translate(f"ui.{each}", code) for each in keys) + tail

    both = f"{words('zh')} {words('en')}".lower()
    return SearchEntry(both, words(language.code), both, change=change)


def things(store: Store) -> list[SearchEntry]:
    """Everything that has a name."""
    found: list[SearchEntry | None] = []
    for number, scene in enumerate(store.scenes.scenes, 1):
        for id in DO["scene"]:
            found.append(_for(store, id, scene.name, f"{number}", {"scene": scene.name}))
    for product in store.shop.products:
        for id in DO["product"]:
            args = {"product": product.id}
            found.append(_for(store, id, product.name, str(product.number), args))
    for source in store.sources:
        known = f"{source.name} 来源 source {pick(source.label)}".lower()
        words = f"{t('sources.title')} · {source.name}"
        found.append(SearchEntry(source.name, words, known, panel="sources"))
    return [entry for entry in found if entry is not None]


def _for(store: Store, id: str, name: str, number: str, args: dict[str, Any]) -> SearchEntry | None:
    info = store.commands.get(id)
    if info is None:
        return None
    known = f"{name} {number} {info.label[0]} {info.label[1]} {id}".lower()
    return SearchEntry(name, f"{pick(info.label)} · {name}", known, id, args)


def score(thing: SearchEntry, words: Sequence[str]) -> float:
    """How well it fits what was typed: all words count, and one of them is of its name."""
    name = thing.name.lower()
    if not words or not all(word in thing.known for word in words):
        return 0
    own = [word for word in words if word in name]
    if not own:
        return 0
    best = max(len(word) / len(name) for word in own)
    return 6 + 6 * best + (2 if len(words) > len(own) else 0)
