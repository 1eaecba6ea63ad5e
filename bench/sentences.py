"""The sentence model under load: what is judged in time, what is not, and what it takes."""

from __future__ import annotations

import asyncio
import time

from bench.base import Row
from bench.line.processes import cpu_s
from studio.comments.ranking import rank
from studio.comments.sentences.judge import has_library
from studio.comments.sentences.link import IN_TIME_S, SentenceLink
from studio.comments.sentences.wire import SentenceReply, SentenceRequest

A_SECOND, SECONDS = 500, 10
ALONE = 200


def sentence_rows(texts: list[str]) -> list[Row]:
    """Rows for ``shopcast bench comments``; none where the model is not there."""
    return asyncio.run(_measured(texts)) if has_library() else []


async def _measured(texts: list[str]) -> list[Row]:
    link = SentenceLink(lambda: None)
    try:
        return await _asked(link, texts)
    finally:
        await link.stop()


async def _asked(link: SentenceLink, texts: list[str]) -> list[Row]:
    alone = []
    for text in texts[:ALONE]:
        began = time.monotonic()
        await _answer(link, text)
        alone.append((time.monotonic() - began) * 1000)
    took: list[float] = []
    passed, began_cpu = link.passed, cpu_s(link.pid)
    began = time.monotonic()
    for number in range(A_SECOND * SECONDS):
        behind = began + number / A_SECOND - time.monotonic()
        if behind > 0:
            await asyncio.sleep(behind)
        text = texts[number % len(texts)] + str(number)
        since = time.monotonic()

        def told(reply: SentenceReply | None, since: float = since) -> None:
            if reply is not None and time.monotonic() - since <= IN_TIME_S:
                took.append((time.monotonic() - since) * 1000)

        link.ask(SentenceRequest(text), rank(text)[0], told)
    wall = time.monotonic() - began
    core = (cpu_s(link.pid) - began_cpu) / wall
    took.sort()
    return [
        Row("sentence model, one at a time", sorted(alone)[len(alone) // 2], None, "ms"),
        Row("the same at 500 a second: judged in time", len(took) / wall, None, "a second"),
        Row("slowest hundredth of these", took[len(took) * 99 // 100], None, "ms", 300.0),
        Row("passed over, of 500 a second", (link.passed - passed) / wall, None, "a second"),
        Row("cores it takes", core, None, "", 1.05),
        Row("its memory", _peak_mb(link.pid), None, "MB"),
    ]


async def _answer(link: SentenceLink, text: str) -> None:
    done = asyncio.Event()
    link.ask(SentenceRequest(text), 1, lambda reply: done.set())
    await done.wait()


def _peak_mb(pid: int) -> float:
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as file:
            lines = file.read().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
