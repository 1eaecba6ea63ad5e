"""A made-up show given to a real studio: files for its feeds, or signed messages at its door."""

from __future__ import annotations

import http.client
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from studio.core.clean import write_json
from studio.core.clock import now_ns
from studio.core.errors import StudioError
from studio.core.instants import iso, utc_now
from studio.core.loopback import is_this_machine
from studio.core.webhooks import secret_bytes, standard_mark
from studio.core.whole_file import write_whole
from studio.shop.simulator.model import Delivery, Simulation

TRIES, PATIENCE_S = 6, 10.0
LATER = (404, 408, 429, 500, 502, 503, 504)
"""Answers after which a shop sends the same again."""


def comment_lines(simulation: Simulation) -> Iterator[dict[str, Any]]:
    """As the feed "replay" reads them."""
    number = 0
    for act in simulation.acts:
        if act.did == "comment":
            number += 1
            name, _, id = act.viewer.partition("#")
            yield {
                "id": f"sim-{number}", "text": act.text, "user": name, "user_id": f"sim{id}",
                "platform": "simulator", "at_ms": round(act.at_s * 1000),
            }  # fmt: skip


def write_files(simulation: Simulation, folder: Path, start: datetime) -> list[Path]:
    """Files: comments.jsonl (feed "replay"), orders.jsonl (`shopcast orders import`), acts, truth.

    Raises:
        StudioError: failed, where they cannot be written.
    """
    files = {
        "comments.jsonl": [write_json(line) for line in comment_lines(simulation)],
        "orders.jsonl": [write_json(found.body(start)) for found in simulation.deliveries],
        "acts.jsonl": [
            write_json({
                "at_utc": iso(start + timedelta(seconds=act.at_s)),
                **{name: value for name, value in act._asdict().items() if value},
            })
            for act in simulation.acts
        ],
        "truth.json": [write_json(msgspec.to_builtins(simulation.truth))],
    }  # fmt: skip
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, lines in files.items():
            write_whole(folder / name, "".join(f"{line}\n" for line in lines))
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "simulate.no_folder", path=str(folder), why=why) from None
    return [folder / name for name in files]


class ShopAtTheDoor:
    """Sends signed messages to the orders' door of a studio on this machine, as a shop does.

    Args:
        url: of a sender of kind "standard", as `orders.open_door` says it.
        secret: of that sender.
        pause: sleeps; for tests.

    Raises:
        StudioError: invalid: another machine's address, or no secret.
    """

    def __init__(self, url: str, secret: str, pause: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not is_this_machine(parts.hostname or "") or not parts.port:
            raise StudioError("invalid", "simulate.no_door", url=url[:200])
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path
        self._key, self._pause = secret_bytes(secret), pause

    def send_all(self, deliveries: list[Delivery], start: datetime, speed: float) -> Counter[int]:
        """Each at its time, ``speed`` times as fast; returns how many had which answer.

        What is answered "later" is sent again after some seconds, six times at most.
        """
        answers: Counter[int] = Counter()
        began_ns = now_ns()
        waiting = [(found.at_s, 0, number) for number, found in enumerate(deliveries)]
        waiting.sort(reverse=True)
        while waiting:
            at_s, tries, number = waiting.pop()
            self._pause(max(0.0, at_s / speed - (now_ns() - began_ns) / 1e9))
            answer = self._post(deliveries[number], start)
            if answer in LATER and tries + 1 < TRIES:
                waiting.append((at_s + 5.0 * 2**tries, tries + 1, number))
                waiting.sort(reverse=True)
                continue
            answers[answer] += 1
        return answers

    def _post(self, delivery: Delivery, start: datetime) -> int:
        """The answer's code; 503 where nobody answers."""
        body = write_json(delivery.body(start)).encode()
        stamp = str(int(utc_now().timestamp()))
        mark = b64encode(standard_mark(self._key, delivery.id, stamp, body)).decode()
        headers = {
            "content-type": "application/json", "webhook-id": delivery.id,
            "webhook-timestamp": stamp, "webhook-signature": f"v1,{mark}",
        }  # fmt: skip
        link = http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE_S)
        try:
            link.request("POST", self._path, body, headers)
            return link.getresponse().status
        except (OSError, http.client.HTTPException):
            return 503
        finally:
            link.close()
