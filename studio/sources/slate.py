"""The slate: what stands in for a source that is lost, if the show asks for one."""

from __future__ import annotations

from studio.core.errors import StudioError
from studio.core.log import logger
from studio.media.frame import Frame, blank
from studio.media.picture_file import read_picture
from studio.media.yuv import Scratch, blend, layer, resize
from studio.sources.base import SourceContext
from studio.sources.model import SourceSpec

_log = logger(__name__)

DIM = 0.35


def slate(spec: SourceSpec, around: SourceContext, last: Frame | None) -> Frame:
    """The chosen picture; else the last one dimmed, with the source's name on it.

    Never raises: a slate that cannot be read is no reason for a second fault.
    """
    if spec.slate:
        try:
            return read_picture(around.find(spec.slate))
        except StudioError as error:
            _log.warning("the slate of %s is left out: %s", spec.name, error)
    width, height = (last.width, last.height) if last else (around.width, around.height)
    frame = blank(width & ~1, height & ~1, (28, 128, 128))
    if last is not None:
        _dim(last, frame)
    if around.draw is None:
        return frame
    try:
        name = around.draw.text(spec.name, {"size": max(12, height // 12), "colour": "#ffffff"})
    except StudioError as error:
        _log.warning("the slate of %s has no name on it: %s", spec.name, error)
        return frame
    if name.width > width * 0.9:
        part = width * 0.9 / name.width
        name = resize(name, int(name.width * part) & ~1, max(2, int(name.height * part) & ~1))
    at = ((width - name.width) // 2 & ~1, (height - name.height) // 2 & ~1)
    blend(frame, layer(name), *at, Scratch())
    return frame


def _dim(picture: Frame, into: Frame) -> None:
    import numpy as np

    for mine, its, zero in zip(into.planes, picture.planes, (16.0, 128.0, 128.0), strict=True):
        np.copyto(mine, (its * DIM + zero * (1 - DIM)).astype(np.uint8))
