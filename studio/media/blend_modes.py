"""The names of the blend modes; apart from the kernels, so that a desk can read them alone."""

from __future__ import annotations

from typing import Literal

Blend = Literal["normal", "add", "subtract", "screen", "multiply", "lighten", "darken"]
