"""Sources from outside: add, edit, remove, media control."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.names import check_name, free_name
from studio.core.places import names_place
from studio.core.taking_back import taken_back, way_back
from studio.sources.bank import SourceManager
from studio.sources.camera_modes import cameras_with_modes
from studio.sources.events import SourceListChanged
from studio.sources.health import Fault
from studio.sources.kinds.desktop_sound import loopbacks
from studio.sources.kinds.microphone import microphones
from studio.sources.kinds.screen import window_titles
from studio.sources.model import OnLoss, SourceSpec
from studio.sources.obs import without_obs

MediaAction = Literal[
    "play", "pause", "restart", "stop", "seek", "next", "previous", "cue", "reset"
]

MOST_GONE = 50
MOST_MS = 1e9
"""Eleven days: no film is longer, and no clock overflows."""


class SourceCommands:
    """The sources of the show.

    Args:
        is_used: names of the scenes that show a source.
        on_rename: tells scenes and mixer of a new name.
        check_round: raises for a source that would show itself.
    """

    def __init__(
        self,
        bank: SourceManager,
        announce: Callable[[Any], None],
        is_used: Callable[[str], list[str]],
        on_rename: Callable[[str, str], None],
        check_round: Callable[[SourceSpec], None] = lambda spec: None,
        on_return: Callable[[str], None] = lambda name: None,
    ) -> None:
        self._bank = bank
        self._announce = announce
        self._is_used = is_used
        self._on_rename = on_rename
        self._check_round = check_round
        self._on_return = on_return
        self._gone: dict[str, SourceSpec] = {}
        """The last that were removed: they come back as they were, faults and all."""

    def reset(self) -> None:
        """Forgets what was removed: the show is left."""
        self._gone.clear()

    @command(
        "sources.add",
        label=("新建来源", "New source"),
        help=("新建摄像头、视频、图片等来源。", "Makes a source: camera, clip, image and others."),
    )
    def add(self, name: str, kind: str, settings: dict[str, Any] | None = None) -> Changed:
        self._check_new(name)
        its = self._bank.kinds.get(kind)
        own = without_obs(kind, settings or {}, frozenset(its.Settings.__struct_fields__))
        spec = SourceSpec(name=name, kind=kind, settings=own, version=its.version)
        self._bank.check(spec, spec.settings)
        self._check_round(spec)
        self._bank.put(spec)
        self._announce(SourceListChanged(what="created", source=name, kind=kind))
        return changed("sources", "sound", undo=("sources.remove", {"name": name}))

    @command(
        "sources.edit",
        label=("修改来源", "Edit source"),
        help=(
            "修改来源的设置；只写要改的项。撤销时 instead_of 是那一步留下的，只还原有差别的项。",
            "Changes a source's settings; only those given. In an undo instead_of is what the step "
            "had left: only where it differs is anything given back.",
        ),
    )
    def edit(
        self,
        name: str,
        settings: dict[str, Any],
        replace_all: bool = False,
        instead_of: dict[str, Any] | None = None,
    ) -> Changed:
        old = self._bank.get(name)
        if instead_of is not None:
            merged = taken_back(old.settings, instead_of, settings)
        else:
            merged = settings if replace_all else {**old.settings, **settings}
        spec = replace(old, settings=merged)
        self._bank.check(spec, [setting for setting in settings if setting not in old.settings])
        self._check_round(spec)
        self._bank.put(spec)
        self._announce(SourceListChanged(what="edited", source=name, kind=spec.kind))
        undo = way_back("sources.edit", "settings", old.settings, merged, name=name)
        return changed("sources", undo=undo)

    @command(
        "sources.become",
        label=("换成另一种来源", "Make a source another kind"),
        help=(
            "名称、位置、滤镜不变，换成摄像头等另一种来源：占位画面一步换成真机位。",
            "A source becomes another kind under its own name, in all its places, with its "
            "filters: a placeholder becomes a camera.",
        ),
    )
    def become(
        self,
        name: str,
        kind: str,
        settings: dict[str, Any] | None = None,
        version: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None,
    ) -> Changed:
        old = self._bank.get(name)
        its = self._bank.kinds.get(kind)
        own = without_obs(kind, settings or {}, frozenset(its.Settings.__struct_fields__))
        spec = replace(old, kind=kind, settings=own, version=version or its.version)
        self._bank.check(spec, spec.settings)
        self._check_round(spec)
        self._bank.put(spec)
        self._announce(SourceListChanged(what="edited", source=name, kind=kind))
        undo = {
            "name": name,
            "kind": old.kind,
            "settings": old.settings,
            "version": old.version,
        }
        return changed("sources", "sound", undo=("sources.become", undo))

    @command(
        "sources.remove",
        label=("删除来源", "Remove source"),
        help=("删除未被场景使用的来源。", "Removes a source that no scene uses."),
    )
    def remove(self, name: str) -> Changed:
        self._bank.get(name)
        scenes = self._is_used(name)
        if scenes:
            raise StudioError("conflict", "sources.in_use", name=name, scenes=", ".join(scenes))
        spec = self._bank.remove(name)
        self._gone.pop(name, None)
        self._gone[name] = spec
        if len(self._gone) > MOST_GONE:
            self._gone.pop(next(iter(self._gone)))
        self._announce(SourceListChanged(what="removed", source=name, kind=spec.kind))
        undo = {"spec": msgspec.to_builtins(spec)}
        return changed("sources", "sound", undo=("sources.put_back", undo))

    @command(
        "sources.put_back",
        label=("恢复来源", "Put a source back"),
        help=(
            "按保存的完整内容恢复来源，含滤镜与信号丢失时的画面。",
            "Puts a source back as it was, filters and all.",
        ),
    )
    def put_back(self, spec: dict[str, Any]) -> Changed:
        try:
            wanted = msgspec.convert(spec, SourceSpec)
        except msgspec.ValidationError as error:
            raise StudioError("invalid", "sources.bad_spec", why=str(error)) from None
        self._check_new(wanted.name)
        if self._gone.get(wanted.name) != wanted:
            self._bank.check(wanted, wanted.settings)
            self._bank.check_filters(wanted.filters)
        self._check_round(wanted)
        self._bank.put(wanted)
        self._on_return(wanted.name)
        self._announce(SourceListChanged(what="created", source=wanted.name, kind=wanted.kind))
        return changed("sources", "sound", undo=("sources.remove", {"name": wanted.name}))

    @command(
        "sources.copy",
        label=("复制来源", "Copy a source"),
        help=(
            "复制来源及其滤镜；新名称留空则自动取名。",
            "Makes another source like this one, filters and all; finds a name when none is given.",
        ),
    )
    def copy(self, name: str, new_name: str = "") -> Changed:
        old = self._bank.get(name)
        wanted = new_name.strip() or free_name(name, self._bank.specs)
        self._check_new(wanted)
        self._bank.put(replace(old, name=wanted))
        self._announce(SourceListChanged(what="created", source=wanted, kind=old.kind))
        undo = ("sources.remove", {"name": wanted})
        return changed("sources", "sound", result={"name": wanted}, undo=undo)

    @command(
        "sources.on_loss",
        label=("信号丢失时的画面", "On loss of a source"),
        help=(
            "来源丢失时：hold 保持最后画面，slate 显示垫片（可选图片），hide 隐藏。",
            "While a source is lost: hold its last picture, show a slate (a picture may be chosen),"
            " or hide it.",
        ),
    )
    def on_loss(
        self, name: str, policy: OnLoss, picture: Annotated[str, names_place("read")] = ""
    ) -> Changed:
        old = self._bank.get(name)
        self._bank.set_on_loss(name, policy, picture)
        self._announce(SourceListChanged(what="edited", source=name, kind=old.kind))
        undo = {"name": name, "policy": old.on_loss, "picture": old.slate}
        return changed("sources", undo=("sources.on_loss", undo))

    @command(
        "sources.rename",
        label=("重命名来源", "Rename source"),
        help=("修改来源名称。", "Renames a source."),
    )
    def rename(self, name: str, new_name: str) -> Changed:
        self._bank.get(name)
        check_name(new_name)
        self._bank.rename(name, new_name)
        self._on_rename(name, new_name)
        self._announce(SourceListChanged(what="renamed", source=new_name, before=name))
        undo = {"name": new_name, "new_name": name}
        return changed("sources", "scenes", "sound", undo=("sources.rename", undo))

    @command(
        "sources.devices",
        label=("本机设备", "Devices"),
        help=(
            "列出本机摄像头（含支持的格式）、麦克风、桌面声音与窗口，不开始采集。",
            "Lists cameras (with their modes), microphones, desktop sounds and windows; nothing "
            "is captured.",
        ),
    )
    async def devices(self) -> Changed:
        found = await asyncio.gather(
            asyncio.to_thread(cameras_with_modes),
            asyncio.to_thread(microphones),
            asyncio.to_thread(loopbacks),
            asyncio.to_thread(window_titles),
            return_exceptions=True,
        )
        shown = [[] if isinstance(entry, BaseException) else entry for entry in found]
        self._bank.cameras = {str(c["id"]): str(c.get("name", "")) for c in shown[0]}
        names = ("cameras", "microphones", "desktop_sounds", "windows")
        return changed(result=dict(zip(names, shown, strict=True)))

    @command(
        "sources.address",
        role=Role.CONTROLLER,
        label=("推流地址", "Ingest address"),
        help=(
            "接收推流的来源：手机或编码器要填写的地址与密钥。",
            "Of a source that takes pushed streams: the address and key to enter on the phone.",
        ),
    )
    def address(self, name: str) -> Changed:
        spec = self._bank.get(name)
        if spec.kind != "ingest":
            raise StudioError("invalid", "sources.no_ingest", name=name)
        kind = self._bank.kinds.get(spec.kind)
        device_source: Any = kind(kind.decode(spec.settings, spec.version), self._bank.around)
        server, key = device_source.address()[0], device_source.key()
        return changed(result={"server": server, "key": key, "url": f"{server}/{key}"})

    @command(
        "sources.media",
        label=("播放控制", "Media control"),
        help=(
            "播放、暂停、重播、停止、跳转（毫秒）、上一个、下一个；cue 跳到第 at_ms 个标记点；"
            "reset 让倒计时归位；restart 重新加载网页。",
            "Play, pause, restart, stop, seek (ms), next, previous; cue goes to cue point number "
            "at_ms; reset puts a countdown back, restart loads a web page anew.",
        ),
    )
    def media(
        self,
        name: str,
        action: MediaAction,
        at_ms: Annotated[float, msgspec.Meta(ge=-MOST_MS, le=MOST_MS)] = 0.0,
    ) -> Changed:
        self._bank.get(name)
        runner = self._bank.runners.get(name)
        if runner:
            runner.control(action, at_ms)
        return changed("sources")

    @command(
        "sources.fault",
        role=Role.TECHNICIAN,
        label=("演练故障", "Put in a fault"),
        help=("演练用：让来源丢失或冻结。", "For drills: lets a source be lost or freeze."),
    )
    def fault(self, name: str, fault: Literal["none", "lost", "frozen"]) -> Changed:
        self._bank.fault(name, Fault(fault))
        undo = {"name": name, "fault": "none"}
        return changed("sources", undo=("sources.fault", undo))

    def _check_new(self, name: str) -> None:
        check_name(name)
        if name in self._bank.specs:
            raise StudioError("conflict", "sources.name_taken", name=name)
