"""The process of the sentence model: ``python -m studio.comments.sentences.worker``.

It says a `SentenceReply` when it is ready, then one for each `SentenceRequest` on stdin, and ends
with its stdin. Low priority, one thread, a ceiling over its memory.
"""

from __future__ import annotations

import sys

import msgspec

from studio.comments.sentences.judge import SentenceJudge
from studio.comments.sentences.wire import SentenceReply, SentenceRequest
from studio.core.priority import background_thread

NICENESS = 8
MEMORY_BYTES = 400_000_000
"""It takes 60 MB, and as much again mapped from the model's file, which is not counted here."""


def main() -> None:
    """Serves one engine."""
    background_thread(NICENESS)
    _bound_memory()
    out, judge = sys.stdout.buffer, SentenceJudge()
    judge.judge("这件多少钱")  # what is made on first use is made before it says that it is ready

    def tell(reply: SentenceReply) -> None:
        out.write(msgspec.json.encode(reply) + b"\n")
        out.flush()

    try:
        tell(SentenceReply())
        for line in sys.stdin.buffer:
            asked = msgspec.json.decode(line, type=SentenceRequest)
            tell(SentenceReply(judge.judge(asked.text), judge.judge(asked.name, is_name=True)))
    except (BrokenPipeError, KeyboardInterrupt):
        return


def _bound_memory() -> None:
    """Linux alone counts what is written to apart from what is mapped to be read."""
    if sys.platform == "linux":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, hard))


if __name__ == "__main__":
    main()
