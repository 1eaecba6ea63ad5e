"""The outline of the person: where a pixel is person and where it is room.

Network: MediaPipe Selfie Segmentation, landscape (Apache-2.0).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from studio.tryon import models
from studio.tryon.detect.roi import Roi, cut

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from studio.media.frame import Frame

BUNDLE = "selfie_segmentation_landscape.tflite"


class MaskFinder:
    """Finds the person mask. One thread at a time.

    Args:
        where: folder of the models, by default the studio's own.
        keep: how much of the last mask stays when nothing moves, 0..1; calms the edge.

    Raises:
        StudioError: unavailable or failed when the model file is missing or broken.
    """

    def __init__(self, where: Path | None = None, keep: float = 0.5) -> None:
        self._network = models.load(BUNDLE, "", where)
        self._keep = keep
        self._last: NDArray[np.float32] | None = None

    def find(self, frame: Frame) -> NDArray[np.uint8]:
        """The mask of the whole frame at the network's size, uint8 (144, 256), 255 is person."""
        height, width = frame.y.shape
        area = Roi((width - 1) / 2, (height - 1) / 2, width, height)
        cut(frame, area, self._network.picture())
        alpha = self._network.run("segment_back")[0][0, :, :, 0]
        if self._last is not None:
            # Sure pixels count at once, unsure ones lean on the last frame (binary entropy).
            sure = np.abs(alpha * 2 - 1)
            alpha = alpha + (self._last - alpha) * self._keep * (1 - sure)
        self._last = alpha
        return np.rint(np.clip(alpha, 0, 1) * 255).astype(np.uint8)

    def forget(self) -> None:
        """Starts anew, after a cut."""
        self._last = None
