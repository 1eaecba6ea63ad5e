"""Scenes from outside: preview, take, edit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.scenes.events import ItemChanged, SceneListChanged, StudioModeChanged
from studio.scenes.keeper import Scenes
from studio.scenes.model import Box, Crop, Fit, Item, Scene, new_id, plain

CanvasArg = Literal["", "landscape", "portrait"]
FAR = 100.0  # canvases; whoever zooms in that far sees one pixel
Ms = Annotated[int, msgspec.Meta(ge=0, le=20_000)]


class SceneCommands:
    """The scene row, programme and preview."""

    def __init__(
        self,
        scenes: Scenes,
        announce: Callable[[Any], None],
        has_source: Callable[[str], bool],
        is_sent: Callable[[str], bool] = lambda canvas: False,
    ) -> None:
        self._scenes = scenes
        self._announce = announce
        self._has_source = has_source
        self._is_sent = is_sent

    @command(
        "scenes.preview",
        label=("预监", "Preview"),
        help=("把场景放到预监；可用名称或序号。", "Puts a scene on preview, by name or number."),
        keys="1…9",
    )
    def preview(self, scene: str, canvas: CanvasArg = "") -> Changed:
        before = self._scenes.state.preview.get(canvas or "landscape", "")
        if self._scenes.state.is_studio_mode:
            self._scenes.set_preview(scene, canvas)
        else:
            self._scenes.take(self._scenes.get(scene).name, canvas)
        undo = ("scenes.preview", {"scene": before, "canvas": canvas})
        return changed("scenes", undo=undo)

    @command(
        "scenes.take",
        label=("切出", "Take"),
        help=(
            "把预监（或指定场景）切到直播。",
            "Puts the preview, or the scene named, on programme.",
        ),
        keys="Return",
    )
    def take(
        self,
        scene: str = "",
        canvas: CanvasArg = "",
        transition: str = "",
        duration_ms: Ms | None = None,
    ) -> Changed:
        before = self._scenes.take(scene, canvas, transition, duration_ms)
        undo = ("scenes.take", {"scene": before, "canvas": canvas})
        return changed("scenes", undo=undo)

    @command(
        "scenes.standby",
        label=("一键垫片", "Standby"),
        help=("立即切到垫片场景。", "Cuts to the standby scene at once."),
        keys="Esc",
    )
    def standby(self, canvas: CanvasArg = "") -> Changed:
        scene = self._scenes.for_purpose("standby")
        if scene is None:
            raise StudioError("not_found", "scenes.no_standby")
        before = self._scenes.take(scene.name, canvas, "cut")
        return changed("scenes", undo=("scenes.take", {"scene": before, "canvas": canvas}))

    @command(
        "scenes.transition",
        label=("转场", "Transition"),
        help=("选择转场方式和时长。", "Chooses the transition and how long it takes."),
    )
    def transition(self, kind: str, duration_ms: Ms | None = None) -> Changed:
        before = self._scenes.state.transition
        self._scenes.set_transition(kind, duration_ms)
        undo = {"kind": before.kind, "duration_ms": before.duration_ms}
        return changed("scenes", undo=("scenes.transition", undo))

    @command(
        "scenes.studio_mode",
        label=("双画面模式", "Studio mode"),
        help=("开关预监/直播双画面。", "Switches the preview on or off."),
    )
    def studio_mode(self, on: bool) -> Changed:
        before = self._scenes.state.is_studio_mode
        self._scenes.set_studio_mode(on)
        if before != on:
            self._announce(StudioModeChanged(is_on=on))
        return changed("scenes", undo=("scenes.studio_mode", {"on": before}))

    @command(
        "scenes.canvas",
        role=Role.TECHNICIAN,
        label=("画布", "Canvas"),
        help=("开关一个画布（横屏或竖屏）。", "Switches a canvas (landscape, portrait) on or off."),
    )
    def canvas(self, name: Literal["landscape", "portrait"], on: bool) -> Changed:
        before = self._scenes.state.canvas(name)
        if not on and self._is_sent(name):  # its viewers would get the standby clip
            raise StudioError("conflict", "scenes.canvas_sent", canvas=name)
        self._scenes.set_canvas(replace(before, is_enabled=on))
        undo = {"name": name, "on": before.is_enabled}
        return changed("scenes", undo=("scenes.canvas", undo))

    @command(
        "scenes.add",
        label=("新建场景", "New scene"),
        help=("在末尾新建一个空场景。", "Makes an empty scene at the end of the row."),
    )
    def add(self, name: str, purpose: str = "") -> Changed:
        scene = Scene(name=name, purpose=purpose)
        self._scenes.add(scene)
        self._announce(SceneListChanged(what="created", scene=name))
        return changed("scenes", result=plain(scene), undo=("scenes.remove", {"name": name}))

    @command(
        "scenes.copy",
        label=("复制场景", "Copy scene"),
        help=("复制一个场景。", "Copies a scene."),
    )
    def copy(self, name: str, new_name: str) -> Changed:
        scene = replace(self._scenes.get(name), name=new_name, id=new_id(), purpose="")
        self._scenes.add(scene)
        self._announce(SceneListChanged(what="created", scene=new_name))
        return changed("scenes", result=plain(scene), undo=("scenes.remove", {"name": new_name}))

    @command(
        "scenes.remove",
        label=("删除场景", "Remove scene"),
        help=("删除不在直播中的场景。", "Removes a scene that is not on air."),
    )
    def remove(self, name: str) -> Changed:
        scene = self._scenes.remove(name)
        self._announce(SceneListChanged(what="removed", scene=scene.name))
        return changed("scenes", undo=("scenes.restore", {"scene": plain(scene)}))

    @command(
        "scenes.restore",
        label=("恢复场景", "Restore scene"),
        help=("放回一个场景（撤销删除）。", "Puts a removed scene back."),
    )
    def restore(self, scene: Scene) -> Changed:
        self._scenes.add(scene)
        self._announce(SceneListChanged(what="created", scene=scene.name))
        return changed("scenes", undo=("scenes.remove", {"name": scene.name}))

    @command(
        "scenes.rename",
        label=("重命名场景", "Rename scene"),
        help=("修改场景名称。", "Renames a scene."),
    )
    def rename(self, name: str, new_name: str) -> Changed:
        old = self._scenes.get(name).name
        self._scenes.rename(old, new_name)
        self._announce(SceneListChanged(what="renamed", scene=new_name, before=old))
        return changed("scenes", undo=("scenes.rename", {"name": new_name, "new_name": old}))

    @command(
        "scenes.own_transition",
        label=("场景专属转场", "Scene's own transition"),
        help=(
            "切到该场景时总用这种转场；空为用全局的。",
            "Taking this scene always uses this transition; empty: the show's.",
        ),
    )
    def own_transition(self, scene: str, kind: str = "", duration_ms: Ms = 0) -> Changed:
        old = self._scenes.get(scene)
        if kind:
            self._scenes.kinds.get(kind)
        self._scenes.put(replace(old, transition=kind, transition_ms=duration_ms))
        undo = {"scene": old.name, "kind": old.transition, "duration_ms": old.transition_ms}
        return changed("scenes", undo=("scenes.own_transition", undo))

    @command(
        "items.add",
        label=("添加元素", "Add item"),
        help=("把来源放到场景最上层。", "Puts a source on a scene, on top."),
    )
    def add_item(self, scene: str, source: str, enabled: bool = True) -> Changed:
        if not self._has_source(source):
            raise StudioError("not_found", "sources.no_source", name=source)
        item = self._scenes.add_item(scene, source, is_enabled=enabled)
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
        _, one = self._scenes.item(scene, item)
        target = self._scenes.get(to_scene or scene).name
        fields = {name: getattr(one, name) for name in one.__struct_fields__}
        for name in ("id", "source"):
            fields.pop(name)
        made = self._scenes.add_item(target, one.source, **fields)
        self._tell("created", target, made)
        undo = ("items.remove", {"scene": target, "item": made.id})
        return changed("scenes", result=plain(made), undo=undo)

    @command(
        "items.remove",
        label=("移除元素", "Remove item"),
        help=("从场景中移除元素，来源保留。", "Takes an item off a scene; the source stays."),
    )
    def remove_item(self, scene: str, item: int | str) -> Changed:
        found, one = self._scenes.item(scene, item)
        rest = tuple(i for i in found.items if i.id != one.id)
        self._scenes.put(replace(found, items=rest))
        self._tell("removed", scene, one)
        undo = ("items.add", {"scene": scene, "source": one.source, "enabled": one.is_enabled})
        return changed("scenes", undo=undo)

    @command(
        "items.enable",
        label=("显示/隐藏元素", "Show or hide item"),
        help=("显示或隐藏场景中的元素。", "Shows or hides an item of a scene."),
    )
    def enable_item(self, scene: str, item: int | str, on: bool) -> Changed:
        found, one = self._scenes.item(scene, item)
        self._scenes.put(found.with_item(replace(one, is_enabled=on)))
        self._tell("enabled", scene, replace(one, is_enabled=on))
        undo = ("items.enable", {"scene": scene, "item": one.id, "on": one.is_enabled})
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
        opacity: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None,
        locked: bool | None = None,
    ) -> Changed:
        found, one = self._scenes.item(scene, item)
        new: dict[str, Any] = {}
        if box is not None:
            _check_box(box)
            names = [canvas] if canvas else list(one.boxes) or ["landscape"]
            new["boxes"] = {**one.boxes, **dict.fromkeys(names, box)}
        for key, value in (("crop", crop), ("fit", fit), ("opacity", opacity)):
            if value is not None:
                new[key] = value
        if locked is not None:
            new["is_locked"] = locked
        after = replace(one, **new)
        self._scenes.put(found.with_item(after))
        self._tell("changed", scene, after)
        return changed("scenes", undo=("items.restore", {"scene": scene, "item": plain(one)}))

    @command(
        "items.restore",
        label=("恢复元素", "Restore item"),
        help=("把元素恢复为给定状态。", "Gives an item back the state it had."),
    )
    def restore_item(self, scene: str, item: Item) -> Changed:
        found, one = self._scenes.item(scene, item.id)
        self._scenes.put(found.with_item(item))
        self._tell("changed", scene, item)
        return changed("scenes", undo=("items.restore", {"scene": scene, "item": plain(one)}))

    @command(
        "items.move",
        label=("调整层次", "Reorder item"),
        help=("把元素移到第 index 层，0 为最底。", "Moves an item to layer index, 0 at the back."),
    )
    def move_item(self, scene: str, item: int | str, index: int) -> Changed:
        found, one = self._scenes.item(scene, item)
        before = found.items.index(one)
        rest = [i for i in found.items if i.id != one.id]
        rest.insert(max(0, min(index, len(rest))), one)
        self._scenes.put(replace(found, items=tuple(rest)))
        self._tell("moved", scene, one)
        undo = ("items.move", {"scene": scene, "item": one.id, "index": before})
        return changed("scenes", undo=undo)

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


def _check_box(box: Box) -> None:
    """A box may reach over the canvas's edges, but it must have a size and be somewhere near."""
    is_near = all(-FAR <= at <= FAR for at in (box.x, box.y))  # false for nan as well
    if not (is_near and 0 < box.w <= FAR and 0 < box.h <= FAR):
        raise StudioError("invalid", "scenes.bad_box", x=box.x, y=box.y, w=box.w, h=box.h)
