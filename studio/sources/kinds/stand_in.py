"""A drawn character with a moving mouth: the AI host (数字人). Its pictures bear the label."""

from __future__ import annotations

import random
from typing import Annotated, ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.core.clock import NS, now_ns
from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.paths import assets_dir
from studio.core.text import Text
from studio.media.drawings import svg_drawer
from studio.media.frame import Frame, from_rgb
from studio.sources.base import Feed, Source
from studio.sources.kinds.colour import parse_colour
from studio.sources.mouthed import Speech

AHEAD_NS = 60_000_000
"""So far ahead its sound is handed over: more would be heard after it was told to stop."""
BLINK_NS = 130_000_000
HIGH = 640
MOUTHS = {"-": "closed", "a": "a", "e": "e", "i": "i", "o": "o", "u": "u"}
Picture = NDArray[np.uint8]


class StandInSettings(Settings):
    """Settings of the stand-in."""

    height: Annotated[int, setting("高（像素）", "Height (px)", ge=160, le=2160)] = HIGH
    captions: Annotated[bool, setting("显示字幕", "Words under it")] = True
    ground: Annotated[str, setting("底色（空为透明）", "Ground (empty: clear)", "colour")] = ""


class StandIn(Source):
    """Moves its mouth to what the stand-in's room says (`standin` in the state), and blinks."""

    kind: ClassVar[str] = "stand_in"
    is_generated: ClassVar[bool] = True
    label: ClassVar[Text] = Text("数字人（AI 生成）", "Stand-in (AI)")
    help: ClassVar[Text] = Text(
        "画出来的 AI 主播：只说已接受的脚本，画面始终带“AI 生成”；话也写在下方。",
        "A drawn AI host: says accepted lines alone, its picture always bears the AI label. Its "
        "words stand under it too.",
    )
    Settings: ClassVar[type[Settings]] = StandInSettings
    has_sound: ClassVar[bool] = True
    carries_voice: ClassVar[bool] = True

    settings: StandInSettings

    def run(self, feed: Feed) -> None:
        """Draws at 25 pictures a second while it speaks, else when it blinks.

        Raises:
            StudioError: unavailable: nothing here draws SVG.
        """
        faces = self._faces()
        chance = random.Random(1)
        speech = Speech(feed, now_ns())
        run, words = "", ""
        blink_ns = now_ns() + 2 * NS
        shown: object = None
        drawn: dict[tuple[str, bool, str], Frame] = {}
        while not feed.stopping.is_set():
            heard = self._state("run")
            if heard != run:
                run, words = heard, self._state("text")
                if words:
                    speech.begin(self._state("mouths"), self._state("sound"), now_ns())
                else:
                    speech.end(now_ns())
                drawn.clear()
            now = now_ns()
            speech.feed_until(now + AHEAD_NS)
            mouth = speech.mouth(now)
            if now > blink_ns + BLINK_NS:
                blink_ns = now + round(chance.uniform(2.0, 5.0) * NS)
            key = (mouth or "-", now >= blink_ns, words if mouth else "")
            if key != shown:
                shown = key
                if key not in drawn:
                    drawn[key] = self._frame(faces[key[0], key[1]], key[2])
                feed.picture(drawn[key])
            else:
                feed.still_here()
            feed.stopping.wait(0.02)

    def _state(self, name: str) -> str:
        return self.around.state(f"standin.{name}") if self.around.state else ""

    def _faces(self) -> dict[tuple[str, bool], Picture]:
        """Every mouth with open and shut eyes, on the ground."""
        draw, folder = svg_drawer(), assets_dir() / "standin"
        if draw is None:
            raise StudioError("unavailable", "sources.no_text", text="SVG")

        def layer(name: str) -> Picture:
            assert draw is not None
            return draw((folder / f"{name}.svg").read_bytes(), self.settings.height)

        body, eyes = layer("body"), {False: layer("eyes-open"), True: layer("eyes-shut")}
        if self.settings.ground:
            ground = np.full_like(body, 255)
            ground[:, :, :3] = parse_colour(self.settings.ground)
            body = _over(ground, body)
        return {
            (sign, is_shut): _over(_over(body, eyes[is_shut]), layer(f"mouth-{name}"))
            for sign, name in MOUTHS.items()
            for is_shut in (False, True)
        }

    def _frame(self, face: Picture, words: str) -> Frame:
        picture = face
        if words and self.settings.captions and self.around.draw is not None:
            picture = self._captioned(face, words)
        return from_rgb(picture[:, :, :3], np.ascontiguousarray(picture[:, :, 3]))

    def _captioned(self, picture: Picture, words: str) -> Picture:
        """Its words on a dark bar, broken into lines that fit."""
        high, wide = picture.shape[:2]
        size = max(14, round(high * 0.045))
        most = max(4, int(wide / size * (1 if not words.isascii() else 1.8)) - 1)
        count = min(4, -(-len(words) // most))
        each = min(most, -(-len(words) // count))
        lines = [words[at : at + each] for at in range(0, count * each, each)]
        bar = round(size * 1.45 * len(lines) + size * 0.5)
        made = picture.copy()
        made[high - bar :, :, :3] = made[high - bar :, :, :3] // 4
        made[high - bar :, :, 3] = 235
        assert self.around.draw is not None
        for number, text in enumerate(lines):
            style = {"size": size, "colour": "#ffffff", "weight": 500, "shadow": False}
            frame = self.around.draw.text(text, style)
            if frame.alpha is None:
                continue
            mask = frame.alpha
            x = max(0, (wide - mask.shape[1]) // 2)
            y = round(high - bar + size * 0.35 + number * size * 1.45)
            tall, broad = min(mask.shape[0], high - y), min(mask.shape[1], wide - x)
            if tall > 0 and broad > 0:
                part = mask[:tall, :broad, None].astype(np.uint16)
                under = made[y : y + tall, x : x + broad, :3].astype(np.uint16)
                made[y : y + tall, x : x + broad, :3] = (under * (255 - part) + 255 * part) // 255
        return made


def _over(under: Picture, over: Picture) -> Picture:
    """Straight alpha over straight alpha."""
    above = over[:, :, 3:].astype(np.float32) / 255
    below = under[:, :, 3:].astype(np.float32) / 255 * (1 - above)
    alpha = above + below
    colours = over[:, :, :3] * above + under[:, :, :3] * below
    made = np.zeros_like(under)
    made[:, :, :3] = np.clip(np.rint(colours / np.maximum(alpha, 1e-6)), 0, 255)
    made[:, :, 3:] = np.rint(alpha * 255)
    return made
