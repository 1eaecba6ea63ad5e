"""A scene's items from outside: add, place, turn, crop, blend, group, reorder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, changed, command, only_given
from studio.core.errors import StudioError
from studio.core.names import check_name
from studio.core.taking_back import taken_back, way_back
from studio.media.blend_modes import Blend
from studio.scenes.events import ItemChanged
from studio.scenes.item_checks import MOST_SHEAR, check_box, check_crop, check_item
from studio.scenes.keeper import SceneRepository
from studio.scenes.layout import Align, aligned
from studio.scenes.model import Box, CanvasName, Crop, Fit, Item, Scene, plain

CanvasArg = Literal["", "landscape", "portrait"]
Part = Annotated[float, msgspec.Meta(ge=0, le=1)]
Pixels = Annotated[float, msgspec.Meta(ge=0, le=1e6)]


class ItemCommands:
    """The items of scenes."""

    def __init__(
        self,
        scenes: SceneRepository,
        announce: Callable[[Any], None],
        has_source: Callable[[str], bool],
        check_round: Callable[[Scene], None] = lambda scene: None,
    ) -> None:
        self._check_round = check_round
        self._scenes = scenes
        self._announce = announce
        self._has_source = has_source

    @command(
        "items.add",
        label=("添加元素", "Add item"),
        help=("把来源放到场景最上层。", "Puts a source on a scene, on top."),
    )
    def add_item(
        self, scene: str, source: str, enabled: bool = True, fit: Fit = "cover"
    ) -> Changed:
        if not self._has_source(source):
            raise StudioError("not_found", "scenes.no_source", name=source)
        self._check_shown(scene, source)
        item = self._scenes.add_item(scene, source, is_enabled=enabled, fit=fit)
        self._tell("created", scene, item)
        undo = ("items.remove", {"scene": scene, "item": item.id})
        return changed("scenes", result=plain(item), undo=undo)

    @command(
        "items.copy",
        label=("复制元素", "Copy item"),
        help=(
            "把元素连同位置、裁剪复制到本场景或另一场景的最上层。",
            "Copies an item, with its place and crop, to the top of this scene or another.",
        ),
    )
    def copy_item(self, scene: str, item: int | str, to_scene: str = "") -> Changed:
        _, scene_item = self._scenes.item(scene, item)
        target = self._scenes.get(to_scene or scene).name
        self._check_shown(target, scene_item.source)
        fields = {name: getattr(scene_item, name) for name in scene_item.__struct_fields__}
        for name in ("id", "source", "group"):
            fields.pop(name)
        made = self._scenes.add_item(target, scene_item.source, **fields)
        self._tell("created", target, made)
        undo = ("items.remove", {"scene": target, "item": made.id})
        return changed("scenes", result=plain(made), undo=undo)

    @command(
        "items.remove",
        label=("移除元素", "Remove item"),
        help=("从场景中移除元素，来源保留。", "Takes an item off a scene; the source stays."),
    )
    def remove_item(self, scene: str, item: int | str) -> Changed:
        found, scene_item = self._scenes.item(scene, item)
        rest = tuple(i for i in found.items if i.id != scene_item.id)
        self._scenes.put(replace(found, items=rest))
        self._tell("removed", scene, scene_item)
        index = found.items.index(scene_item)
        undo = ("items.put", {"scene": scene, "item": plain(scene_item), "index": index})
        return changed("scenes", undo=undo)

    @command(
        "items.put",
        label=("放回元素", "Put item back"),
        help=("把移除的元素放回原来的层次（撤销移除）。", "Puts a removed item back in its layer."),
    )
    def put_item(self, scene: str, item: Item, index: int) -> Changed:
        found = self._scenes.get(scene)
        if not self._has_source(item.source):
            raise StudioError("not_found", "scenes.no_source", name=item.source)
        if found.item(item.id) is not None:
            raise StudioError("conflict", "scenes.item_there", item=item.id, scene=found.name)
        check_item(item)
        self._check_shown(scene, item.source)
        rest = list(found.items)
        rest.insert(max(0, min(index, len(rest))), item)
        self._scenes.put(replace(found, items=tuple(rest)))
        self._tell("created", scene, item)
        return changed("scenes", undo=("items.remove", {"scene": scene, "item": item.id}))

    @command(
        "items.enable",
        label=("显示/隐藏元素", "Show or hide item"),
        help=("显示或隐藏场景中的元素。", "Shows or hides an item of a scene."),
    )
    def enable_item(self, scene: str, item: int | str, on: bool) -> Changed:
        found, scene_item = self._scenes.item(scene, item)
        self._scenes.put(found.with_item(replace(scene_item, is_enabled=on)))
        self._tell("enabled", scene, replace(scene_item, is_enabled=on))
        undo = (
            "items.enable",
            {"scene": scene, "item": scene_item.id, "on": scene_item.is_enabled},
        )
        return changed("scenes", undo=undo)

    @command(
        "items.set",
        label=("调整元素", "Adjust item"),
        help=(
            "调整元素的位置、裁剪、透明度等；位置为画布比例 0–1。",
            "Moves, crops or fades an item; boxes are parts (0–1) of the canvas.",
        ),
    )
    def set_item(
        self,
        scene: str,
        item: int | str,
        canvas: CanvasArg = "",
        box: Box | None = None,
        crop: Crop | None = None,
        fit: Fit | None = None,
        opacity: Part | None = None,
        locked: bool | None = None,
        rotation: Annotated[float, msgspec.Meta(ge=-360, le=360)] | None = None,
        blend: Blend | None = None,
        mirrored: bool | None = None,
        flipped: bool | None = None,
        focus_x: Part | None = None,
        focus_y: Part | None = None,
        cut: bool | None = None,
        unit: tuple[Pixels, Pixels] | None = None,
        anchor_x: Part | None = None,
        anchor_y: Part | None = None,
        shear: Annotated[float, msgspec.Meta(ge=-MOST_SHEAR, le=MOST_SHEAR)] | None = None,
    ) -> Changed:
        found, scene_item = self._scenes.item(scene, item)
        new: dict[str, Any] = {}
        moves = (box, crop, fit, rotation, mirrored, flipped, focus_x, focus_y, cut, unit, shear)
        if scene_item.is_locked and locked is not False and any(x is not None for x in moves):
            raise StudioError("conflict", "scenes.locked", item=scene_item.source, scene=found.name)
        if box is not None:
            check_box(box)
            names = [canvas] if canvas else list(scene_item.boxes) or ["landscape"]
            new["boxes"] = {**scene_item.boxes, **dict.fromkeys(names, box)}
        if crop is not None:
            check_crop(crop)
            new["guessed"] = (0.0, 0.0)
        new |= only_given(
            crop=crop,
            fit=fit,
            opacity=opacity,
            is_locked=locked,
            rotation=rotation,
            blend=blend,
            is_mirrored=mirrored,
            is_flipped=flipped,
            focus_x=focus_x,
            focus_y=focus_y,
            is_cut=cut,
            unit=unit,
            anchor_x=anchor_x,
            anchor_y=anchor_y,
            shear=shear,
        )
        after = replace(scene_item, **new)
        self._scenes.put(found.with_item(after))
        self._tell("changed", scene, after)
        return self._restorable(scene, after, scene_item)

    @staticmethod
    def _restorable(scene: str, after: Item, before: Item) -> Changed:
        """What another changes of the item until it is taken back stays."""
        return changed("scenes", undo=way_back("items.restore", "item", before, after, scene=scene))

    @command(
        "items.restore",
        label=("恢复元素", "Restore item"),
        help=(
            "把元素恢复为给定状态；给出 instead_of（那一步留下的状态）时只还原有差别的项。",
            "Gives an item back the state it had; with instead_of, what the step had left, only "
            "where the two differ.",
        ),
    )
    def restore_item(self, scene: str, item: Item, instead_of: Item | None = None) -> Changed:
        found, scene_item = self._scenes.item(scene, item.id)
        if instead_of is not None:
            item = taken_back(scene_item, instead_of, item)
        if item.source != scene_item.source and not self._has_source(item.source):
            raise StudioError("not_found", "scenes.no_source", name=item.source)
        check_item(item)
        self._check_shown(scene, item.source)
        self._scenes.put(found.with_item(item))
        self._tell("changed", scene, item)
        return self._restorable(scene, item, scene_item)

    @command(
        "items.move",
        label=("调整层次", "Reorder item"),
        help=("把元素移到第 index 层，0 为最底。", "Moves an item to layer index, 0 at the back."),
    )
    def move_item(self, scene: str, item: int | str, index: int) -> Changed:
        found, scene_item = self._scenes.item(scene, item)
        before = found.items.index(scene_item)
        rest = [i for i in found.items if i.id != scene_item.id]
        rest.insert(max(0, min(index, len(rest))), scene_item)
        self._scenes.put(replace(found, items=tuple(rest)))
        self._tell("moved", scene, scene_item)
        undo = ("items.move", {"scene": scene, "item": scene_item.id, "index": before})
        return changed("scenes", undo=undo)

    @command(
        "items.align",
        label=("对齐元素", "Align item"),
        help=(
            "铺满、适应、居中，或贴到画布的一边、一角。",
            "Fills or fits the canvas, centres, or goes to a side or corner of it.",
        ),
    )
    def align_item(
        self,
        scene: str,
        item: int | str,
        to: Align,
        canvas: CanvasArg = "",
        margin: Annotated[float, msgspec.Meta(ge=0, le=0.4)] = 0.0,
    ) -> Changed:
        found, scene_item = self._scenes.item(scene, item)
        if scene_item.is_locked:
            raise StudioError("conflict", "scenes.locked", item=scene_item.source, scene=found.name)
        names = [canvas] if canvas else list(scene_item.boxes) or ["landscape"]
        boxes = {name: aligned(scene_item.boxes.get(name, Box()), to, margin) for name in names}
        after = replace(scene_item, boxes={**scene_item.boxes, **boxes})
        if to in ("fill", "fit"):
            after = replace(after, fit="cover" if to == "fill" else "contain")
            after = replace(after, rotation=0.0, shear=0.0, is_cut=True)
        self._scenes.put(found.with_item(after))
        self._tell("changed", scene, after)
        return self._restorable(scene, after, scene_item)

    @command(
        "items.show_on",
        label=("画布显示", "Show on canvas"),
        help=("元素是否出现在某个画布上。", "Whether an item appears on a canvas at all."),
    )
    def show_on(self, scene: str, item: int | str, canvas: CanvasName, on: bool) -> Changed:
        found, scene_item = self._scenes.item(scene, item)
        boxes = {name: box for name, box in scene_item.boxes.items() if name != canvas}
        if on:
            boxes[canvas] = scene_item.boxes.get(canvas, Box())
        after = replace(scene_item, boxes=boxes)
        self._scenes.put(found.with_item(after))
        self._tell("changed", scene, after)
        return self._restorable(scene, after, scene_item)

    @command(
        "items.group",
        label=("编组", "Group items"),
        help=(
            "把几个元素编成一组，一起选中、移动、显隐；名称为空则解散。",
            "Groups items: picked, moved and hidden together; an empty name dissolves it.",
        ),
    )
    def group_items(self, scene: str, items: list[int | str], group: str = "") -> Changed:
        found = self._scenes.get(scene)
        before = {}
        if group:
            check_name(group)
        for item in items:
            found, scene_item = self._scenes.item(scene, item)
            before[str(scene_item.id)] = scene_item.group
            self._scenes.put(found.with_item(replace(scene_item, group=group.strip())))
            self._tell("changed", scene, scene_item)
        undo = ("items.regroup", {"scene": found.name, "groups": before})
        return changed("scenes", undo=undo)

    @command(
        "items.regroup",
        label=("恢复编组", "Restore groups"),
        help=("按元素编号恢复编组。", "Gives items back the groups they had, by their numbers."),
    )
    def regroup_items(self, scene: str, groups: dict[str, str]) -> Changed:
        before = {}
        for group in filter(None, groups.values()):
            check_name(group)
        for item, group in groups.items():
            found, scene_item = self._scenes.item(scene, item)
            before[item] = scene_item.group
            self._scenes.put(found.with_item(replace(scene_item, group=group)))
            self._tell("changed", scene, scene_item)
        return changed("scenes", undo=("items.regroup", {"scene": scene, "groups": before}))

    @command(
        "items.enable_group",
        label=("显示/隐藏编组", "Show or hide group"),
        help=("显示或隐藏一组元素。", "Shows or hides all items of a group."),
    )
    def enable_group(self, scene: str, group: str, on: bool) -> Changed:
        found = self._scenes.get(scene)
        before = found
        names = [item for item in found.items if group and item.group == group]
        if not names:
            raise StudioError("not_found", "scenes.no_group", group=group, scene=found.name)
        for name in names:
            found = found.with_item(replace(name, is_enabled=on))
        self._scenes.put(found)
        for name in names:
            self._tell("enabled", scene, replace(name, is_enabled=on))
        # Some may have been hidden before: each goes back to what it was.
        return changed("scenes", undo=way_back("scenes.put", "scene", before, found))

    @command(
        "items.place",
        label=("摆放元素", "Place items"),
        help=(
            "一次改变几个元素的位置（拖动一组时）。",
            "Gives several items their places at once, as when a group is dragged.",
        ),
    )
    def place_items(
        self, scene: str, boxes: dict[str, Box], canvas: CanvasName = "landscape"
    ) -> Changed:
        before: dict[str, Box] = {}
        whole = self._scenes.get(scene)
        is_new = False
        for item, box in boxes.items():
            check_box(box)
            found, scene_item = self._scenes.item(scene, item)
            if scene_item.is_locked:
                raise StudioError(
                    "conflict", "scenes.locked", item=scene_item.source, scene=found.name
                )
        for item, box in boxes.items():
            found, scene_item = self._scenes.item(scene, item)
            is_new = is_new or canvas not in scene_item.boxes
            before[item] = scene_item.boxes.get(canvas, Box())
            after = replace(scene_item, boxes={**scene_item.boxes, canvas: box})
            self._scenes.put(found.with_item(after))
            self._tell("changed", scene, after)
        if is_new:  # it was not on this canvas at all
            left = self._scenes.get(scene)
            return changed("scenes", undo=way_back("scenes.put", "scene", whole, left))
        undo = {"scene": scene, "boxes": plain(before), "canvas": canvas}
        return changed("scenes", undo=("items.place", undo))

    def _check_shown(self, scene: str, source: str) -> None:
        """Would the scene show itself with this source in it?"""
        found = self._scenes.get(scene)
        made = Item(id=0, source=source)
        self._check_round(replace(found, items=(made, *found.items)))

    def _tell(self, what: str, scene: str, item: Item) -> None:
        self._announce(
            ItemChanged(
                what=what,
                scene=self._scenes.get(scene).name,
                item=item.id,
                source=item.source,
                is_enabled=item.is_enabled,
            )
        )
