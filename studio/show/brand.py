"""The brand kit: set once, worn by cards, comments, lower thirds, titles and grounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.extension import sanity_error
from studio.core.file_marks import Marks, marks
from studio.core.taking_back import taken_back, way_back
from studio.show.model import BrandKit
from studio.sources.bank import SourceManager
from studio.sources.model import SourceSpec

TEXTS, GROUNDS = ("text",), ("colour",)


class Brand:
    """Owns the kit.

    Args:
        wear: draws the downstream graphics anew; raises when font or logo cannot be used.
    """

    def __init__(self, bank: SourceManager, wear: Callable[[BrandKit], None]) -> None:
        self.kit = BrandKit()
        self.error: StudioError | None = None
        self._marks: Marks = ()
        self._bank = bank
        self._wear = wear

    def load(self, kit: BrandKit) -> None:
        """Takes over a show's kit; a logo that is gone is told and left out."""
        self.kit, self.error = kit, None
        if kit == BrandKit():
            return
        self._marks = marks(self._files())
        for worn in (kit, replace(kit, logo=""), replace(kit, font="")):
            try:
                self._wear(worn)
            except StudioError as error:
                self.error = self.error or error
            else:
                return
        self._wear(replace(kit, font="", logo=""))

    def forget(self) -> None:
        """No kit: the show is left."""
        self.kit, self.error, self._marks = BrandKit(), None, ()

    def mend(self) -> bool:
        """Looks whether a font or logo that could not be used has changed; True: it is worn."""
        if self.error is None or marks(self._files()) == self._marks:
            return False
        self.load(self.kit)
        return self.error is None

    def _files(self) -> list[Path]:
        return [self._bank.around.find(entry) for entry in (self.kit.font, self.kit.logo) if entry]

    def put(self, kit: BrandKit) -> None:
        """Wears another kit.

        Raises:
            StudioError: not_found or invalid (font, logo); the old one stays.
        """
        self._wear(kit)
        self.kit, self.error = kit, None

    def dress(self) -> dict[str, dict[str, Any]]:
        """Gives texts and grounds of the show the brand's colours; returns what they had."""
        before: dict[str, dict[str, Any]] = {}
        for name, spec in list(self._bank.specs.items()):
            settings = {**spec.settings, **self.settings_for(spec.kind)}
            if spec.kind == "text" and not spec.settings.get("background"):
                settings["background"] = ""  # a title without a plate gets none
            if settings != spec.settings:
                before[name] = spec.settings
                self._bank.put(replace(spec, settings=settings))
        return before

    def undress(
        self, settings: dict[str, dict[str, Any]], instead_of: dict[str, dict[str, Any]]
    ) -> dict[str, dict[str, Any]]:
        """Gives sources back settings; returns those they had.

        Args:
            instead_of: what the step that is taken back had left, by source: only where it
                differs is anything given back. A source that is not in it gets all of its.

        Raises:
            StudioError: not_found, invalid; then none has changed.
        """
        wanted: list[tuple[SourceSpec, SourceSpec]] = []
        for name, given in settings.items():
            spec = self._bank.get(name)
            left = instead_of.get(name, spec.settings)
            after = replace(spec, settings=taken_back(spec.settings, left, given))
            self._bank.check(
                after, [entry for entry in after.settings if entry not in spec.settings]
            )
            wanted.append((spec, after))
        for _, after in wanted:  # all of them, or none
            self._bank.put(after)
        return {spec.name: spec.settings for spec, _ in wanted}

    def worn_by(self, sources: Iterable[str]) -> dict[str, dict[str, Any]]:
        """The settings of these sources as they are now."""
        return {name: self._bank.get(name).settings for name in sources}

    def settings_for(self, kind: str) -> dict[str, Any]:
        """What the brand says of a kind of source."""
        if kind in TEXTS:
            return {"colour": self.kit.plate_ink, "background": self.kit.plate}
        if kind in GROUNDS:
            return {"top": self.kit.top, "bottom": self.kit.bottom}
        return {}


class BrandCommands:
    """The brand kit from outside."""

    def __init__(self, brand: Brand) -> None:
        self._brand = brand

    @command(
        "brand.set",
        role=Role.CONTROLLER,
        label=("品牌套件", "Brand kit"),
        help=(
            "设置品牌颜色、字体、台标；卡片、评论、标题条立即换装。只写要改的项。",
            "Sets colours, font and logo; cards, comments and lower thirds use them at once.",
        ),
    )
    def set_brand(self, kit: dict[str, Any]) -> Changed:
        old = self._brand.kit
        why = next(
            (f"{name}: {why}" for name, value in kit.items() if (why := sanity_error(value))), ""
        )
        if why:
            raise StudioError("invalid", "show.brand_value", why=why)
        unknown = sorted(set(kit) - set(old.__struct_fields__))
        if unknown:
            known = ", ".join(old.__struct_fields__)
            raise StudioError("invalid", "show.brand_field", field=unknown[0], known=known)
        try:
            new = msgspec.convert({**msgspec.to_builtins(old), **kit}, BrandKit)
        except msgspec.ValidationError as error:
            raise StudioError("invalid", "show.brand_value", why=str(error)) from None
        self._brand.put(new)
        was = msgspec.to_builtins(old)
        return changed("brand", undo=("brand.set", {"kit": {name: was[name] for name in kit}}))

    @command(
        "brand.apply",
        role=Role.CONTROLLER,
        label=("品牌换装", "Apply the brand"),
        help=(
            "把品牌颜色用到节目里所有文字和底色来源。",
            "Gives all texts and grounds of the show the brand's colours.",
        ),
    )
    def apply(self) -> Changed:
        before = self._brand.dress()
        undo = way_back("brand.restore", "settings", before, self._brand.worn_by(before))
        return changed("sources", result={"changed": sorted(before)}, undo=undo)

    @command(
        "brand.restore",
        role=Role.CONTROLLER,
        label=("撤销换装", "Take the brand off"),
        help=(
            "把来源恢复为换装前的设置；此后别人改过的项不动。",
            "Gives sources back the settings they had; what others set since stays.",
        ),
    )
    def restore(
        self,
        settings: dict[str, dict[str, Any]],
        instead_of: dict[str, dict[str, Any]] | None = None,
    ) -> Changed:
        before = self._brand.undress(settings, instead_of or {})
        undo = way_back("brand.restore", "settings", before, self._brand.worn_by(before))
        return changed("sources", undo=undo)
