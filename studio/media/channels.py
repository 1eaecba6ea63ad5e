"""The order of a film's sound channels, settled before PyAV looks at it.

FFmpeg tells an order that is none of its own (a `chan` box of QuickTime or CAF, ISO's `chnl`) in a
table; PyAV 18 copies the table's address and frees it twice, which ends the process. The count
alone is taken there: its usual order, as WAVE has it.
"""

from __future__ import annotations

from typing import Any

USUAL = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""As FFmpeg has them by their count (libavutil/channel_layout.c)."""
TABLED = ("mov", "caf", "aiff")


def settle_channels(media: Any, stream: Any) -> None:
    """Gives a track of plain samples the usual order of its channels; call before it is decoded.

    Codecs other than PCM tell their order themselves, and it is one that FFmpeg knows.

    Args:
        media: an open PyAV container.
        stream: one of its sound tracks.
    """
    context = stream.codec_context
    if context is None or not str(context.name).startswith("pcm_"):
        return
    if not any(name in TABLED for name in str(media.format.name).split(",")):
        return
    count = context.channels  # read once: PyAV frees the table with what it reads
    context.layout = USUAL.get(count, f"{max(1, count)}C")
