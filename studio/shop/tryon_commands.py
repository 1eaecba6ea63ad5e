"""Try-on from outside: compare, split, bypass, fit, cut out, look, capture."""

from __future__ import annotations

import asyncio
import base64
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.places import names_place
from studio.core.priority import background_thread
from studio.media.frame import Frame
from studio.scenes.keeper import SceneRepository
from studio.shop.catalogue import Catalogue
from studio.shop.events import ProductChanged
from studio.shop.fitted import EachTryOn, fitted, with_each
from studio.shop.model import Product, TryOn, TryOnKept
from studio.shop.tryon_events import TryOnCaptured
from studio.shop.wearing import TryOnController

_log = logger(__name__)
Fits = dict[str, float | str | bool]
Seconds = Annotated[float, msgspec.Meta(gt=0, le=60)]
_TURNED_AWAY_S = 2.0
"""So long a capture waits for a face that is lost just now."""
Half = Annotated[float, msgspec.Meta(ge=0.1, le=0.9)]
Pixels = Annotated[int, msgspec.Meta(ge=64, le=1920)]


class TryOnCommands:
    """The fitting room.

    Args:
        catalogue: products.
        wearer: who wears them.
        scenes: where sources are shown.
        announce: publishes events.
        own_folder: where this show's own assets may be written.
        recordings: where captures go.
        mark: gives a copy of a picture with 虚拟试戴 on it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        wearer: TryOnController,
        scenes: SceneRepository,
        announce: Callable[[Any], None],
        own_folder: Callable[[], Path],
        recordings: Callable[[], Path],
        mark: Callable[[Frame], Frame],
    ) -> None:
        self._catalogue, self._wearer, self._scenes = catalogue, wearer, scenes
        self._announce = announce
        self._own_folder, self._recordings, self._mark = own_folder, recordings, mark
        self._pool: ThreadPoolExecutor | None = None
        self._still: tuple[str, Any] | None = None
        self._stopping = threading.Event()
        self._clips: set[asyncio.Task[None]] = set()
        self.capturing = ""

    async def stop(self) -> None:
        """Ends clips that are being written (what is there is kept) and the helper thread."""
        self._stopping.set()
        await asyncio.gather(*self._clips, return_exceptions=True)
        self._still = None
        if self._pool is not None:
            await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    def recall(self, kept: TryOnKept) -> None:
        """Goes on where an engine that was killed had been.

        Raises:
            StudioError: what was compared is no longer there.
        """
        self._wearer.split(kept.is_split, kept.split_at)
        if kept.compared:
            self.compare(kept.compared)
        if kept.is_bypassed:
            self._wearer.bypass(True)

    async def _aside(self, work: Callable[[], Any]) -> Any:
        """Does slow work in one background thread, never on the loop."""
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "fitting", initializer=background_thread)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    # -- on the picture ------------------------------------------------------------------------

    @command(
        "tryon.compare",
        label=("双款对比", "Compare variants"),
        help=(
            "画面左半戴当前款，右半戴另一款（sku）；空为结束对比。",
            "Left half wears the present variant, right half another one; empty ends it.",
        ),
    )
    def compare(self, sku: str = "") -> Changed:
        before = self._wearer.compared
        beside = None
        if sku:
            trying = self._catalogue.state.trying
            if not trying:
                raise StudioError("conflict", "tryon.nothing_worn")
            product = self._catalogue.get(trying)
            variant = product.variant(sku)
            if variant is None:
                known = ", ".join(variant.sku for variant in product.variants)
                raise StudioError(
                    "not_found", "shop.no_variant", sku=sku, product=product.name, known=known
                )
            beside = variant.try_on or product.try_on
            if beside is None:
                raise StudioError("invalid", "shop.no_try_on", product=product.name)
        elif self._wearer.worn is None:
            return changed()
        self._wearer.compare(sku, beside)
        return changed("tryon", undo=("tryon.compare", {"sku": before}))

    @command(
        "tryon.split",
        label=("前后对比", "Before and after"),
        help=(
            "画面左边是试戴前，右边是试戴后。",
            "Left of the line without, right of it with what is tried on.",
        ),
    )
    def split(self, is_on: bool, at: Half = 0.5) -> Changed:
        undo = {"is_on": self._wearer.is_split, "at": self._wearer.split_at}
        self._wearer.split(is_on, at)
        return changed("tryon", undo=("tryon.split", undo))

    @command(
        "tryon.bypass",
        label=("暂停试戴", "Bypass try-on"),
        help=(
            "暂时不画试戴（机器过载时省下处理器）；记得戴着什么，恢复时立即戴回。",
            "Draws no try-on for now, to spare the processor; what is worn is put back on after.",
        ),
    )
    def bypass(self, is_on: bool) -> Changed:
        before = self._wearer.is_bypassed
        self._wearer.bypass(is_on)
        return changed("tryon", undo=("tryon.bypass", {"is_on": before}))

    @command(
        "tryon.item",
        label=("此处显示试戴", "Try-on on this item"),
        help=(
            "场景里的这一项显示试戴后的画面，或试戴前的画面。",
            "This item of a scene shows the picture with the try-on, or the one before it.",
        ),
    )
    def item(self, scene: str, item: int, is_on: bool) -> Changed:
        found = self._scenes.get(scene)
        garment = found.item(item)
        if garment is None:
            raise StudioError("not_found", "tryon.no_item", item=item, scene=found.name)
        self._scenes.put(found.with_item(replace(garment, has_try_on=is_on)))
        undo = {"scene": scene, "item": item, "is_on": garment.has_try_on}
        return changed("scenes", undo=("tryon.item", undo))

    # -- fitting -------------------------------------------------------------------------------

    @command(
        "tryon.kinds",
        role=Role.VIEWER,
        label=("试戴种类", "Kinds of try-on"),
        help=("列出可试戴的种类、锚点和设置。", "Lists the kinds, their anchors and settings."),
    )
    async def kinds(self) -> Changed:
        from studio.tryon import fitting

        return changed(result=await self._aside(fitting.catalogue))

    @command(
        "tryon.cutout",
        label=("抠图", "Cut out"),
        help=(
            "去掉商品照片的背景，存为带透明通道的 PNG；返回它的路径。",
            "Removes the background of a product photo, stores it as a PNG and gives its path.",
        ),
    )
    async def cutout(
        self,
        photo: Annotated[str, names_place("read")],
        name: str = "",
        tolerance: Annotated[float, msgspec.Meta(ge=2, le=60)] = 12.0,
        holes: bool = True,
    ) -> Changed:
        from studio.tryon import cutout

        path = Path(photo).expanduser()
        path = path if path.is_absolute() else self._wearer.folder / path
        stem = _plain_name(name or path.stem)
        target = self._own_folder() / f"{stem}.png"
        number = 1
        while target.exists():
            number += 1
            target = target.with_name(f"{stem}-{number}.png")

        def work() -> dict[str, Any]:
            try:
                made = cutout.cut(cutout.photo(path), tolerance=tolerance, holes=holes)
            except ValueError:
                raise StudioError("invalid", "tryon.not_cut", path=str(path)) from None
            cutout.write(target, made.rgba)
            size = [int(made.rgba.shape[1]), int(made.rgba.shape[0])]
            return {"size": size, "share": round(made.share, 3), "had_alpha": made.had_alpha}

        found = await self._aside(work)
        return changed(result={"asset": self._relative(target), "path": str(target), **found})

    @command(
        "tryon.propose",
        label=("建议贴合", "Propose a fit"),
        help=(
            "按图片给出锚点、宽度等建议；不改动商品。",
            "Proposes anchors, width and the rest from a picture; changes nothing.",
        ),
    )
    async def propose(
        self,
        garment: str,
        asset: Annotated[str, names_place("read")] = "",
        fit: Fits = {},  # noqa: B006
    ) -> Changed:
        from studio.tryon import fitting

        path = self._wearer.asset(asset)

        def work() -> dict[str, Any]:
            picture = base64.b64encode(fitting.thumbnail(path)).decode() if path else ""
            return {**fitting.proposal(garment, path, fit), "picture": picture}

        found = await self._aside(work)
        return changed(result={**found, "path": str(path or "")})

    @command(
        "tryon.still",
        label=("试戴定格", "Fitted still"),
        help=(
            "在主播的定格画面上试戴，返回 JPEG（base64）。人脸关键点只留在内存里。",
            "Fits it on a still of the host and gives a JPEG (base64). Landmarks stay in memory.",
        ),
    )
    async def still(
        self,
        garment: str = "",
        asset: Annotated[str, names_place("read")] = "",
        fit: Fits = {},  # noqa: B006
        source: str = "",
        fresh: bool = False,
        longest: Pixels = 960,
    ) -> Changed:
        from studio.tryon import fitting, wardrobe

        if self._still is None or fresh or (source and source != self._still[0]):
            name, frame = self._wearer.bare(source)
            self._still = name, fitting.Still(frame)
        name, still = self._still
        path = self._wearer.asset(asset)

        def work() -> tuple[bytes, bool]:
            if not garment:
                return fitting.jpeg(still.frame, longest), False
            frame, worn = still.wearing(wardrobe.make(garment, path, fit))
            return fitting.jpeg(frame, longest), worn

        data, worn = await self._aside(work)
        return changed(
            result={"jpeg": base64.b64encode(data).decode(), "is_worn": worn, "source": name}
        )

    @command(
        "tryon.fit",
        label=("保存贴合", "Save the fit"),
        help=(
            "把试戴的种类、图片和贴合数据存到商品（或其中一款）；正在试戴时立即生效。种类为空则取消试戴。",
            "Keeps kind, picture and fit with a product or one variant; what is worn follows at "
            "once. An empty kind takes the try-on off the product.",
        ),
    )
    async def fit(
        self,
        product: str,
        garment: str = "",
        asset: Annotated[str, names_place("read")] = "",
        fit: Fits = {},  # noqa: B006
        sku: str = "",
        each: EachTryOn | None = None,
    ) -> Changed:
        """Keeps a fit; ``each`` are the variants' own, as undo gives them back."""
        from studio.tryon import wardrobe

        found = self._catalogue.get(product)
        if sku and found.variant(sku) is None:
            known = ", ".join(variant.sku for variant in found.variants)
            raise StudioError(
                "not_found", "shop.no_variant", sku=sku, product=found.name, known=known
            )
        try_on = TryOn(garment, asset, fit) if garment else None
        if try_on is not None:
            path = self._wearer.asset(asset)
            await self._aside(lambda: wardrobe.make(garment, path, fit))
            strange = wardrobe.strange(garment, fit) if each is None else []
            if strange:
                raise StudioError(
                    "invalid", "tryon.fit_strange", names=", ".join(strange), kind=garment
                )
        found = self._catalogue.get(product)  # it may have changed meanwhile
        if each is None:
            fresh = fitted(found, try_on, sku)
        else:
            fresh = with_each(replace(found, try_on=try_on), each)
        self._catalogue.put(fresh)
        self._announce(ProductChanged(product=found.id, fields=("try_on",)))
        self._follow(fresh)
        before = found.try_on
        undo: dict[str, Any] = {"product": found.id}
        if before is not None:
            undo |= {"garment": before.garment, "asset": before.asset, "fit": dict(before.fit)}
        undo["each"] = {
            variant.sku: msgspec.to_builtins(variant.try_on) for variant in found.variants
        }
        return changed("shop", "tryon", undo=("tryon.fit", undo))

    def _follow(self, product: Product) -> None:
        """What is worn follows the product's new fit; a product without one is taken off."""
        state = self._catalogue.state
        if state.trying != product.id:
            return
        variant = product.variant(state.variant.get(product.id, ""))
        try_on = (variant.try_on if variant else None) or product.try_on
        self._wearer.wear(product, try_on, self._wearer.source if try_on else "")
        if try_on is None:
            self._catalogue.set_trying("")

    # -- keeping -------------------------------------------------------------------------------

    @command(
        "tryon.capture",
        label=("保存试戴画面", "Capture the try-on"),
        help=(
            "把试戴中的画面存成图片（.png/.jpg/.webp）或几秒短片（.mp4），带“虚拟试戴”标记，供商品页用。",
            "Stores what is tried on as a picture (.png, .jpg, .webp) or a clip of some seconds "
            "(.mp4), marked as simulated, for the product page.",
        ),
    )
    async def capture(
        self,
        file: Annotated[str, names_place("write")] = "",
        seconds: Seconds = 5.0,
        source: str = "",
    ) -> Changed:
        from studio.tryon import capture

        name = source or self._wearer.source
        if self._wearer.is_generated(name):
            raise StudioError("conflict", "tryon.generated", source=name)
        product = self._catalogue.state.trying
        path = self._capture_path(file, product)
        frame = await self._worn_frame(name)
        if path.suffix.lower() != ".mp4":
            marked = self._mark(frame)
            await self._aside(lambda: capture.write_picture(marked, path))
            self._announce(TryOnCaptured(file=str(path), product=product, frames=1))
            return changed(result={"file": str(path), "frames": 1})
        if self.capturing:
            raise StudioError("conflict", "tryon.capturing", file=self.capturing)
        self.capturing = str(path)
        self._mark(frame)  # drawn here once, in the thread that has the fonts; kept for the clip
        task = asyncio.create_task(self._clip(name, path, seconds, product), name="capture")
        self._clips.add(task)
        task.add_done_callback(self._clips.discard)
        return changed("tryon", result={"file": str(path), "seconds": seconds})

    async def _worn_frame(self, source: str) -> Frame:
        """The source's next picture that wears something: a face turned away may come back.

        Raises:
            StudioError: conflict, when nothing is put on, or nothing was drawn for so long.
        """
        until = time.monotonic() + _TURNED_AWAY_S
        while True:
            garment = self._wearer.filters().get(source)
            if garment is None or not garment.worn or self._wearer.is_bypassed:
                raise StudioError("conflict", "tryon.nothing_worn")
            if garment.is_worn and (frame := self._wearer.latest(source)) is not None:
                return frame
            if time.monotonic() > until or self._stopping.is_set():
                raise StudioError("conflict", "tryon.nothing_worn")
            await asyncio.sleep(0.02)

    async def _clip(self, source: str, path: Path, seconds: float, product: str) -> None:
        from studio.tryon import capture

        error: StudioError | None = None
        frames = 0
        try:
            frames = await asyncio.to_thread(
                capture.record, lambda: self._wearer.latest(source), path, seconds,
                self._stopping, self._mark,
            )  # fmt: skip
        except StudioError as fault:
            error = fault
        except Exception as fault:
            _log.exception("a try-on clip could not be written")
            error = StudioError("failed", "tryon.not_written", path=str(path), why=str(fault))
        self.capturing = ""
        self._announce(
            TryOnCaptured(
                file=str(path), product=product, frames=frames,
                error=error.in_language("zh") if error else "",
                error_en=error.in_language("en") if error else "",
            )
        )  # fmt: skip

    def _capture_path(self, file: str, product: str) -> Path:
        if file:
            path = Path(file).expanduser()
            path = path if path.is_absolute() else self._recordings() / path
        else:
            now = datetime.now().strftime("%Y%m%d-%H%M%S")
            path = self._recordings() / f"tryon-{_plain_name(product or 'host')}-{now}.png"
        from studio.tryon import capture

        if path.suffix.lower() not in (*capture.PICTURES, ".mp4"):
            raise StudioError("invalid", "tryon.capture_ending", path=path.name)
        return path

    def _relative(self, path: Path) -> str:
        """A path as shows keep it: from the show's folder where it lies within."""
        try:
            return path.relative_to(self._wearer.folder.resolve()).as_posix()
        except ValueError:
            return str(path)


def _plain_name(name: str) -> str:
    """A name that every file system takes."""
    kept = "".join(c if c.isalnum() or c in "-_" else "-" for c in name).strip("-")
    return kept[:60] or "photo"
