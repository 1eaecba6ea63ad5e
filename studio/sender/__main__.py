"""``python -m studio.sender --output NAME --runtime DIR [--log FILE]``."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import threading
import time
from pathlib import Path

from studio.core.log import logger, start_logging
from studio.core.loopback import drill_owner, guard_drill
from studio.core.processes import identify
from studio.core.streams import let_go_of_output, speak_utf8
from studio.sender.app import Sender

LOOK_S = 0.25


def main() -> int:
    """Runs one sender until it is told to stop; what it publishes comes over its socket."""
    speak_utf8()
    guard_drill()
    _end_with_drill()
    parser = argparse.ArgumentParser(prog="shopcast-sender")
    parser.add_argument("--output", required=True)
    parser.add_argument("--runtime", required=True, type=Path)
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    os.umask(0o077)  # a recording is its maker's alone
    start_logging(given.log)
    gc.set_threshold(10_000, 20, 50)

    async def run() -> None:
        await Sender(given.output, given.runtime).run()

    try:
        # Not asyncio.run: it would wait for a name look-up that hangs in the resolver's thread.
        asyncio.new_event_loop().run_until_complete(run())
    except Exception:
        logger(__name__).exception("the sender failed")
        return 1
    return 0


def _end_with_drill() -> None:
    """A sender outlives its engine, but never the drill that both belong to."""
    owner = drill_owner()
    if not owner:
        return
    known = identify(owner)

    def look() -> None:
        while known is not None and identify(owner) == known:
            time.sleep(LOOK_S)
        os._exit(0)

    threading.Thread(target=look, name="drill", daemon=True).start()


if __name__ == "__main__":
    code = main()
    let_go_of_output()
    os._exit(code)
