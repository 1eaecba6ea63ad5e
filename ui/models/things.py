"""What Ctrl+K finds beside commands: scenes, sources and products, with what to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ui.i18n import pick, t
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
    """

    name: str
    words: str
    known: str
    command: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    panel: str = ""


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
