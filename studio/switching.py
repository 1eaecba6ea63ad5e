"""Another show in the running engine: the picture stands while rooms change hands."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from studio import settings, standing
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.outputs.model import OutputSettings
from studio.plans.files import read_plans
from studio.plans.model import PlansPart
from studio.show import resume
from studio.show.keeper import OpenShow, SoundPart, open_show

if TYPE_CHECKING:
    from studio.engine import Engine

_log = logger(__name__)


class Switch:
    """Opens shows in a running engine. Outputs that run go on; their viewers see no gap."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._line = asyncio.Lock()

    async def open(self, folder: Path | None) -> OpenShow:
        """Reads and checks the show first: what cannot be used leaves everything as it is.

        Raises:
            StudioError: what is wrong and where; conflict when it has another size or speed;
                failed when it broke half way: then the show before is back.
        """
        async with self._line:
            engine = self._engine
            show = await asyncio.to_thread(open_show, folder)
            self._check(show)
            outputs, plans = self._outputs(show), self._plans(show)
            engine.chores.save()
            before = self._as_it_is()
            engine.stage.hold(True)
            try:
                await self._take_over(show, outputs, plans)
            except Exception as fault:
                _log.exception("%s could not be taken over", show.folder)
                await self._go_back(*before)
                why = (
                    fault if isinstance(fault, StudioError) else f"{type(fault).__name__}: {fault}"
                )
                raise StudioError(
                    "failed", "show.not_taken", path=str(show.folder), why=why,
                    name=before[0].head.name,
                ) from None  # fmt: skip
            finally:
                engine.stage.hold(False)
            resume.keep(standing.of(engine))
            remember(show.folder)
            return show

    def _check(self, show: OpenShow) -> None:
        engine = self._engine
        now = {c.name: (c.width, c.height) for c in engine.scenes.state.canvases}
        new = {c.name: (c.width, c.height) for c in show.scenes.canvases}
        if (now, engine.fps) != (new, show.fps):
            raise StudioError("conflict", "show.other_form", path=str(show.folder))

    @staticmethod
    def _outputs(show: OpenShow) -> list[OutputSettings]:
        try:
            return msgspec.convert(show.raw.get("outputs", []), list[OutputSettings])
        except msgspec.ValidationError as error:
            why = f"outputs: {error}"
            raise StudioError("invalid", "show.broken", path=str(show.folder), why=why) from None

    @staticmethod
    def _plans(show: OpenShow) -> PlansPart:
        try:
            return msgspec.convert(show.raw.get("plans", {}), PlansPart)
        except msgspec.ValidationError as error:
            why = f"plans: {error}"
            raise StudioError("invalid", "show.broken", path=str(show.folder), why=why) from None

    def _as_it_is(self) -> tuple[OpenShow, list[OutputSettings], PlansPart, dict[str, Any]]:
        """The show that is open, edits and all, and what is on air of it."""
        engine = self._engine
        sound = SoundPart(
            tuple(engine.sound.strips.values()),
            engine.sound.master_db,
            engine.sound.watch.target,
            engine.sound.watch.tolerance,
        )
        show = replace(
            engine.show,
            raw={**engine.show.raw, **engine.views.collect()},
            scenes=engine.scenes.state,
            sources=tuple(engine.bank.specs.values()),
            sound=sound,
            shop=engine.catalogue.state,
            brand=engine.brand.kit,
        )
        outputs, part = engine.outputs.settings(), PlansPart(tuple(sorted(engine.plans.enabled)))
        kept = standing.of(engine)
        kept.pop("incidents", None)  # they went on all the time
        return show, outputs, part, kept

    async def _go_back(
        self,
        show: OpenShow,
        outputs: list[OutputSettings],
        part: PlansPart,
        kept: dict[str, Any],
    ) -> None:
        """The show before, as it was. The last picture stands until its own is there."""
        engine = self._engine
        try:
            await self._take_over(show, outputs, part)
            standing.restore(engine, kept)
            await engine.first_picture()
        except Exception:
            _log.exception("not all of the show before is back")
            engine.refresh()

    async def _take_over(
        self, show: OpenShow, outputs: list[OutputSettings], part: PlansPart
    ) -> None:
        engine = self._engine
        for name in list(engine.audience.feeds):
            await engine.audience.remove_feed(name)
        engine.wearer.take_off_all()
        engine.show = engine.keeper.show = show
        engine.around = replace(engine.around, base=show.folder)
        engine.wearer.folder = engine.scenes.box.base = show.folder
        canvases = engine.scenes.state.canvases
        scenes = msgspec.structs.replace(show.scenes, canvases=canvases)
        engine.deck.clear()
        engine.scenes.load(scenes)
        engine.catalogue.load(show.shop)
        engine.bank.load(show.sources, engine.around)
        sound = show.sound
        engine.sound.load(sound.strips, sound.master_db, sound.target_lufs, sound.tolerance_lu)
        engine.sound.keep_only(engine.with_sound())
        self._load_outputs(outputs)
        plans, engine.plans.errors = read_plans(show.folder)
        engine.plans.load(plans, part.enabled)
        engine.load_audience()
        engine.refresh()
        await engine.first_picture()
        engine.on_picture.take_over(show, with_try_on=not engine.is_safe)
        engine.brand.load(show.brand)
        engine.refresh()
        await asyncio.to_thread(engine.set_standby_pictures)
        parts = ("scenes", "sources", "sound", "shop", "outputs", "show", "brand", "comments")
        engine.state.touch(*parts, "plans", "tryon")

    def _load_outputs(self, outputs: list[OutputSettings]) -> None:
        """What runs stays, under the name it has; the new show's others come beside it."""
        destinations = self._engine.pipeline.destinations
        for name in destinations.names():
            if not destinations.is_running(name):
                with contextlib.suppress(StudioError):
                    destinations.remove(name)
        taken = destinations.names()
        self._engine.outputs.load([one for one in outputs if one.name not in taken])


def remember(folder: Path) -> None:
    """Puts a show at the head of the recent ones."""
    known = settings.load()
    known.opened(folder)
    try:
        settings.save(known)
    except OSError as error:
        _log.warning("the list of recent shows cannot be kept: %s", error)
