"""Films and sounds for tests, made on the spot."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from fractions import Fraction
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import av
import numpy as np

from studio.core.clock import now_ns
from studio.graphics.text import TextDrawer
from studio.sources.base import SourceContext
from studio.sources.runner import SourceRunner


def until(check, seconds=12.0):
    """Waits for a promise to come true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if check():
            return True
        threading.Event().wait(0.01)
    return False


def runner_of(kinds, kind, settings, base, **around):
    """A source at work, as the engine runs it, without filters."""
    cls = kinds.get(kind)
    place = SourceContext(
        base, TextDrawer(), **{"fps": 30.0, "width": 320, "height": 180, **around}
    )
    return SourceRunner(kind, cls(cls.decode(settings), place))


@contextmanager
def served(folder):
    """A web server of this machine on a folder; gives its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def state(runner):
    """Its health in a word."""
    return runner.health(now_ns()).state


def film(
    path, seconds=2.0, rate=30, size=(160, 90), codec="libx264", pix="yuv420p", gop=15,
    draw=None, stamps=None, sound=None, options=None, mark=None, container=None,
):  # fmt: skip
    """A film of grey levels that rise with time (``draw(n)`` gives another RGB(A) picture).

    ``stamps``: seconds of each picture; ``sound``: (rate, layout); ``mark``: changes the context;
    ``container``: options of the muxer.
    """
    with av.open(str(path), "w", options=container or {}) as out:
        video = out.add_stream(
            codec, rate=rate, options={**({"g": str(gop)} if gop else {}), **(options or {})}
        )
        video.width, video.height, video.pix_fmt = *size, pix
        video.time_base = video.codec_context.time_base = Fraction(1, 90_000)
        if mark:
            mark(video.codec_context)
        audio = out.add_stream("aac", rate=sound[0], layout=sound[1]) if sound else None
        times = stamps or [n / rate for n in range(round(seconds * rate))]
        for number, at in enumerate(times):
            rgb = draw(number) if draw else np.full((size[1], size[0], 3), 20 + number * 3 % 200)
            rgb = np.ascontiguousarray(rgb, np.uint8)
            frame = av.VideoFrame.from_ndarray(rgb, "rgba" if rgb.shape[2] == 4 else "rgb24")
            if mark:
                frame = frame.reformat(format=pix, dst_colorspace="ITU709", dst_color_range="MPEG")
            frame.pts, frame.time_base = round(at * 90_000), Fraction(1, 90_000)
            out.mux(video.encode(frame))
        out.mux(video.encode(None))
        if audio:
            tone(out, audio, times[-1], *sound)
    return path


def tone(out, audio, seconds, rate, layout, hz=440):
    """A sine on all channels."""
    channels = len(av.AudioLayout(layout).channels)
    for start in range(0, int(seconds * rate), 1024):
        wave = 0.3 * np.sin(2 * np.pi * hz * np.arange(start, start + 1024) / rate)
        block = np.repeat(wave[None].astype(np.float32), channels, axis=0)
        part = av.AudioFrame.from_ndarray(np.ascontiguousarray(block), "fltp", layout)
        part.sample_rate, part.pts = rate, start
        out.mux(audio.encode(part))
    out.mux(audio.encode(None))


def turned(path, matrix=(0, 1, -1, 0)):
    """The MP4's display matrix (a, b, c, d) asks for a turn, as phones write it."""
    data = path.read_bytes()
    one, w, zero = (1 << 16).to_bytes(4, "big"), (1 << 30).to_bytes(4, "big"), bytes(4)
    plain = one + zero * 3 + one + zero * 3 + w
    a, b, c, d = ((entry << 16).to_bytes(4, "big", signed=True) for entry in matrix)
    quarter = a + b + zero + c + d + zero * 3 + w
    at = data.index(b"tkhd")
    place = data.index(plain, at)
    path.write_bytes(data[:place] + quarter + data[place + 36 :])
    return path
