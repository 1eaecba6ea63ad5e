"""``shopcast say TEXT --out FILE.wav``: a text in the voice of the stand-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from studio.core.aigc import FIELD, aigc_label
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.whole_file import write_whole
from studio.host.voice.model_files import SPEAKING, VOICES, voice_for

SLOWEST, FASTEST = 0.5, 2.0


def say_to_file(
    text: str,
    out: Path,
    write: Callable[[str], object],
    *,
    language: str = "",
    voice: str = "",
    speed: float = 1.0,
    as_json: bool = False,
) -> None:
    """Writes a WAV file; in its INFO list it bears the label of generated content.

    Args:
        language: "zh" or "en"; "" is Chinese where the text has a Chinese sign.
        voice: by name; "" is the usual one of the language.

    Raises:
        StudioError: not_found: the model, the voice; invalid: the speed, a text without words;
            failed: the file cannot be written.
    """
    from studio.host.voice.saying import wav_bytes
    from studio.host.voice.worker import load_sayer

    if voice and voice not in VOICES:
        raise StudioError("not_found", "voice.no_voice", voice=voice, known=", ".join(VOICES))
    if not SLOWEST <= speed <= FASTEST:
        raise StudioError("invalid", "voice.speed", speed=speed)
    spoken = language or ("zh" if any("\u3400" <= sign <= "\u9fff" for sign in text) else "en")
    made = load_sayer(SPEAKING.folder()).say(text, spoken, voice_for(spoken, voice), speed)
    if not made.pcm:
        raise StudioError("invalid", "voice.no_words", text=text[:80])
    try:
        write_whole(out, wav_bytes(made, f"{FIELD}={aigc_label()}"))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StudioError("failed", "voice.not_written", path=f"{out}: {why}") from None
    if as_json:
        write(json.dumps({"file": str(out), "seconds": made.seconds, "mouths": made.mouths}))
    else:
        write(translate("voice.cli.said", path=str(out), seconds=f"{made.seconds:.1f}"))
