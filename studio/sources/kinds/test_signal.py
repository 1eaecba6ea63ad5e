"""A moving test picture with a tone, made by FFmpeg's own input device."""

from __future__ import annotations

from typing import Annotated, ClassVar

from studio.core.extension import Settings, setting
from studio.core.text import Text
from studio.sources.capture import LiveInput


class TestSignalSettings(Settings):
    """Settings of the test signal."""

    __test__ = False

    width: Annotated[int, setting("宽", "Width", ge=16, le=3840)] = 1280
    height: Annotated[int, setting("高", "Height", ge=16, le=2160)] = 720
    fps: Annotated[int, setting("帧率", "Frame rate", ge=1, le=120)] = 30


class TestSignal(LiveInput):
    """Opened through the same function as a camera, so it stands in for one in rehearsals."""

    __test__ = False

    kind: ClassVar[str] = "test_signal"
    label: ClassVar[Text] = Text("测试信号", "Test signal")
    help: ClassVar[Text] = Text(
        "会动的测试图与测试音，彩排时代替摄像头。",
        "A moving picture with a tone; stands in for a camera in rehearsal.",
    )
    Settings: ClassVar[type[Settings]] = TestSignalSettings
    sound_delay_ms: ClassVar[int] = 60

    settings: TestSignalSettings

    def address(self) -> tuple[str, str | None, dict[str, str]]:
        """A lavfi graph that runs in real time."""
        s = self.settings
        return (
            f"testsrc2=size={s.width}x{s.height}:rate={s.fps},realtime,format=yuv420p[out0];"
            "sine=frequency=440:sample_rate=48000,arealtime[out1]",
            "lavfi",
            {},
        )
