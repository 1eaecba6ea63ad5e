"""The implicit label of generated content: what GB 45438-2025 puts into a file's metadata.

A field ``AIGC`` with a JSON object: Label ("1": generated), ContentProducer, ProduceID (a code of
this content), ReservedCode1, ContentPropagator, PropagateID, ReservedCode2.
"""

from __future__ import annotations

import json
import re
from uuid import uuid4

FIELD = "AIGC"
GENERATED = "1"
PRODUCER = "Shopcast"
_LABEL = re.compile(rb'\{"Label": ?"1", ?"ContentProducer"')


def aigc_label(producer: str = PRODUCER, produce_id: str = "") -> str:
    """The value of the field ``AIGC``, ASCII on one line.

    Args:
        producer: who made the content with the program; the program where nobody is named.
        produce_id: of this content; a new one by default.
    """
    return json.dumps(
        {
            "Label": GENERATED,
            "ContentProducer": producer,
            "ProduceID": produce_id or uuid4().hex,
            "ReservedCode1": "",
            "ContentPropagator": "",
            "PropagateID": "",
            "ReservedCode2": "",
        }
    )


def bears_aigc(raw: bytes) -> bool:
    """Does this metadata hold the label, wherever in it?"""
    return _LABEL.search(raw) is not None
