"""The ready layouts of the three pages, and what the person made of them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QMainWindow

from studio.api import config_dir, logger, write_whole
from ui.panels.base import Panel
from ui.panels.spot import BOTTOM, LEFT, RIGHT, Spot
from ui.theme import tokens

_log = logger(__name__)
VERSION = 1
LIKE = 0.12
MIDDLE_LEAST = 460
NAMES = ("streamer", "controller", "technician", "vertical")
"""The layouts of Live, in the order of their keys."""
LIVE = "live"
PAGES = ("prepare", LIVE, "review")
MOST_SHOWS = 50

Restored = Literal["no", "places", "whole"]
PanelsById = Mapping[str, "Panel | type[Panel]"]
Places = dict[Qt.DockWidgetArea, list[tuple[list[str], float]]]


@dataclass(frozen=True, slots=True)
class Layout:
    """A ready layout; which panels stand where is said by the panels (`ui.panels.spot`).

    Attributes:
        right, left: width of the sides, as a part of the window.
        has_preview, has_scenes: in the middle.
        page: it belongs to; without a stage in the middle, unless it is Live.
        canvas: that its two pictures show; "" is landscape, with a choice of the others.
    """

    right: float = 0.22
    left: float = 0.0
    has_preview: bool = True
    has_scenes: bool = True
    page: str = LIVE
    canvas: str = ""


LAYOUTS = {
    "controller": Layout(),
    "streamer": Layout(right=0.22, left=0.38, has_preview=False, has_scenes=False),
    "technician": Layout(right=0.30),
    "vertical": Layout(right=0.36, left=0.24, canvas="portrait"),
    "prepare": Layout(0.34, 0.25, has_preview=False, has_scenes=False, page="prepare"),
    "review": Layout(0.34, 0.28, has_preview=False, has_scenes=False, page="review"),
}


def places(name: str, panels: PanelsById) -> Places:
    """Per area the stacks of panels from first to last, with the share of it each takes."""
    stacks: dict[tuple[Qt.DockWidgetArea, int], list[tuple[str, Spot]]] = {}
    for id, panel in panels.items():
        spot = panel.spots.get(name)
        if spot is not None:
            stacks.setdefault((spot.area, spot.stack), []).append((id, spot))
    found: Places = {}
    for (area, _), stack in sorted(stacks.items(), key=lambda entry: entry[0][1]):
        ids = [id for id, _ in sorted(stack, key=lambda entry: not entry[1].is_front)]
        share = max(spot.share for _, spot in stack) or 1.0
        found.setdefault(area, []).append((ids, share))
    return found


def arrange(window: QMainWindow, panels: dict[str, Panel], name: str) -> None:
    """Puts all panels where the layout says; the others are hidden."""
    for panel in panels.values():
        window.removeDockWidget(panel)
        if panel.isFloating():  # asked of one that does not float it takes some milliseconds
            panel.setFloating(False)
    areas = places(name, panels)
    if LAYOUTS[name].page != LIVE:
        _arrange_columns(window, panels, areas)
        return
    for area, stacks in areas.items():
        along = Qt.Orientation.Horizontal if area == BOTTOM else Qt.Orientation.Vertical
        groups = [[panels[id] for id in ids] for ids, _ in stacks]
        before: Panel | None = None
        for first, *_ in groups:  # all places first: what is split off a stack lands in it
            if before is None:
                window.addDockWidget(area, first)
            else:
                window.splitDockWidget(before, first, along)
            before = first
        _fill(window, groups)


def _fill(window: QMainWindow, groups: list[list[Panel]]) -> None:
    """Puts the others of each stack behind its first."""
    for first, *others in groups:
        for other in others:
            window.tabifyDockWidget(first, other)
        for panel in (first, *others):
            panel.show()
        first.raise_()


def _columns(panels: dict[str, Panel], areas: Places) -> list[list[tuple[list[Panel], float]]]:
    """The areas of a page without a stage, from left to right."""
    return [
        [([panels[id] for id in ids], share) for ids, share in areas[area]]
        for area in (LEFT, BOTTOM, RIGHT)
        if area in areas
    ]


def _arrange_columns(window: QMainWindow, panels: dict[str, Panel], areas: Places) -> None:
    """Where nothing is in the middle, the areas are columns of one: so their heads are in line."""
    before: Panel | None = None
    columns = _columns(panels, areas)
    for column in columns:
        first = column[0][0][0]
        if before is None:
            window.addDockWidget(BOTTOM, first)
        else:
            window.splitDockWidget(before, first, Qt.Orientation.Horizontal)
        before = first
    for column in columns:
        for (above, _), (below, _) in itertools.pairwise(column):
            window.splitDockWidget(above[0], below[0], Qt.Orientation.Vertical)
    _fill(window, [stack for column in columns for stack, _ in column])


def _resize_columns(
    window: QMainWindow, panels: dict[str, Panel], areas: Places, layout: Layout
) -> None:
    columns = _columns(panels, areas)
    parts = {LEFT: layout.left, BOTTOM: 1 - layout.left - layout.right, RIGHT: layout.right}
    wide = [round(window.width() * parts[area]) for area in (LEFT, BOTTOM, RIGHT) if area in areas]
    heads = [column[0][0][0] for column in columns]
    window.resizeDocks(heads, wide, Qt.Orientation.Horizontal)
    for column in columns:
        stacks = [stack[0] for stack, _ in column]
        if len(stacks) > 1:
            sizes = [max(1, round(window.height() * share)) for _, share in column]
            window.resizeDocks(stacks, sizes, Qt.Orientation.Vertical)


def resize(
    window: QMainWindow, panels: dict[str, Panel], name: str, scenes_height: int = 0
) -> None:
    """Gives the panels their shares of the window as it is now."""
    layout, areas = LAYOUTS[name], places(name, panels)
    if layout.page != LIVE:
        _resize_columns(window, panels, areas, layout)
        return
    if layout.canvas:
        layout = _around_tall(window, layout, scenes_height)
    wide, high = window.width(), window.height()
    for area, part, along in (
        (RIGHT, layout.right, Qt.Orientation.Horizontal),
        (LEFT, layout.left, Qt.Orientation.Horizontal),
    ):
        docks = [panels[ids[0]] for ids, _ in areas.get(area, ())]
        if docks:
            window.resizeDocks([docks[0]], [max(round(wide * part), tokens.px(300))], along)
    foot = areas.get(BOTTOM, ())
    docks = [panels[ids[0]] for ids, _ in foot]
    if docks:
        _hug(window, docks[0], layout, scenes_height)
    room = wide - round(wide * (layout.right + layout.left))
    if docks:
        sizes = [max(1, round(room * share)) for _, share in foot]
        window.resizeDocks(docks, sizes, Qt.Orientation.Horizontal)
    for area in (RIGHT, LEFT):
        side = areas.get(area, ())
        docks = [panels[ids[0]] for ids, _ in side]
        if len(docks) > 1:
            sizes = [max(1, round(high * share)) for _, share in side]
            window.resizeDocks(docks, sizes, Qt.Orientation.Vertical)


def open_beside(window: QMainWindow, panels: Iterable[Panel], panel: Panel) -> None:
    """Opens a panel that the layout has no place for: as a tab where there is most room.

    A column or row more would squeeze all others, and it itself, on a small screen to nothing.
    """
    there = [other for other in panels if other is not panel and _is_seen(other)]
    own = [other for other in there if window.dockWidgetArea(other) == panel.place]
    host = max(own or there, key=lambda other: other.width() * other.height(), default=None)
    window.addDockWidget(panel.place, panel)
    if host is not None:
        window.tabifyDockWidget(host, panel)
    panel.show()


def _is_seen(panel: Panel) -> bool:
    return panel.isVisible() and not panel.isFloating() and not panel.visibleRegion().isEmpty()


def _around_tall(window: QMainWindow, layout: Layout, scenes_height: int) -> Layout:
    """Gives the middle the width that two tall pictures need; the sides share the rest."""
    gap = tokens.px(8)
    high = window.height() - 3 * gap - scenes_height - tokens.px(30) - 4
    middle = 2 * (round(high * 9 / 16) + 4) + 3 * gap
    middle = max(tokens.px(MIDDLE_LEAST), min(middle, round(window.width() * 0.5)))
    rest = max(0.3, 1 - middle / max(1, window.width()))
    share = layout.right / (layout.right + layout.left)
    return replace(layout, right=rest * share, left=rest * (1 - share))


def _hug(window: QMainWindow, foot: Panel, layout: Layout, scenes_height: int) -> None:
    """Gives the middle just the height its two pictures need, and the foot the rest."""
    middle = window.centralWidget()
    if middle is None:
        return
    gap = tokens.px(8)
    room = window.width() - 2 * gap - round(window.width() * (layout.right + layout.left)) - gap
    across = (room - gap) / 2 if layout.has_preview else room
    picture = (across - 4) * 9 / 16
    row = scenes_height if layout.has_scenes else 0
    wanted = round(picture) + tokens.px(30) + 4 + gap + row
    rest = window.height() - 2 * gap - wanted - gap
    least, most = round(window.height() * 0.24), round(window.height() * 0.5)
    window.resizeDocks([foot], [max(least, min(most, rest))], Qt.Orientation.Vertical)


def _size(window: QMainWindow) -> list[int]:
    """Of the whole window, in pixels of the desk's scale."""
    whole = window.window().size()
    return [round(whole.width() / tokens.scale()), round(whole.height() / tokens.scale())]


class KeptLayout:
    """What the person moved, by layout: ``desk.json`` in the settings folder.

    Attributes:
        pages: the page that each show was left on.
    """

    def __init__(self) -> None:
        self._path = config_dir() / "desk.json"
        self._states: dict[str, str] = {}
        self._shown: dict[str, list[str]] = {}
        self._sizes: dict[str, list[int]] = {}
        self._docks: dict[str, dict[str, list[int]]] = {}
        self.pages: dict[str, str] = {}
        self.geometry = ""
        self.is_first = not self._path.exists()
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            if isinstance(found, dict) and found.get("version") == VERSION:
                self._states = {str(k): str(v) for k, v in found.get("layouts", {}).items()}
                self._shown = {
                    str(k): [str(id) for id in ids] for k, ids in found.get("shown", {}).items()
                }
                self._sizes = {
                    str(k): [int(v) for v in pair] for k, pair in found.get("sizes", {}).items()
                }
                self._docks = {
                    str(k): {str(id): [int(v) for v in pair] for id, pair in docks.items()}
                    for k, docks in found.get("docks", {}).items()
                }
                self.pages = {str(k): str(v) for k, v in found.get("pages", {}).items()}
                self.geometry = str(found.get("geometry", ""))
        except FileNotFoundError:
            pass
        except (OSError, ValueError, AttributeError, TypeError) as fault:
            _log.warning("desk.json cannot be read (%s): using the ready layouts", fault)

    def restore(self, name: str, window: QMainWindow, panels: dict[str, Panel]) -> Restored:
        """Puts the panels where the person left them.

        Returns:
            "no" when nothing is kept; "places" when they need the ready sizes: what is kept is of
            a window or a size of text so different that its pixels mean nothing here.
        """
        kept = self._states.get(name)
        for panel in panels.values():
            if panel.parent() is None:  # one that was never placed is a window of its own
                panel.setParent(window)
                panel.hide()
        if not kept or not window.restoreState(QByteArray.fromBase64(kept.encode())):
            return "no"
        ready = [id for id, panel in panels.items() if name in panel.spots]
        shown = self._shown.get(name, ready)
        for id, panel in panels.items():
            if id not in shown:  # Qt brings back what its record does not mention
                if panel.isFloating():
                    panel.setFloating(False)
                panel.hide()
        was, now = self._sizes.get(name), _size(window)
        is_like = was is None or all(abs(a - b) <= b * LIKE for a, b in zip(was, now, strict=False))
        return "whole" if is_like else "places"

    def keep(
        self, name: str, window: QMainWindow, panels: dict[str, Panel], *, has_sizes: bool = True
    ) -> None:
        """Remembers how it is now."""
        self._states[name] = bytes(window.saveState().toBase64().data()).decode()
        self._sizes[name] = _size(window)
        self._shown[name] = [id for id, panel in panels.items() if not panel.isHidden()]
        if has_sizes:
            self._docks[name] = {
                id: [panel.width(), panel.height()]
                for id, panel in panels.items()
                if _is_seen(panel)
            }

    def resize(self, name: str, window: QMainWindow, panels: dict[str, Panel]) -> None:
        """Gives each panel the size it was kept with, once all stand where they stood.

        The window's own record loses sizes when another page had the panels in other places.
        """
        kept = {id: pair for id, pair in self._docks.get(name, {}).items() if id in panels}
        docks = [panels[id] for id in kept if _is_seen(panels[id])]
        for at, along in ((0, Qt.Orientation.Horizontal), (1, Qt.Orientation.Vertical)):
            window.resizeDocks(docks, [kept[dock.id][at] for dock in docks], along)

    def forget(self, name: str) -> None:
        """Back to the ready layout."""
        self._states.pop(name, None)
        self._shown.pop(name, None)
        self._sizes.pop(name, None)
        self._docks.pop(name, None)

    def save(self) -> None:
        """Writes it; a folder that cannot be written loses only this."""
        whole = {
            "version": VERSION,
            "geometry": self.geometry,
            "layouts": self._states,
            "shown": self._shown,
            "sizes": self._sizes,
            "docks": self._docks,
            "pages": dict(list(self.pages.items())[-MOST_SHOWS:]),
        }
        try:
            write_whole(self._path, json.dumps(whole))
        except OSError as fault:
            _log.warning("desk.json cannot be written: %s", fault)
