"""The menu of what is picked on the stage."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from studio.scenes.model import Item
from ui.desk import Desk
from ui.i18n import t

ALIGNS = (
    "fill", "fit", "centre", "left", "right", "top", "bottom",
    "top_left", "top_right", "bottom_left", "bottom_right",
)  # fmt: skip
BLENDS = ("normal", "add", "subtract", "screen", "multiply", "lighten", "darken")
FITS = ("cover", "contain", "stretch", "native")


def fill_menu(origin: QWidget, desk: Desk, scene: str, canvas: str, chosen: list[Item]) -> QMenu:
    """A menu for these items; what is chosen runs at once and can be undone."""
    menu = QMenu(origin)

    def run(command: str, args: dict[str, Any]) -> None:
        desk.actions.run(command, {"scene": scene, **args}, origin=origin)

    def each(command: str, **args: Any) -> None:
        for chosen_item in chosen:
            run(command, {"item": chosen_item.id, **args})

    def add(into: QMenu, words: str, command: str, **args: Any) -> None:
        into.addAction(words).triggered.connect(lambda: each(command, **args))

    if not chosen:
        empty = menu.addAction(t("stage.nothing"))
        empty.setEnabled(False)
    else:
        title = menu.addAction(
            chosen[0].source if len(chosen) == 1 else t("stage.several", n=len(chosen))
        )
        title.setEnabled(False)
        first = chosen[0]
        places = menu.addMenu(t("stage.place"))
        for to in ALIGNS:
            add(places, t(f"stage.align_{to}"), "items.align", to=to, canvas=canvas)
        fits = menu.addMenu(t("stage.fit"))
        for fit in FITS:
            action = fits.addAction(t(f"stage.fit_{fit}"))
            action.setCheckable(True)
            action.setChecked(first.fit == fit)
            action.triggered.connect(partial(each, "items.set", fit=fit))
        blends = menu.addMenu(t("stage.blend"))
        for mode in BLENDS:
            action = blends.addAction(t(f"stage.blend_{mode}"))
            action.setCheckable(True)
            action.setChecked(first.blend == mode)
            action.triggered.connect(partial(each, "items.set", blend=mode))
        turns = menu.addMenu(t("stage.turn"))
        for degrees in (0, 90, 180, 270):
            add(turns, f"{degrees}°", "items.set", rotation=float(degrees))
        turns.addSeparator()
        add(turns, t("stage.mirror"), "items.set", mirrored=not first.is_mirrored)
        add(turns, t("stage.flip"), "items.set", flipped=not first.is_flipped)
        thin = menu.addMenu(t("stage.opacity"))
        for percent in (100, 75, 50, 25):
            add(thin, f"{percent} %", "items.set", opacity=percent / 100)
        menu.addSeparator()
        add(menu, t("stage.uncrop"), "items.set", crop={})
        other = "portrait" if canvas == "landscape" else "landscape"
        shows = other in first.boxes
        add(
            menu,
            t("stage.hide_on" if shows else "stage.show_on", canvas=t(f"canvas.{other}")),
            "items.show_on",
            canvas=other,
            on=not shows,
        )
        menu.addSeparator()
        scene_now = desk.store.scenes.scene(scene)
        top = len(scene_now.items) - 1 if scene_now else 0
        add(menu, t("stage.to_front"), "items.move", index=top)
        add(menu, t("stage.to_back"), "items.move", index=0)
        add(
            menu,
            t("stage.unlock" if first.is_locked else "stage.lock"),
            "items.set",
            locked=not first.is_locked,
        )
        ids = [chosen_item.id for chosen_item in chosen]
        if first.group:
            menu.addAction(t("stage.ungroup", name=first.group)).triggered.connect(
                lambda: run("items.group", {"items": ids, "group": ""})
            )
        elif len(chosen) > 1:
            name = t("stage.group_name", n=chosen[0].id)
            menu.addAction(t("stage.group")).triggered.connect(
                lambda: run("items.group", {"items": ids, "group": name})
            )
        add(menu, t("stage.copy"), "items.copy")
        add(menu, t("stage.remove"), "items.remove")
    menu.addSeparator()
    menu.addAction(t("stage.auto", canvas=t(f"canvas.{canvas}"))).triggered.connect(
        lambda: run("scenes.auto_layout", {"canvas": canvas})
    )
    return menu
