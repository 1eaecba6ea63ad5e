"""A stinger: a short film with alpha runs over the picture; under it the scenes are cut."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Any, ClassVar

from studio.core.errors import StudioError
from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.media.alpha_film import AlphaFilm, read_alpha_film, read_film_sound
from studio.media.frame import Frame
from studio.media.sound import Samples
from studio.media.yuv import Scratch, blend, place
from studio.scenes.transitions.base import Transition


class StingerSettings(Settings):
    """Settings of a stinger."""

    path: Annotated[str, setting("影片（带透明）", "Film with alpha", "file")] = ""
    cut_percent: Annotated[
        int, setting("切换点 %（0 自动）", "Cut at % (0: by itself)", ge=0, le=100)
    ] = 0
    sound: Annotated[bool, setting("播放片花的声音", "Play its sound")] = True


class Stinger(Transition):
    """The film is decoded when it is chosen, not when it is taken.

    It runs at its own speed, whatever duration is set, unless a take asks for another.
    A landscape film on the portrait canvas is stretched to it; use a film that bears that.
    """

    kind: ClassVar[str] = "stinger"
    label: ClassVar[Text] = Text("片花", "Stinger")
    help: ClassVar[Text] = Text(
        "播放一段带透明通道的短片，在其遮挡时切换；按影片自身时长播放。",
        "A short film with alpha hides the moment of the cut; it takes as long as it is.",
    )
    Settings: ClassVar[type[Settings]] = StingerSettings
    default_ms: ClassVar[int] = 1000

    settings: StingerSettings

    def __init__(self, settings: Any = None, base: Path | None = None) -> None:
        super().__init__(settings, base)
        self._films: dict[tuple[int, int], AlphaFilm] = {}
        self._sound: Samples | None = None
        self._cut_at = 0.5
        self._scratch = Scratch()
        self._line = threading.Lock()

    @property
    def own_ms(self) -> int:
        """The film's length."""
        return next((film.length_ms for film in self._films.values()), 0)

    @property
    def sound(self) -> Samples | None:
        """The film's own, unless it is switched off."""
        return self._sound

    @property
    def is_ready(self) -> bool:
        """The film is in memory."""
        return bool(self._films)

    def prepare(self, width: int, height: int) -> None:
        """Reads the film at the canvas's size.

        Raises:
            StudioError: not_found or invalid.
        """
        with self._line:
            if (width, height) in self._films:
                return
            if not self.settings.path:
                raise StudioError("invalid", "scenes.no_stinger")
            given = Path(self.settings.path).expanduser()
            path = given if given.is_absolute() else self.base / given
            film = read_alpha_film(path, width, height)
            if self.settings.sound and self._sound is None:
                self._sound = read_film_sound(path, film.length_ms / 1000)
            self._cut_at = self.settings.cut_percent / 100 or film.half_way()
            self._films = {**self._films, (width, height): film}

    def mix(self, target: Frame, before: Frame, after: Frame, progress: float) -> None:
        """The scene below, the film over it."""
        place(target, before if progress < self._cut_at else after, 0, 0)
        film = self._films.get((target.width, target.height))
        if film is not None:
            picture = film.at(progress)
            if picture.layer is not None:
                blend(target, picture.layer, picture.x, picture.y, self._scratch)
