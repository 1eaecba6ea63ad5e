"""Becomes the browser: ``python -m studio.sources.browser.child`` with its words as JSON on stdin.

Chromium's ``--remote-debugging-pipe`` reads descriptor 3 and writes 4, and a program with threads
cannot number the descriptors of its child: this one puts them there and is the browser from then
on. It ends when the pipe is closed, so with whoever drives it. POSIX alone.
"""

from __future__ import annotations

import json
import os
import sys

READS, WRITES = 3, 4
"""Descriptors that Chromium reads commands from and writes answers to."""


def main() -> None:
    """Puts the pipe where it is looked for, and runs the browser in this process."""
    words, reads, writes = json.loads(sys.stdin.buffer.read())
    apart = os.dup(reads), os.dup(writes)
    for descriptor in {reads, writes}:
        os.close(descriptor)
    for descriptor, wanted in zip(apart, (READS, WRITES), strict=True):
        if descriptor != wanted:
            os.dup2(descriptor, wanted)
        os.set_inheritable(wanted, True)
    os.execv(words[0], words)


if __name__ == "__main__":
    main()
