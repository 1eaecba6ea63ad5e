"""The show file: what a folder NAME.show/ holds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from studio.scenes.model import Canvases

SCHEMA = 1
Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9a-fA-F]{6}$")]


class BrandKit(msgspec.Struct, frozen=True):
    """The brand's colours ("#rrggbb"), font and logo; everything drawn on the picture wears them.

    Attributes:
        accent: prices and what calls.
        bar: edges of comments and lower thirds.
        ink, paper: the product card.
        plate, plate_ink: ground and text of comments, lower thirds and titles.
        top, bottom: the two ends of colour grounds.
        font: a font file in the show's folder, or the name of an installed family; "" is ours.
        logo: a picture in the show's folder; "" for none.
        logo_corner, logo_size: where it stands, and how high, as a part of the short side.
    """

    accent: Colour = "#d42a34"
    bar: Colour = "#4c8dff"
    ink: Colour = "#1b1e25"
    paper: Colour = "#ffffff"
    plate: Colour = "#0e1016"
    plate_ink: Colour = "#ffffff"
    top: Colour = "#2b3350"
    bottom: Colour = "#151925"
    font: str = ""
    logo: str = ""
    logo_corner: Literal["top-left", "top-right", "bottom-left", "bottom-right"] = "top-left"
    logo_size: Annotated[float, msgspec.Meta(ge=0.02, le=0.4)] = 0.09


class ShowHead(msgspec.Struct, frozen=True):
    """What stands at the top of show.json; every room's part follows under its own name.

    Attributes:
        schema: version of the file's form.
        language: of what viewers see ("zh", "en").
        fps: ticks a second, "30" or "30000/1001".
    """

    schema: int = SCHEMA
    name: str = ""
    language: str = "zh"
    fps: str = "30"
    canvases: Canvases = Canvases()


class ShowView(msgspec.Struct, frozen=True):
    """The part "show" of the state.

    Attributes:
        is_readonly: the demo show cannot be saved.
        own_name: what a copy of one's own would be called, of the demo show.
        error: why it could not be saved, or was opened from a copy; "" while all is well.
    """

    name: str = ""
    folder: str = ""
    language: str = "zh"
    is_readonly: bool = False
    own_name: str = ""
    error: str = ""


class EngineView(msgspec.Struct, frozen=True):
    """The part "engine" of the state: what is true of the engine as a whole.

    Attributes:
        warnings: what could not be used, Chinese and English.
        demo_follows: the demo show speaks the desk's language.
    """

    fps: str = "30"
    is_safe: bool = False
    secrets_in: str = ""
    recordings: str = ""
    warnings: tuple[tuple[str, str], ...] = ()
    demo_follows: bool = False


Raw = dict[str, Any]
"""show.json as read: unknown keys are kept and written back."""
