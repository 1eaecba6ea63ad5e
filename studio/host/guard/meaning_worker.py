"""The process of the guard's second opinion: ``python -m studio.host.guard.meaning_worker``.

It speaks as the sentence model of comments does (`studio.comments.sentences.wire`): ready, then
for each sentence the kind of claim. Low priority, one thread.
"""

from __future__ import annotations

import sys

import msgspec

from studio.comments.sentences.wire import SentenceReply, SentenceRequest
from studio.core.priority import background_thread
from studio.host.guard.meaning import MeaningJudge

NICENESS = 8


def main() -> None:
    """Serves one engine, and ends with its stdin."""
    background_thread(NICENESS)
    out, judge = sys.stdout.buffer, MeaningJudge()
    judge.kind("这件衣服今天有货")  # what is made on first use is made before it is ready

    def tell(reply: SentenceReply) -> None:
        out.write(msgspec.json.encode(reply) + b"\n")
        out.flush()

    try:
        tell(SentenceReply())
        for line in sys.stdin.buffer:
            asked = msgspec.json.decode(line, type=SentenceRequest)
            tell(SentenceReply(judge.kind(asked.text) if asked.text else ""))
    except (BrokenPipeError, KeyboardInterrupt):
        return


if __name__ == "__main__":
    main()
