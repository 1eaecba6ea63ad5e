"""Profiles of the platforms: what each takes, so that it is said before air."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from studio.core.log import logger
from studio.core.paths import assets_dir
from studio.core.plugins import admitted_folders
from studio.core.reason import Reason
from studio.encoding.model import AudioSettings, VideoSettings
from studio.outputs.model import PlatformProfile
from studio.sender.model import OutputSettings

_log = logger(__name__)


@cache
def platforms() -> dict[str, PlatformProfile]:
    """All profiles by id, those of plugins after ours; a broken file is left out and logged."""
    found: dict[str, PlatformProfile] = {}
    places = [assets_dir() / "platforms"]
    places += [folder / "platforms" for folder in admitted_folders()]
    for path in (path for place in places for path in sorted(place.glob("*.json"))):
        try:
            profile = msgspec.json.decode(path.read_bytes(), type=PlatformProfile)
        except (OSError, msgspec.DecodeError) as error:
            _log.error("platform profile %s: %s", Path(path).name, error)
            continue
        if profile.id in found:
            _log.warning("the platform %s is there already: %s is left out", profile.id, path)
            continue
        found[profile.id] = profile
    return found


def misfits(settings: OutputSettings, video: VideoSettings, audio: AudioSettings) -> list[Reason]:
    """What of the canvas the platform of ``settings`` will not take."""
    profile = platforms().get(settings.platform)
    if profile is None:
        return []
    found: list[Reason] = []
    name = profile.id

    def say(key: str, **params: str | int | float | bool) -> None:
        found.append(Reason(f"outputs.misfit_{key}", {"platform": name, **params}))

    long, short = max(video.width, video.height), min(video.width, video.height)
    if long > profile.max_long or short > profile.max_short:
        say(
            "size",
            got=f"{video.width}×{video.height}",
            limit=f"{profile.max_long}×{profile.max_short}",
        )
    kbps = settings.bitrate_kbps or video.bitrate_kbps
    if kbps > profile.max_kbps:
        say("kbps", got=kbps, limit=profile.max_kbps)
    if video.fps_num / video.fps_den > profile.max_fps + 0.01:
        say("fps", got=round(video.fps_num / video.fps_den, 2), limit=profile.max_fps)
    if video.keyint_s > profile.keyint_s + 0.01:
        say("keyint", got=video.keyint_s, limit=profile.keyint_s)
    if audio.bitrate_kbps > profile.max_audio_kbps:
        say("audio", got=audio.bitrate_kbps, limit=profile.max_audio_kbps)
    if settings.canvas not in profile.orientations:
        say("canvas", got=settings.canvas, limit=", ".join(profile.orientations))
    return found
