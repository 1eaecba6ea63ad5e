"""Scenes from outside: preview, take, edit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command, only_given
from studio.core.errors import StudioError
from studio.core.names import check_name
from studio.core.taking_back import taken_back
from studio.scenes.events import SceneListChanged, StudioModeChanged, TallyAcknowledged
from studio.scenes.item_checks import check_purpose, check_scene, check_transition
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import CanvasName, Scene, ScenesState, TransitionChoice, new_id, plain
from studio.sources.settings_check import check_settings

CanvasArg = Literal["", "landscape", "portrait"]
Ms = Annotated[int, msgspec.Meta(ge=0, le=20_000)]


class SceneCommands:
    """The scene row, programme and preview."""

    def __init__(
        self,
        scenes: SceneRepository,
        announce: Callable[[Any], None],
        is_sent: Callable[[str], bool] = lambda canvas: False,
        check_round: Callable[[Scene], None] = lambda scene: None,
    ) -> None:
        self._check_round = check_round
        self._scenes = scenes
        self._announce = announce
        self._is_sent = is_sent

    @command(
        "scenes.preview",
        label=("预监", "Preview"),
        help=("把场景放到预监；可用名称或序号。", "Puts a scene on preview, by name or number."),
        keys="1…9",
    )
    def preview(self, scene: str, canvas: CanvasArg = "") -> Changed:
        before = self._scenes.state
        if self._scenes.state.is_studio_mode:
            self._scenes.set_preview(scene, canvas)
        else:
            self._scenes.take(self._scenes.get(scene).name, canvas)
        return changed("scenes", undo=self._air_of(before))

    @command(
        "scenes.take",
        label=("切到直播", "Take"),
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
        before = self._scenes.state
        self._scenes.take(scene, canvas, transition, duration_ms)
        return changed("scenes", undo=self._air_of(before))

    @command(
        "scenes.tbar",
        label=("推杆", "T-bar"),
        help=(
            "用推杆手动转场：0 为直播，1 为预监。",
            "Moves the T-bar: 0 is programme, 1 has taken the preview.",
        ),
    )
    def tbar(
        self, position: Annotated[float, msgspec.Meta(ge=0, le=1)], canvas: CanvasArg = ""
    ) -> Changed:
        self._scenes.hold(position, canvas)
        return changed("scenes")

    @command(
        "scenes.put_air",
        label=("恢复直播画面", "Put programme back"),
        help=(
            "把每个画布的直播与预监恢复为给定场景（撤销切到直播）。",
            "Gives each canvas back the programme and preview it had.",
        ),
    )
    def put_air(
        self, programme: dict[CanvasName, str], preview: dict[CanvasName, str] | None = None
    ) -> Changed:
        before = self._scenes.state
        self._scenes.put_air(
            {str(c): name for c, name in programme.items()},
            {str(c): name for c, name in (preview or {}).items()},
        )
        return changed("scenes", undo=self._air_of(before))

    def _air_of(self, before: ScenesState) -> tuple[str, dict[str, Any]]:
        """Gives back what changed since; a canvas that another has taken since stays as it is."""
        now = self._scenes.state
        air = {
            "programme": _others_than(before.programme, now.programme),
            "preview": _others_than(before.preview, now.preview),
        }
        return ("scenes.put_air", air)

    @command(
        "tally.acknowledge",
        role=Role.STREAMER,
        label=("确认提示灯", "Acknowledge tally"),
        help=(
            "机位操作者确认已看到提示灯。",
            "The person at a camera says that the tally light was seen.",
        ),
    )
    def acknowledge(self, source: str, who: str = "") -> Changed:
        tally = self._scenes.tally()
        if source not in tally:
            known = ", ".join(sorted(tally)) or "–"
            raise StudioError("not_found", "scenes.no_tally", source=source, known=known)
        self._scenes.acknowledged[source] = (tally[source], who)
        self._announce(TallyAcknowledged(source=source, state=tally[source], who=who))
        return changed("scenes")

    @command(
        "scenes.standby",
        label=("一键垫片", "Standby"),
        help=(
            "立即切到垫片场景：麦克风关闭，贴片收起；scenes.back 原样返回。",
            "Cuts to the standby scene at once: no voice, no overlay; scenes.back undoes it all.",
        ),
        keys="F9",
    )
    def standby(self, canvas: CanvasArg = "") -> Changed:
        scene = self._scenes.for_purpose("standby")
        if scene is None:
            raise StudioError("not_found", "scenes.no_standby")
        before = self._scenes.state
        if self._scenes.is_all_on(scene.name, canvas):
            return changed()  # pressed twice: nothing to take back
        self._scenes.take(scene.name, canvas, "cut")
        return changed("scenes", undo=self._air_of(before))

    @command(
        "scenes.transition",
        label=("转场", "Transition"),
        help=(
            "选择转场方式和时长；不写 kind 则方式不变。instead_of 是那一步留下的：只还原有差别的。",
            "Chooses the transition and how long it takes; without a kind it stays the one it is. "
            "With instead_of, what the step had left, only where the two differ.",
        ),
    )
    async def transition(
        self,
        kind: str = "",
        duration_ms: Ms | None = None,
        settings: dict[str, Any] | None = None,
        instead_of: TransitionChoice | None = None,
    ) -> Changed:
        now = self._scenes.state.transition
        if instead_of is not None:
            ms = now.duration_ms if duration_ms is None else duration_ms
            wanted = TransitionChoice(kind or now.kind, ms, settings or {})
            choice = taken_back(now, instead_of, wanted)
            if now.kind != choice.kind:
                choice = replace(choice, settings=wanted.settings)
            elif now.kind != instead_of.kind:  # another chose it, with settings of its own
                choice = replace(choice, settings=now.settings)
            kind, duration_ms, settings = choice.kind, choice.duration_ms, choice.settings
        kind = kind or now.kind
        if settings is None and now.kind == kind:
            settings = now.settings
        await self._load(kind, settings or {})
        before = self._scenes.state.transition
        self._scenes.set_transition(kind, duration_ms, settings)
        undo = plain(before) | {"instead_of": plain(self._scenes.state.transition)}
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
        check_name(name)
        check_purpose(purpose)
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
        check_name(new_name)
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
        state = self._scenes.state
        scene = self._scenes.remove(name)
        self._announce(SceneListChanged(what="removed", scene=scene.name))
        index = [scene.id for scene in state.scenes].index(scene.id)
        undo = {"scene": plain(scene), "index": index, "preview": dict(state.preview)}
        return changed("scenes", undo=("scenes.restore", undo))

    @command(
        "scenes.restore",
        label=("恢复场景", "Restore scene"),
        help=("放回一个场景（撤销删除）。", "Puts a removed scene back."),
    )
    def restore(
        self, scene: Scene, index: int | None = None, preview: dict[str, str] | None = None
    ) -> Changed:
        check_scene(scene)
        check_transition(self._scenes.kinds, scene)
        self._check_round(scene)
        self._scenes.add(scene, index)
        self._scenes.put_preview(preview or {})
        self._announce(SceneListChanged(what="created", scene=scene.name))
        return changed("scenes", undo=("scenes.remove", {"name": scene.name}))

    @command(
        "scenes.rename",
        label=("重命名场景", "Rename scene"),
        help=("修改场景名称。", "Renames a scene."),
    )
    def rename(self, name: str, new_name: str) -> Changed:
        old = self._scenes.get(name).name
        check_name(new_name)
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
    async def own_transition(
        self,
        scene: str,
        kind: str = "",
        duration_ms: Ms = 0,
        settings: dict[str, Any] | None = None,
    ) -> Changed:
        if kind:
            await self._load(kind, settings or {})
        old = self._scenes.get(scene)
        self._scenes.put(
            replace(
                old,
                transition=kind,
                transition_ms=duration_ms,
                transition_settings=settings or {},
            )
        )
        undo = {
            "scene": old.name,
            "kind": old.transition,
            "duration_ms": old.transition_ms,
            "settings": old.transition_settings,
        }
        return changed("scenes", undo=("scenes.own_transition", undo))

    async def _load(self, kind: str, settings: dict[str, Any]) -> None:
        """Loads a transition off the loop, so that a bad film is told now and not at the take."""
        box = self._scenes.box
        check_settings(box.kinds.get(kind), settings, list(settings))
        transition = box.get(kind, settings)
        await asyncio.to_thread(box.prepare, transition, self._scenes.state.canvases)

    @command(
        "scenes.move",
        label=("移动场景", "Move scene"),
        help=("把场景移到第 index 位，0 为最前。", "Moves a scene to place index, 0 comes first."),
    )
    def move(self, name: str, index: int) -> Changed:
        scene = self._scenes.get(name)
        before = self._scenes.move(name, index)
        self._announce(SceneListChanged(what="moved", scene=scene.name))
        return changed("scenes", undo=("scenes.move", {"name": scene.name, "index": before}))

    @command(
        "scenes.set",
        label=("场景设置", "Scene settings"),
        help=("设置场景的用途与底色。", "Sets its purpose and the colour behind its items."),
    )
    def set_scene(
        self,
        scene: str,
        purpose: str | None = None,
        colour: Annotated[str, msgspec.Meta(pattern="^#[0-9a-fA-F]{6}$")] | None = None,
    ) -> Changed:
        old = self._scenes.get(scene)
        check_purpose(purpose or "")
        new = only_given(purpose=purpose, colour=colour)
        self._scenes.put(replace(old, **new))
        undo = {"scene": old.name} | {name: getattr(old, name) for name in new}
        return changed("scenes", undo=("scenes.set", undo))


def _others_than(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    return {canvas: scene for canvas, scene in before.items() if now.get(canvas) != scene}
