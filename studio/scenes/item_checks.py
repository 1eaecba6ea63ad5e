"""What comes from outside as an item or a scene must be one that can be drawn."""

from __future__ import annotations

import re

from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.names import check_name
from studio.scenes.model import CANVASES, Box, Crop, Item, Scene
from studio.scenes.transitions.base import Transition
from studio.sources.settings_check import check_settings

FAR = 100.0  # canvases; whoever zooms in that far sees one pixel
MOST_SHEAR = 1000.0
MOST_CORNERS = 16


def check_item(item: Item) -> None:
    """What comes from outside as a whole item must be one that can be drawn.

    Raises:
        StudioError: invalid, with what is wrong.
    """
    for canvas, box in item.boxes.items():
        if canvas not in CANVASES:
            known = ", ".join(CANVASES)
            raise StudioError("invalid", "scenes.no_canvas", canvas=canvas, known=known)
        check_box(box)
    check_crop(item.crop)
    for field in ("opacity", "focus_x", "focus_y", "anchor_x", "anchor_y"):
        value = getattr(item, field)
        if not 0 <= value <= 1:
            raise StudioError("invalid", "scenes.bad_field", field=field, value=value)
    if not -360 <= item.rotation <= 360:
        raise StudioError("invalid", "scenes.bad_field", field="rotation", value=item.rotation)
    if not -MOST_SHEAR <= item.shear <= MOST_SHEAR:
        raise StudioError("invalid", "scenes.bad_field", field="shear", value=item.shear)
    sides = [side for corner in item.outline for side in corner]
    is_shape = not item.outline or 3 <= len(item.outline) <= MOST_CORNERS
    if not is_shape or not all(-1e3 <= side <= 1e3 for side in sides):
        raise StudioError("invalid", "scenes.bad_field", field="outline", value=item.outline)
    if not all(0 <= side <= 1e6 for side in item.unit):
        raise StudioError("invalid", "scenes.bad_field", field="unit", value=item.unit)


def check_scene(scene: Scene) -> None:
    """The same for a whole scene: its name, its items, their numbers, its colour.

    Raises:
        StudioError: invalid, with what is wrong.
    """
    check_name(scene.name)
    check_purpose(scene.purpose)
    for item in scene.items:
        check_item(item)
    if len({item.id for item in scene.items}) != len(scene.items):
        raise StudioError("invalid", "scenes.bad_field", field="items.id", value=scene.name)
    if not re.fullmatch("#[0-9a-fA-F]{6}", scene.colour):
        raise StudioError("invalid", "scenes.bad_field", field="colour", value=scene.colour)


def check_purpose(purpose: str) -> None:
    """What a scene is for is a word, or nothing.

    Raises:
        StudioError: invalid.
    """
    if purpose:
        check_name(purpose)


def check_transition(kinds: Kinds[Transition], scene: Scene) -> None:
    """A scene's own transition: one that is there, with settings it knows.

    Raises:
        StudioError: invalid. A kind that is not there is kept, as in a show.
    """
    if scene.transition in kinds:
        kind = kinds.get(scene.transition)
        check_settings(kind, scene.transition_settings, list(scene.transition_settings))
        kind.decode(scene.transition_settings)
    if not 0 <= scene.transition_ms <= 20_000:
        raise StudioError("invalid", "scenes.bad_duration", ms=scene.transition_ms)


def check_box(box: Box) -> None:
    """A box may reach over the canvas's edges, but it must have a size and be somewhere near."""
    is_near = all(-FAR <= at <= FAR for at in (box.x, box.y))  # false for nan as well
    if not (is_near and 0 < box.w <= FAR and 0 < box.h <= FAR):
        raise StudioError("invalid", "scenes.bad_box", x=box.x, y=box.y, w=box.w, h=box.h)


def check_crop(crop: Crop) -> None:
    sides = (crop.left, crop.top, crop.right, crop.bottom)
    is_part = all(0 <= side < 1 for side in sides)
    if not is_part or crop.left + crop.right >= 1 or crop.top + crop.bottom >= 1:
        raise StudioError("invalid", "scenes.bad_crop", sides=", ".join(f"{s:g}" for s in sides))
