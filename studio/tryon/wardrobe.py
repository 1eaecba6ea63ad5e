"""From a product's try-on to a garment that can be drawn."""

from __future__ import annotations

import functools
from pathlib import Path

import msgspec

from studio.core.errors import StudioError
from studio.core.extension import Kinds
from studio.core.registry import discover
from studio.tryon import asset as assets
from studio.tryon import fit as fits
from studio.tryon import garments
from studio.tryon.garments.base import Garment


@functools.cache
def kinds() -> Kinds[Garment]:
    """All garment kinds."""
    return discover(garments, Garment)


def make(
    kind: str, asset: Path | None = None, values: dict[str, float | str | bool] | None = None
) -> Garment:
    """A garment ready to be drawn.

    Args:
        kind: garment kind.
        asset: its picture, None for what is a colour alone.
        values: fit and settings as a product carries them (`studio.tryon.fit.from_flat`); they
            win over the fit file beside the asset.

    Raises:
        StudioError: not_found (kind, file) or invalid (asset, fit, settings).
    """
    made = kinds().get(kind)
    values = dict(values or {})
    if made.takes == "picture" and asset is None:
        raise StudioError("invalid", "tryon.asset_needed", kind=kind)
    picture = assets.load(asset) if asset is not None else None
    stored = fits.read(fits.path_for(asset)) if asset is not None else None
    if stored is not None and stored.kind and stored.kind != kind:
        stored = None
    try:
        fit = fits.from_flat(values, stored) if values or stored else None
    except (ValueError, msgspec.ValidationError) as error:
        raise StudioError(
            "invalid", "tryon.fit_broken", path=str(asset or kind), why=str(error)
        ) from None
    known = {field.name for field in msgspec.structs.fields(made.Settings)}
    settings = made.decode({k: v for k, v in values.items() if k in known})
    return made(picture, fit, settings)


def strange(kind: str, values: dict[str, float | str | bool]) -> list[str]:
    """Names in ``values`` that neither a fit nor the settings of ``kind`` know: slips of the pen.

    Raises:
        StudioError: not_found.
    """
    made = kinds().get(kind)
    known = {field.name for field in msgspec.structs.fields(made.Settings)} | fits.NAMES
    known |= {f"{anchor.name}_{axis}" for anchor in made.anchors for axis in "xy"}
    return sorted(set(values) - known)
