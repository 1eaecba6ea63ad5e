"""A batch of requests: how it is run, its pauses, and values handed from one to the next."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import Any

from studio.protocols.obs_ws import Close, Data, RequestError, RequestStatus

SERIAL, SERIAL_FRAME, PARALLEL = 0, 1, 2
MOST_MS = 50_000
MOST_FRAMES = 10_000
MOST_REQUESTS = 5000


class Batch:
    """One RequestBatch (op 8). ``Batch({})`` stands for no batch: nothing may sleep in it.

    Source: obs-websocket protocol.md, "RequestBatch (OpCode 8)", and the request "Sleep".
    """

    def __init__(self, data: Data) -> None:
        self.kind = data.get("executionType") or SERIAL if data else None
        self.halts = bool(data.get("haltOnFailure"))
        found = data.get("requests", [])
        self.requests: list[Data] = [
            dict(entry) if isinstance(entry, dict) else {} for entry in found
        ]
        self.echo = {"requestId": data["requestId"]} if "requestId" in data else {}
        self._variables: Data = dict(data.get("variables") or {})

    @property
    def is_parallel(self) -> bool:
        """Do its requests run at once?"""
        return self.kind == PARALLEL

    @staticmethod
    def fault(data: Data) -> tuple[Close, str] | None:
        """Why a batch's payload cannot be taken, as the protocol says it: a close code."""
        if "requests" not in data:
            return Close.MISSING_FIELD, "Your payload is missing requests."
        if not isinstance(data["requests"], list):
            return Close.INVALID_TYPE, "requests must be a list."
        if len(data["requests"]) > MOST_REQUESTS:
            return Close.INVALID_VALUE, f"A batch has {MOST_REQUESTS} requests at most."
        kind = data.get("executionType")
        if kind is not None and (not isinstance(kind, int) or isinstance(kind, bool)):
            return Close.INVALID_TYPE, "executionType must be a number."
        if kind not in (None, SERIAL, SERIAL_FRAME, PARALLEL):
            return Close.INVALID_VALUE, f"There is no executionType {kind}."
        variables = data.get("variables")
        if variables is not None and not isinstance(variables, dict):
            return Close.INVALID_TYPE, "variables must be an object."
        if kind == PARALLEL and (data.get("haltOnFailure") or variables):
            return Close.UNSUPPORTED_FEATURE, "A parallel batch neither halts nor has variables."
        return None

    def fill(self, entry: Data) -> None:
        """Puts variables into a request's data, as its ``inputVariables`` ask."""
        wanted, given = entry.get("inputVariables"), entry.get("requestData")
        if not isinstance(wanted, dict) or not isinstance(given, (dict, type(None))):
            return
        filled = dict(given or {})
        for field, variable in wanted.items():
            if isinstance(variable, str) and variable in self._variables:
                filled[field] = self._variables[variable]
        entry["requestData"] = filled

    def learn(self, entry: Data, answer: Data) -> None:
        """Keeps values of an answer, as the request's ``outputVariables`` ask."""
        wanted, found = entry.get("outputVariables"), answer.get("responseData")
        if isinstance(wanted, dict) and isinstance(found, dict):
            for variable, field in wanted.items():
                if isinstance(field, str) and field in found:
                    self._variables[variable] = found[field]

    async def sleep(self, data: Data, fps: Fraction) -> None:
        """The request "Sleep".

        Raises:
            RequestError: 206 outside a serial batch, 300, 401 or 402 for its data.
        """
        if self.kind == SERIAL:
            await asyncio.sleep(float(_within(data, "sleepMillis", MOST_MS)) / 1000)
        elif self.kind == SERIAL_FRAME:
            await asyncio.sleep(float(_within(data, "sleepFrames", MOST_FRAMES) / fps))
        else:
            raise RequestError(RequestStatus.BAD_BATCH_TYPE, "Sleep belongs in a serial batch.")


def _within(data: Data, name: str, most: int) -> Fraction:
    value: Any = data.get(name)
    if value is None:
        raise RequestError(
            RequestStatus.MISSING_FIELD, f"Your request is missing the `{name}` field."
        )
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise RequestError(RequestStatus.INVALID_FIELD_TYPE, f"`{name}` must be a number.")
    if not 0 <= value <= most:
        raise RequestError(RequestStatus.OUT_OF_RANGE, f"`{name}` must be between 0 and {most}.")
    return Fraction(value)
