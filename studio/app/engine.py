"""The running engine: begins with a show, goes on where another was killed, ends in order."""

from __future__ import annotations

from pathlib import Path

from studio.app.extensions import Extensions
from studio.app.root import Parts, build
from studio.core.errors import StudioError
from studio.graphics import qt
from studio.show.checkpoint import KeptCheckpoint
from studio.show.keeper import OpenShow


class Engine:
    """One running show; made on the loop that will be its only writer.

    Args:
        show: what to run, already read and checked.
        extensions: sources, filters and the like; without plugins in safe mode.
        is_safe: without try-on and plugins, after it crashed twice.
    """

    def __init__(self, show: OpenShow, extensions: Extensions, *, is_safe: bool = False) -> None:
        if not qt.has_own_font():
            error = StudioError("unavailable", "graphics.no_font", used=qt.family())
            extensions.errors.append(error)
        self.parts: Parts = build(show, extensions, is_safe=is_safe)

    async def start(self, kept: KeptCheckpoint | None = None) -> None:
        """Loads the show and starts ticking; the first picture is there when this returns.

        Args:
            kept: where the engine before was killed; what of it cannot be read is left out.

        Raises:
            StudioError: what in the show cannot be used.
        """
        await self.parts.session.begin(kept)
        await self.parts.services.start()

    async def stop(self) -> None:
        """Ends everything in order; outputs end within about 2 s."""
        await self.parts.services.stop()

    def write_picture(self, file: Path) -> None:
        """Writes the programme as it is now."""
        self.parts.programme.write_picture(file)
