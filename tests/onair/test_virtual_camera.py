"""The virtual camera of a running engine, read by another program at the end of a pipe."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.onair.peer import Peer
from tests.onair.studio import Studio

pytestmark = [
    pytest.mark.onair,
    pytest.mark.skipif(sys.platform == "win32", reason="named pipes of POSIX"),
]
OUTPUTS = 1 << 6


def test_another_program_sees_the_programme(tmp_path: Path) -> None:
    pipe = tmp_path / "camera"
    os.mkfifo(pipe)
    with Studio(tmp_path / "studio") as studio, Peer(studio.address, events=OUTPUTS) as peer:
        canvas = peer.ask("GetVideoSettings")
        wide, high = canvas["outputWidth"], canvas["outputHeight"]
        size = wide * high * 3 // 2
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        os.set_blocking(reader, True)
        peer.run("virtualcam.start", device=str(pipe))
        assert peer.ask("GetVirtualCamStatus") == {"outputActive": True}

        def luma() -> float:
            data = b""
            while len(data) < size:
                data += os.read(reader, size - len(data))
            return float(np.frombuffer(data, np.uint8)[: wide * high].mean())

        before = luma()
        assert before > 16  # scene One is a plain colour
        peer.run("scenes.take", scene="Two", transition="cut")
        pictures = [luma() for _ in range(30)]
        assert abs(pictures[-1] - before) > 3
        assert peer.ask("ToggleVirtualCam") == {"outputActive": False}
        os.close(reader)
        assert peer.event("VirtualcamStateChanged", outputActive=True)
        assert peer.event("VirtualcamStateChanged", outputActive=False)
