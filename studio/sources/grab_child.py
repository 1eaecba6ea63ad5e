"""Grabs a screen in a process of its own: ``python -m studio.sources.grab_child``.

FFmpeg's x11grab crashes the process when the display goes away at the wrong moment (seen in
``avformat_open_input`` while an X server was starting anew). Here it takes nobody along; the
pictures go to stdout as raw planes in NUT, converted already. What to grab comes as JSON through
stdin: everybody on the machine can read a process's arguments.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction

from studio.core.streams import speak_utf8


def main() -> int:
    """Grabs until stdout is closed; says on stderr why it could not."""
    speak_utf8()
    import av

    name, form, options = json.loads(sys.stdin.buffer.read())
    try:
        with av.open(name, format=form, options=options, timeout=(8.0, 3.0)) as media:
            source = media.streams.video[0]
            width, height = source.width & ~1, source.height & ~1
            with av.open("pipe:1", "w", format="nut", options={"flush_packets": "1"}) as out:
                stream = out.add_stream("rawvideo", rate=source.average_rate or 30)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
                stream.codec_context.time_base = Fraction(1, 1_000_000)
                for frame in media.decode(source):
                    picture = frame.reformat(
                        width=width,
                        height=height,
                        format="yuv420p",
                        dst_colorspace="ITU709",
                        dst_color_range="MPEG",
                    )
                    picture.pts = round((frame.time or 0.0) * 1_000_000)
                    picture.time_base = Fraction(1, 1_000_000)
                    out.mux(stream.encode(picture))
    except (av.FFmpegError, OSError, ValueError, IndexError) as error:
        print(getattr(error, "strerror", None) or error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
