"""Is this show ready for air? Every fault with its place, found without going on air."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

import studio.filters as filter_folder
import studio.scenes.transitions as transition_folder
import studio.sources as source_folder
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import plugins_dir
from studio.core.registry import discover, load_plugins
from studio.filters.base import Filter
from studio.filters.workshop import Workshop
from studio.outputs.destinations import check_address
from studio.outputs.model import OutputSettings
from studio.plans.files import read_plans
from studio.scenes.transitions.base import Transition
from studio.shop.model import Product, TryOn
from studio.show.keeper import OpenShow, open_show
from studio.sources.base import Source, Surroundings
from studio.sources.gather import FILMS, PICTURES, gather
from studio.sources.model import SourceSpec
from studio.sources.settings_check import check_settings


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, and where.

    Attributes:
        place: path in show.json, "sources[主播机位].settings".
        is_fatal: it cannot go on air like this.
    """

    place: str
    text: str
    is_fatal: bool = True


def check(folder: Path | None) -> list[Finding]:
    """All findings of a show (the demo for None); empty when it is ready."""
    try:
        show = open_show(folder)
    except StudioError as error:
        return [Finding("show.json", error.in_language())]
    return [*_sources(show), *_scenes(show), *_shop(show), *_outputs(show), *_plans(show)]


def _sources(show: OpenShow) -> list[Finding]:
    plugins, _ = load_plugins(plugins_dir())
    kinds = discover(source_folder, Source, plugins)  # type: ignore[type-abstract]
    filters = discover(filter_folder, Filter, plugins)
    workshop = Workshop(filters, lambda: show.folder)
    found = []
    for spec in show.sources:
        place = f"sources[{spec.name}]"
        try:
            kind = kinds.get(spec.kind)
            check_settings(kind, spec.settings, ())
            _source(show, spec, kind.decode(spec.settings, spec.version))
            for one in spec.filters:
                place = f"sources[{spec.name}].filters[{one.name}]"
                today = workshop.upgraded(one.kind, one.settings, one.version)
                workshop.check(one.kind, today, ())
        except StudioError as error:
            found.append(Finding(place, error.in_language()))
    return found


def _source(show: OpenShow, spec: SourceSpec, settings: Any) -> None:
    """Raises what is missing of what a source shows."""
    fields = type(settings).__struct_fields__
    around = Surroundings(show.folder)
    for name in ("path", "file", "font_file"):
        path = getattr(settings, name) if name in fields else None
        is_needed = name == "path" or path
        if path is not None and is_needed and not (path and around.find(path).is_file()):
            raise StudioError("not_found", "sources.file_missing", path=path or "-")
    if "files" in fields and "folder" in fields:
        endings = FILMS if spec.kind == "playlist" else PICTURES
        gather(settings.files, settings.folder, endings, around)
    if spec.slate and not around.find(spec.slate).is_file():
        raise StudioError("not_found", "sources.file_missing", path=spec.slate)
    if spec.kind == "scene" and all(
        settings.scene not in (one.name, one.id) for one in show.scenes.scenes
    ):
        raise StudioError("not_found", "sources.no_scene", scene=settings.scene)
    if spec.kind == "mirror" and all(settings.source != one.name for one in show.sources):
        raise StudioError("not_found", "sources.no_mirrored", source=settings.source)


def _scenes(show: OpenShow) -> list[Finding]:
    names = {spec.name for spec in show.sources}
    transitions = discover(transition_folder, Transition, load_plugins(plugins_dir())[0])  # type: ignore[type-abstract]
    found = []
    if not show.scenes.scenes:
        found.append(Finding("scenes", translate("check.no_scenes")))
    if show.scenes.transition.kind not in transitions:
        text = translate("extension.unknown", kind=show.scenes.transition.kind, room="transitions")
        found.append(Finding("scenes.transition", text))
    if not any(scene.purpose == "standby" for scene in show.scenes.scenes):
        found.append(Finding("scenes", translate("scenes.no_standby"), is_fatal=False))
    for scene in show.scenes.scenes:
        for item in scene.items:
            if item.source not in names:
                text = translate("check.no_source", source=item.source)
                found.append(Finding(f"scenes[{scene.name}].items[{item.id}]", text))
        for canvas in show.scenes.canvases:
            shown = [i for i in scene.items if i.is_enabled and canvas.name in i.boxes]
            if canvas.is_enabled and not shown:
                text = translate("check.empty", canvas=canvas.name)
                found.append(Finding(f"scenes[{scene.name}]", text, is_fatal=False))
    return found


def _shop(show: OpenShow) -> list[Finding]:
    found = []
    numbers: dict[int, str] = {}
    for product in show.shop.products:
        place = f"shop.products[{product.id}]"
        if product.number in numbers:
            text = translate("check.double_number", number=product.number)
            found.append(Finding(place, text, is_fatal=False))
        numbers[product.number] = product.id
        for path in _pictures(product):
            if not (show.folder / path).is_file():
                found.append(Finding(place, translate("sources.file_missing", path=path)))
        if product.stock == 0:
            found.append(Finding(place, translate("check.sold_out"), is_fatal=False))
    return found


def _pictures(product: Product) -> list[str]:
    def asset(try_on: TryOn | None) -> str:
        return try_on.asset if try_on else ""

    paths = [product.photo, asset(product.try_on)]
    for variant in product.variants:
        paths += [variant.photo, asset(variant.try_on)]
    return [path for path in dict.fromkeys(paths) if path]


def _outputs(show: OpenShow) -> list[Finding]:
    try:
        outputs = msgspec.convert(show.raw.get("outputs", []), list[OutputSettings])
    except msgspec.ValidationError as error:
        return [Finding("outputs", str(error))]
    found = []
    for settings in outputs:
        try:
            check_address(settings)
        except StudioError as error:
            found.append(Finding(f"outputs[{settings.name}]", error.in_language()))
    return found


def _plans(show: OpenShow) -> list[Finding]:
    _, errors = read_plans(show.folder)
    return [Finding("plans", error.in_language(), is_fatal=False) for error in errors]
