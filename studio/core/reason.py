"""Why something is as it is: a key of the catalogue and what to put in."""

from __future__ import annotations

import msgspec

Text = str | int | float | bool


class Reason(msgspec.Struct, frozen=True):
    """Why an output is in its state: a message key and what to put in; never a secret."""

    key: str = ""
    params: dict[str, Text] = {}
