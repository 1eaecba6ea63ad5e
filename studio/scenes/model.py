"""Scenes as plain data: immutable, so that the picture thread reads them without a lock."""

from __future__ import annotations

import uuid
from typing import Annotated, Any, Literal

import msgspec

from studio.media.blend_modes import Blend

CanvasName = Literal["landscape", "portrait"]
STANDBY = "standby"
"""The purpose of scenes that viewers see while nobody is on air."""
CANVASES: tuple[CanvasName, CanvasName] = ("landscape", "portrait")
Fit = Literal["cover", "contain", "stretch", "native", "width", "height", "shrink"]
"""How a picture meets its box; see `Item`."""


def new_id() -> str:
    """A fresh identity."""
    return str(uuid.uuid4())


Side = Annotated[int, msgspec.Meta(ge=16, le=7680, multiple_of=2)]
"""Pixels of a canvas: chroma has half of them, so encoders take even ones alone."""


class Canvases(msgspec.Struct, frozen=True):
    """Sizes of the canvases, and which are on."""

    landscape: tuple[Side, Side] = (1920, 1080)
    portrait: tuple[Side, Side] = (1080, 1920)
    on: tuple[str, ...] = ("landscape", "portrait")


class Canvas(msgspec.Struct, frozen=True):
    """A picture that is composed and can go out.

    Attributes:
        width, height: pixels, even.
        is_enabled: composed at every tick; a canvas nobody uses costs nothing.
    """

    name: str
    width: int
    height: int
    is_enabled: bool = True


class Box(msgspec.Struct, frozen=True):
    """Where an item stands on a canvas, as parts (0..1) of the canvas's size.

    Parts, not pixels: the same show runs at 720p and 4K.
    """

    x: float = 0.0
    y: float = 0.0
    w: float = 1.0
    h: float = 1.0


class Crop(msgspec.Struct, frozen=True):
    """What is cut off a source's picture, as parts (0..1) of its size."""

    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


class Item(msgspec.Struct, frozen=True):
    """One source in a scene.

    Attributes:
        id: unique in its scene, never reused.
        source: name of the source.
        boxes: place per canvas; a canvas without a box doesn't show it.
        fit: cover fills the box and crops, contain shows all, stretch distorts; width and height
            take that side of the box alone; native is as large as the source's own pixels times
            a scale (see ``unit``), and shrink the same but never larger than the box.
        is_cut: what reaches over the box (cover, width, height) is cut off.
        unit: pixels (width, height) of the source, before the crop, that are as large as the box
            at the picture's own scale: that of native and shrink; the others keep the shape that
            it gives the picture. (0, 0) is one pixel of the canvas a pixel.
        anchor_x, anchor_y: the point of the box (of the picture, with native) that stays where it
            is when a native picture changes its size, and by which controllers name its place.
        focus_x, focus_y: which part of the picture stays in view where it is cut, and where in
            its box it stands where it is not (0.5 is the middle).
        rotation: degrees clockwise about the middle of its box.
        outline: corners of the part of the picture that is seen, as parts (0..1) of what the crop
            leaves of it, in either direction round; () is all of it.
        shear: how far its picture leans: pixels to the right a pixel down, before the turn.
        guessed: how large, in pixels, its picture was taken to be when the crop was reckoned; true
            sizes are taken up with the first picture. (0, 0) is a crop of whatever comes.
        blend: how it meets what is behind it.
        is_mirrored, is_flipped: left to right, upside down.
        group: items of a scene with the same word are picked, moved and hidden together.
        has_try_on: what is tried on is seen here; else the picture as it was before.
    """

    id: int
    source: str
    boxes: dict[str, Box] = msgspec.field(
        default_factory=lambda: {name: Box() for name in CANVASES}
    )
    fit: Fit = "cover"
    crop: Crop = Crop()
    opacity: float = 1.0
    is_enabled: bool = True
    is_locked: bool = False
    focus_x: float = 0.5
    focus_y: float = 0.5
    rotation: float = 0.0
    blend: Blend = "normal"
    is_mirrored: bool = False
    is_flipped: bool = False
    group: str = ""
    has_try_on: bool = True
    is_cut: bool = True
    unit: tuple[float, float] = (0.0, 0.0)
    anchor_x: float = 0.0
    anchor_y: float = 0.0
    shear: float = 0.0
    outline: tuple[tuple[float, float], ...] = ()
    guessed: tuple[float, float] = (0.0, 0.0)

    @property
    def is_turned(self) -> bool:
        """Does its picture stand otherwise than upright?"""
        return bool(self.rotation % 360) or self.shear != 0.0


class Scene(msgspec.Struct, frozen=True):
    """A scene: items from back to front.

    Attributes:
        label: what people see; "" shows the name.
        purpose: what it is for, so that plans find it: "host", "close_up", "standby", …
        transition: overrides the show's when this scene is taken; "" doesn't.
        transition_settings: of that transition.
    """

    name: str
    items: tuple[Item, ...] = ()
    id: str = msgspec.field(default_factory=new_id)
    purpose: str = ""
    transition: str = ""
    transition_ms: int = 0
    transition_settings: dict[str, Any] = {}
    colour: str = "#000000"

    @property
    def is_standby(self) -> bool:
        """While it is on programme viewers hear no voice and see no overlay."""
        return self.purpose == STANDBY

    def item(self, id: int) -> Item | None:
        """The item with this id."""
        return next((item for item in self.items if item.id == id), None)

    def with_item(self, changed: Item) -> Scene:
        """The scene with one item replaced."""
        items = tuple(changed if item.id == changed.id else item for item in self.items)
        return msgspec.structs.replace(self, items=items)


class TransitionChoice(msgspec.Struct, frozen=True):
    """How the next take will look."""

    kind: str = "cut"
    duration_ms: int = 300
    settings: dict[str, Any] = {}


class ScenesState(msgspec.Struct, frozen=True):
    """Everything about scenes, swapped as a whole.

    Attributes:
        scenes: in the order people see them; key n previews the n-th.
        programme, preview: scene name by canvas.
    """

    canvases: tuple[Canvas, ...] = (
        Canvas("landscape", 1920, 1080),
        Canvas("portrait", 1080, 1920, False),
    )
    scenes: tuple[Scene, ...] = ()
    programme: dict[str, str] = {}
    preview: dict[str, str] = {}
    transition: TransitionChoice = TransitionChoice()
    is_studio_mode: bool = True

    def scene(self, name: str) -> Scene | None:
        """The scene of this name."""
        return next((scene for scene in self.scenes if scene.name == name), None)

    def is_on_standby(self, canvas: str) -> bool:
        """Does the canvas have a standby scene on programme?"""
        scene = self.scene(self.programme.get(canvas, ""))
        return scene is not None and scene.is_standby

    def canvas(self, name: str) -> Canvas:
        """The canvas of this name (KeyError when there is none)."""
        for canvase in self.canvases:
            if canvase.name == name:
                return canvase
        raise KeyError(name)

    def with_scene(self, changed: Scene) -> ScenesState:
        """With one scene replaced (by its id)."""
        scenes = tuple(changed if scene.id == changed.id else scene for scene in self.scenes)
        return msgspec.structs.replace(self, scenes=scenes)


class BeforeStandby(msgspec.Struct, frozen=True):
    """What a canvas had before a standby scene came on.

    Attributes:
        entered_preview: what was on preview from then on; another one now was chosen meanwhile.
    """

    programme: str = ""
    preview: str = ""
    entered_preview: str = ""


class StandbyCheckpoint(msgspec.Struct, frozen=True):
    """The way back from standby, by canvas."""

    before: dict[str, BeforeStandby] = {}
    since_utc: str = ""


class OnStandbyView(msgspec.Struct, frozen=True):
    """Standby as desks and remotes see it.

    Attributes:
        canvases: those in use whose programme is a standby scene.
        back_to: the scene that `scenes.back` takes, by canvas; one without is left out.
        since_utc: when the first of them came on; "" when it was so from the beginning.
    """

    canvases: tuple[str, ...] = ()
    back_to: dict[str, str] = {}
    since_utc: str = ""


class OnAir(msgspec.Struct, frozen=True):
    """What must survive a kill: scene name by canvas, and what was before standby."""

    programme: dict[str, str] = {}
    preview: dict[str, str] = {}
    standby: StandbyCheckpoint = StandbyCheckpoint()


class TransitionView(msgspec.Struct, frozen=True):
    """A transition one can choose."""

    kind: str
    label: tuple[str, str] = ("", "")
    default_ms: int = 0
    is_instant: bool = False


class TallyView(msgspec.Struct, frozen=True):
    """A source's light: "programme" or "preview"; who has seen it."""

    state: str = ""
    seen_by: str | None = None


class ScenesView(ScenesState, frozen=True):
    """The part "scenes" of the state: scenes, lights, and the transitions there are.

    Attributes:
        tbar: where the T-bar stands, 0..1.
        on_standby: which canvases show standby, and where back leads.
    """

    transitions: tuple[TransitionView, ...] = ()
    tally: dict[str, TallyView] = {}
    tbar: float = 0.0
    on_standby: OnStandbyView = OnStandbyView()


def plain(value: Any) -> Any:
    """Structs as plain data."""
    return msgspec.to_builtins(value)
