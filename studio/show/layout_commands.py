"""Scenes made for people: from templates, and from one orientation to the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.core.command import Changed, changed, command
from studio.core.errors import StudioError
from studio.core.taking_back import way_back, with_rows_taken_back
from studio.scenes.auto_layout import arranged
from studio.scenes.events import SceneListChanged
from studio.scenes.graph import SceneGraph
from studio.scenes.item_checks import check_scene
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import CanvasName, Scene, plain
from studio.show.templates import Builder, templates
from studio.sources.bank import SourceManager


class LayoutCommands:
    """Templates and automatic layout from outside.

    Args:
        builder: makes a builder that knows the show as it is now.
        focus_of: where a face is in a source's picture (0..1), None without one.
    """

    def __init__(
        self,
        scenes: SceneRepository,
        bank: SourceManager,
        graph: SceneGraph,
        builder: Callable[[], Builder],
        announce: Callable[[Any], None],
        focus_of: Callable[[str], tuple[float, float] | None] = lambda name: None,
    ) -> None:
        self._scenes, self._bank, self._graph = scenes, bank, graph
        self._builder = builder
        self._announce = announce
        self._focus_of = focus_of

    @command(
        "templates.list",
        label=("场景模板", "Scene templates"),
        help=("列出场景模板与品类。", "Lists the templates and the kinds of goods."),
    )
    def list_all(self) -> Changed:
        known = templates()
        return changed(
            result={
                "templates": {
                    name: list(purpose.label) for name, purpose in known.purposes.items()
                },
                "categories": {
                    name: list(purpose.label) for name, purpose in known.categories.items()
                },
            }
        )

    @command(
        "templates.use",
        label=("套用模板", "Use template"),
        help=(
            "按模板与品类新建场景，横竖屏同时排好；sources 指定角色对应的来源。",
            "Makes a scene for both canvases; sources says which source plays which role.",
        ),
    )
    def use(
        self,
        template: str,
        category: str = "general",
        name: str = "",
        sources: dict[str, str] | None = None,
    ) -> Changed:
        made = self._builder().build(template, category, name, sources or {})
        self._announce(SceneListChanged(what="created", scene=made.scene))
        undo = ("show.take_back", {"scenes": [made.scene], "sources": list(made.sources)})
        return changed("scenes", "sources", result=plain(made), undo=undo)

    @command(
        "scenes.auto_layout",
        label=("自动排版", "Lay out by itself"),
        help=(
            "按一个画布的布局自动排好另一个画布。",
            "Lays a scene out on one canvas from how it stands on the other.",
        ),
    )
    def auto_layout(
        self, scene: str, canvas: CanvasName = "portrait", only_missing: bool = False
    ) -> Changed:
        old = self._scenes.get(scene)
        other: CanvasName = "landscape" if canvas == "portrait" else "portrait"
        if not any(other in item.boxes for item in old.items):
            raise StudioError("invalid", "show.nothing_to_lay", scene=old.name, canvas=other)
        if only_missing and any(canvas in item.boxes for item in old.items):
            return changed("scenes")
        state = self._scenes.state
        sizes: dict[CanvasName, tuple[int, int]] = {
            name: (state.canvas(name).width, state.canvas(name).height) for name in (other, canvas)
        }
        new = arranged(old, other, canvas, sizes, self._size, self._is_title, self._focus_of)
        self._scenes.put(new)
        return changed("scenes", undo=way_back("scenes.put", "scene", old, new))

    @command(
        "scenes.put",
        label=("还原场景", "Put scene"),
        help=(
            "把场景换回给定状态（撤销）；有 instead_of（那一步留下的状态）时只还原有差别的项。",
            "Gives a scene back all its items as given; with instead_of, what the step had left, "
            "only where the two differ.",
        ),
    )
    def put(self, scene: Scene, instead_of: Scene | None = None) -> Changed:
        old = self._scenes.get(scene.id)
        if instead_of is not None:
            scene = with_rows_taken_back(old, instead_of, scene, "items", lambda item: str(item.id))
        if scene.name != old.name:
            raise StudioError("conflict", "scenes.name_taken", name=scene.name)
        check_scene(scene)
        self._graph.check_scene(scene)
        self._scenes.put(scene)
        return changed("scenes", undo=way_back("scenes.put", "scene", old, scene))

    def _size(self, source: str) -> tuple[int, int]:
        runner = self._bank.runners.get(source)
        shot = runner.latest if runner else None
        return (shot.frame.width, shot.frame.height) if shot else (0, 0)

    def _is_title(self, source: str) -> bool:
        spec = self._bank.specs.get(source)
        return spec is not None and spec.kind == "text"
