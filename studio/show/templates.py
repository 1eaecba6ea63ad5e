"""Scene templates for shop-window work: what stands where, by purpose and kind of goods."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.core.names import LONGEST, check_name, free_name, tidy_name
from studio.core.paths import assets_dir
from studio.core.text import Text
from studio.scenes.keeper import SceneRepository
from studio.scenes.model import Box, Fit, Item, Scene
from studio.show.model import BrandKit
from studio.sources.bank import SourceManager
from studio.sources.model import FilterSpec, SourceSpec

CAMERAS = ("camera", "ingest", "stream", "screen", "clip", "playlist")
ROLES: dict[str, Text] = {
    "host": Text("主播机位", "Host camera"),
    "close_up": Text("商品特写", "Close-up"),
    "background": Text("底色", "Ground"),
    "room": Text("房间", "Room"),
    "product": Text("商品图", "Product picture"),
    "title": Text("标题", "Title"),
    "subtitle": Text("副标题", "Subtitle"),
}


class Goods(NamedTuple):
    """A product as a template needs it; the one that is being explained comes first."""

    name: str
    photo: str


class TemplateSlot(msgspec.Struct, frozen=True):
    """One place of a template.

    Attributes:
        role: what stands there; see `ROLES`.
        words: which of the category's words a text says.
        cut_out: the host without the room behind her.
    """

    role: str
    boxes: dict[str, Box]
    fit: Fit = "cover"
    focus_x: float = 0.5
    focus_y: float = 0.5
    words: str = ""
    cut_out: bool = False
    try_on: bool = False


class Template(msgspec.Struct, frozen=True):
    """A scene's plan; its key in the file is the scene's purpose."""

    label: tuple[str, str]
    slots: tuple[TemplateSlot, ...]


class Category(msgspec.Struct, frozen=True):
    """How goods of a kind are shown: colours, words, and places that differ."""

    label: tuple[str, str]
    colours: dict[str, str]
    words: dict[str, tuple[str, str]]
    slots: dict[str, dict[str, dict[str, Box]]] = {}


class Templates(msgspec.Struct, frozen=True):
    """``assets/templates/templates.json``."""

    purposes: dict[str, Template]
    categories: dict[str, Category]


@cache
def templates() -> Templates:
    """The templates there are."""
    path = assets_dir() / "templates" / "templates.json"
    return msgspec.json.decode(path.read_bytes(), type=Templates)


class Made(msgspec.Struct, frozen=True):
    """What a template made.

    Attributes:
        placeholders: sources that stand for a camera that is not there yet.
    """

    scene: str
    sources: tuple[str, ...]
    placeholders: tuple[str, ...]


class Builder:
    """Makes a scene from a template with the sources the show has.

    Args:
        language: of what viewers read.
    """

    def __init__(
        self,
        scenes: SceneRepository,
        bank: SourceManager,
        goods: tuple[Goods, ...],
        brand: BrandKit,
        language: str,
    ) -> None:
        self._scenes, self._bank = scenes, bank
        self._goods, self._brand, self._language = goods, brand, language
        self._new: list[str] = []
        self._placeholders: list[str] = []

    def build(self, purpose: str, category: str, name: str, given: dict[str, str]) -> Made:
        """Adds the sources that are missing, then the scene.

        Raises:
            StudioError: not_found (template, category, source), conflict (name).
        """
        known = templates()
        template, kind = known.purposes.get(purpose), known.categories.get(category)
        if template is None or kind is None:
            raise StudioError(
                "not_found",
                "show.no_template",
                name=purpose if template is None else category,
                known=", ".join(known.purposes if template is None else known.categories),
            )
        for role, source in given.items():
            if role not in ROLES:
                raise StudioError("not_found", "show.no_role", role=role, known=", ".join(ROLES))
            self._bank.get(source)
        name = name.strip() or free_name(
            Text(*template.label).in_language(self._language),
            {scene.name for scene in self._scenes.state.scenes},
        )
        if self._scenes.state.scene(name) is not None:
            raise StudioError("conflict", "scenes.name_taken", name=name)
        check_name(name)
        own = kind.slots.get(purpose, {})
        items = []
        for number, slot in enumerate(template.slots, 1):
            source = self._source(slot, kind, name, given)
            if slot.cut_out and "mirror" in self._bank.kinds:
                source = self._cut_out(source)
            items.append(
                Item(
                    number,
                    source,
                    own.get(slot.role, slot.boxes),
                    slot.fit,
                    focus_x=slot.focus_x,
                    focus_y=slot.focus_y,
                )
            )
        scene = Scene(name=name, items=tuple(items), purpose=purpose)
        if purpose == "standby" and self._scenes.for_purpose("standby") is not None:
            scene = replace(scene, purpose="")  # plans go to the one that is there
        self._scenes.add(scene)
        return Made(name, tuple(self._new), tuple(self._placeholders))

    def _source(self, slot: TemplateSlot, kind: Category, scene: str, given: dict[str, str]) -> str:
        if slot.role in given:
            return given[slot.role]
        if slot.role in ("host", "close_up"):
            return self._camera(slot.role)
        if slot.role == "product":
            return self._product(scene)
        if slot.role in ("title", "subtitle"):
            words = (
                kind.words.get(slot.words) or templates().categories["general"].words[slot.words]
            )
            text = Text(*words).in_language(self._language)
            settings = {
                "text": text,
                "size": 96 if slot.role == "title" else 48,
                "weight": 700 if slot.role == "title" else 400,
                "colour": self._brand.plate_ink,
                "shadow": True,
            }
            return self._make(f"{scene} {self._role(slot.role)}", "text", settings)
        colours = kind.colours
        if (self._brand.top, self._brand.bottom) != (BrandKit().top, BrandKit().bottom):
            colours = {"top": self._brand.top, "bottom": self._brand.bottom}
        label = Text(*kind.label).in_language(self._language)
        wanted = f"{label} {self._role(slot.role)}"
        return wanted if wanted in self._bank.specs else self._make(wanted, "colour", {**colours})

    def _camera(self, role: str) -> str:
        """The camera that scenes of this purpose show largest; else one that is free; else none."""
        cameras = [s.name for s in self._bank.specs.values() if s.kind in CAMERAS]
        for scene in self._scenes.state.scenes:
            if scene.purpose == role:
                shown = [i for i in scene.items if i.source in cameras and i.boxes]
                if shown:
                    return max(shown, key=lambda i: max(b.w * b.h for b in i.boxes.values())).source
        at = 0 if role == "host" else 1
        if len(cameras) > at:
            return cameras[at]
        wanted = self._role(role)
        if wanted not in self._bank.specs:
            text = f"{wanted}\n" + Text("（待接入）", "(not connected yet)").in_language(
                self._language
            )
            settings = {"text": text, "size": 48, "background": "#333844"}
            wanted = self._make(wanted, "text", settings)
        self._placeholders.append(wanted)
        return wanted

    def _product(self, scene: str) -> str:
        chosen = next((good for good in self._goods if good.photo), None)
        if chosen is None:
            settings = {"text": self._role("product"), "size": 48, "background": "#333844"}
            made = self._make(f"{scene} {self._role('product')}", "text", settings)
            self._placeholders.append(made)
            return made
        wanted = tidy_name(f"{self._role('product')} {chosen.name}")
        if wanted in self._bank.specs:
            return wanted
        return self._make(wanted, "image", {"path": chosen.photo})

    def _cut_out(self, source: str) -> str:
        behind = Text("（抠像）", " (cut out)").in_language(self._language)
        wanted = source[: LONGEST - len(behind)] + behind
        if wanted in self._bank.specs:
            return wanted
        cut = FilterSpec(name="抠像", kind="background", settings={"what": "clear"})
        spec = SourceSpec(name=wanted, kind="mirror", settings={"source": source}, filters=(cut,))
        self._bank.check(spec)
        self._bank.put(spec)
        self._new.append(wanted)
        return wanted

    def _make(self, name: str, kind: str, settings: dict[str, Any]) -> str:
        name = free_name(tidy_name(name), self._bank.specs)
        spec = SourceSpec(
            name=name, kind=kind, settings=settings, version=self._bank.kinds.get(kind).version
        )
        self._bank.check(spec)
        self._bank.put(spec)
        self._new.append(name)
        return name

    def _role(self, role: str) -> str:
        return ROLES[role].in_language(self._language)
