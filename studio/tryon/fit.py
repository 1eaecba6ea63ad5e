"""How a good sits: the small file beside its picture, and the proposal where there is none."""

from __future__ import annotations

from pathlib import Path

import msgspec

from studio.core.bounded import TEXT_BYTES, read_bounded
from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.whole_file import write_whole


class Fit(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the picture alone does not say. Stored as ``NAME.fit.json`` beside the asset.

    Attributes:
        kind: the garment kind it is for.
        width_mm: real width between the anchors the kind measures by (see its help); 0 means
            as usual for the kind.
        anchors: places on the picture by name, each (x, y) in 0..1 of it.
        offset_mm: moved to the picture's right, up, towards the camera.
        tilt_deg: turned clockwise.
        is_occluded: hidden where the body is in front of it.
        colour: of paint (make-up), ``#rrggbb``; empty takes it from the asset.
    """

    kind: str = ""
    width_mm: float = 0.0
    anchors: dict[str, tuple[float, float]] = {}
    offset_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tilt_deg: float = 0.0
    is_occluded: bool = True
    colour: str = ""


def path_for(asset: Path) -> Path:
    """Where the fit of an asset is kept."""
    return asset.with_name(asset.stem + ".fit.json")


def read(path: Path) -> Fit | None:
    """The fit stored at ``path``, None when there is none.

    Raises:
        StudioError: invalid, saying what is wrong with the file.
    """
    try:
        data = read_bounded(path, TEXT_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StudioError(
            "unavailable", "tryon.fit_broken", path=str(path), why=str(error)
        ) from None
    try:
        return checked(msgspec.json.decode(data, type=Fit))
    except (msgspec.DecodeError, ValueError) as error:
        raise StudioError("invalid", "tryon.fit_broken", path=str(path), why=str(error)) from None


def checked(fit: Fit) -> Fit:
    """The same fit when its numbers can be real.

    Raises:
        ValueError: saying which cannot.
    """
    if not 0 <= fit.width_mm <= 2000:
        raise ValueError(f"width_mm {fit.width_mm:g} is not within 0..2000")
    for name, (x, y) in fit.anchors.items():
        if not (-0.5 <= x <= 1.5 and -0.5 <= y <= 1.5):
            raise ValueError(f"anchor {name} ({x:g}, {y:g}) lies far off the picture (0..1)")
    if not abs(fit.tilt_deg) <= 360:
        raise ValueError(f"tilt_deg {fit.tilt_deg:g} is not within -360..360")
    if not all(abs(value) <= 1000 for value in fit.offset_mm):
        raise ValueError("offset_mm is not within -1000..1000")
    if fit.colour:
        rgb_of(fit.colour)
    return fit


def write(path: Path, fit: Fit) -> None:
    """Stores a fit, whole or not at all."""
    write_whole(path, msgspec.json.format(encode_json(fit), indent=2) + "\n")


def rgb_of(colour: str) -> tuple[int, int, int]:
    """``#rrggbb`` as numbers.

    Raises:
        ValueError: it is not one.
    """
    digits = colour.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"{colour} is no colour; write it as #c8102e")
    try:
        value = int(digits, 16)
    except ValueError:
        raise ValueError(f"{colour} is no colour; write it as #c8102e") from None
    return value >> 16, value >> 8 & 255, value & 255


def from_flat(values: dict[str, float | str | bool], base: Fit | None = None) -> Fit:
    """A fit from plain values, as products carry them; ``base`` gives what they leave out.

    Offsets are ``offset_x_mm``, ``offset_y_mm``, ``offset_z_mm``; an anchor is a pair
    ``NAME_x``, ``NAME_y`` in 0..1. Values that are not of a fit (settings) are passed over.

    Raises:
        ValueError: saying which value cannot be.
    """
    fit = base or Fit()
    offset = list(fit.offset_mm)
    anchors = dict(fit.anchors)
    plain: dict[str, object] = {}
    for key, value in values.items():
        if key in ("width_mm", "tilt_deg", "colour", "is_occluded", "kind"):
            plain[key] = value
        elif key in _OFFSETS:
            offset[_OFFSETS.index(key)] = float(value)
        elif key.endswith(("_x", "_y")) and not isinstance(value, str):
            name = key[:-2]
            x, y = anchors.get(name, (0.5, 0.5))
            anchors[name] = (float(value), y) if key.endswith("_x") else (x, float(value))
    whole = msgspec.to_builtins(fit) | plain
    whole |= {"offset_mm": offset, "anchors": anchors}
    return checked(msgspec.convert(whole, Fit, strict=False))


_OFFSETS = ("offset_x_mm", "offset_y_mm", "offset_z_mm")
NAMES = frozenset({"width_mm", "tilt_deg", "colour", "is_occluded", "kind", *_OFFSETS})
"""What `from_flat` knows beside anchors."""
