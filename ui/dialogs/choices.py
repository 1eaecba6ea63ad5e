"""What one can choose from for an argument of a command: scenes, sources, products, plans."""

from __future__ import annotations

from ui.desk import Desk
from ui.i18n import pick
from ui.models.commands import CommandInfo
from ui.widgets.schema_form import Choices


def choices_for(desk: Desk, info: CommandInfo | None) -> Choices:
    """Values by an argument's name, as (value, words); empty where anything goes."""

    def choices(name: str) -> list[tuple[str, str]]:
        store = desk.store
        room = info.id.split(".")[0] if info else ""
        if name == "scene" or (name == "name" and room == "scenes"):
            return [(s.name, s.name) for s in store.scenes.scenes]
        if name == "source" or (name == "name" and room == "sources"):
            return [(s.name, s.name) for s in store.sources]
        if name == "product":
            return [(p.id, f"{p.number} {p.name}") for p in store.shop.products]
        if name == "name" and room == "outputs" and info and info.id != "outputs.add":
            return [(o.name, o.name) for o in store.outputs]
        if name == "kind" and room == "sources":
            return [(k.kind, pick(k.label)) for k in store.kinds.sources]
        if name in ("kind", "transition") and room == "scenes":
            return [(k.kind, pick(k.label)) for k in store.scenes.transitions]
        if name == "platform" and info and info.id.startswith("outputs."):
            return [(p.id, pick(p.label)) for p in store.platforms]
        if name == "sku":
            return [(v.sku, f"{p.name} {v.name}") for p in store.shop.products for v in p.variants]
        if name == "plan":
            return [(p.id, pick(p.label)) for p in store.plans.plans]
        return []

    return choices
