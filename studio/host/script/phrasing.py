"""Lets a model phrase lines over an endpoint that speaks OpenAI's protocol; trusts it in nothing.

What comes back is held against the facts sentence by sentence: a figure, a name, a material, an
award, a rival, an order, a fact that got lost, a word that a pack alarms at: the line stays as it
was, and the reason is told. Comments of viewers are never sent.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from email.message import Message
from typing import IO, Annotated, Any

import msgspec

from studio.core.clean import read_json, write_json
from studio.core.credentials import opened
from studio.core.errors import StudioError
from studio.core.places import names_place
from studio.host.script.claims import unsupported
from studio.host.script.model import Fact, ScriptLine

ASK_S = 40.0
MOST_BYTES = 500_000
LONGEST = 400
_FENCE = re.compile(r"^```[a-z]*\s*|\s*```$")
TASK = (
    "You reword what a shop's host says. Keep the meaning and every figure, name and fact of each "
    "line, word for word; add no figure, name, material, origin, effect, award, comparison or "
    "promise. Audience: {audience}. Language: {language}. "
    'Answer with JSON alone: {{"lines": [{{"id": "...", "text": "..."}}]}}'
)


class PhraserSettings(msgspec.Struct, frozen=True):
    """Where lines are phrased; the token is kept with the other secrets of the person."""

    url: Annotated[str, names_place("address", max_length=500)] = ""
    model: Annotated[str, msgspec.Meta(max_length=100)] = ""
    token: Annotated[str, msgspec.Meta(max_length=500)] = ""


class RefusedLine(msgspec.Struct, frozen=True):
    """A line that stays as it was, and why."""

    id: str
    text: str
    why: tuple[str, ...]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The key goes to the address that a person named, and nowhere else."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        return None


def ask(
    settings: Mapping[str, Any], lines: Sequence[ScriptLine], audience: str, language: str
) -> dict[str, str]:
    """What the endpoint makes of lines, by id; blocks, so it belongs in a thread.

    Raises:
        StudioError: unavailable, failed: it cannot be reached or answers nothing that can be read.
    """
    known = opened(dict(settings))
    url = str(known.get("url", "")).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise StudioError("invalid", "script.no_endpoint")
    if not url.endswith("/chat/completions"):
        url += "/chat/completions"
    body = {
        "model": known.get("model", ""),
        "messages": [
            {"role": "system", "content": TASK.format(audience=audience, language=language)},
            {"role": "user", "content": write_json({"lines": [_sent(line) for line in lines]})},
        ],
        "temperature": 0.7,
    }
    headers = {"Content-Type": "application/json"}
    if known.get("token"):
        headers["Authorization"] = f"Bearer {known['token']}"
    request = urllib.request.Request(url, write_json(body).encode(), headers, method="POST")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=ASK_S) as answer:
            data = answer.read(MOST_BYTES + 1)
    except urllib.error.HTTPError as error:
        why = f"HTTP {error.code}"
        raise StudioError("failed", "script.endpoint_failed", why=why) from None
    except (OSError, ValueError) as error:
        why = str(getattr(error, "reason", error))[:200]
        raise StudioError("unavailable", "script.endpoint_away", why=why) from None
    if len(data) > MOST_BYTES:
        raise StudioError("failed", "script.endpoint_failed", why=f"> {MOST_BYTES} B")
    return _read(data)


def _sent(line: ScriptLine) -> dict[str, Any]:
    return {"id": line.id, "text": line.text, "facts": {f.name: f.value for f in line.facts}}


def _read(data: bytes) -> dict[str, str]:
    try:
        content = read_json(data)["choices"][0]["message"]["content"]
        found = read_json(_FENCE.sub("", str(content).strip()))["lines"]
        return {str(entry["id"]): str(entry["text"]).strip() for entry in found}
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, IndexError, TypeError) as error:
        why = f"{type(error).__name__}"
        raise StudioError("failed", "script.endpoint_failed", why=why) from None


def faults_of(line: ScriptLine, text: str, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """Why a phrased line is refused; () for one that may be said."""
    found = unsupported(text, facts, (line.text,), is_strict=True)
    found += [f"− {use.value}" for use in line.facts if use.value not in text]
    if not 2 <= len(text) <= LONGEST or "\n" in text or "〔" in text:
        found.append(f"{len(text)}")
    return tuple(found)
