"""How things stand on air, so that the next engine goes on there: scene, card, try-on, outputs."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import msgspec

from studio.core.errors import StudioError
from studio.plans.model import Incident

if TYPE_CHECKING:
    from studio.engine import Engine

KEPT_INCIDENTS = 20


def of(engine: Engine) -> dict[str, Any]:
    """How things stand, for `restore`."""
    state, shop = engine.scenes.state, engine.catalogue.state
    outputs, pinned = engine.pipeline.destinations, engine.audience.pinned
    comment = pinned.comment if pinned else None
    return {
        "show": str(engine.show.folder),
        "programme": state.programme,
        "preview": state.preview,
        "shop": {
            "card": shop.card,
            "explaining": shop.explaining,
            "trying": shop.trying,
            "variant": shop.variant,
        },
        "tryon": engine.wearer.keep(),
        "comment": [comment.author, comment.text, comment.platform] if comment else [],
        "incidents": msgspec.to_builtins(list(engine.plans.incidents)[:KEPT_INCIDENTS]),
        "outputs": [
            msgspec.to_builtins(outputs.settings(name))
            for name in outputs.names()
            if outputs.is_running(name)
        ],
    }


def restore(engine: Engine, kept: dict[str, Any]) -> None:
    """Puts the engine where the one before it had been; what cannot be read is left out."""
    with contextlib.suppress(msgspec.ValidationError):
        state = engine.scenes.state
        engine.scenes.load(
            msgspec.structs.replace(
                state,
                programme=msgspec.convert(kept.get("programme", {}), dict[str, str]),
                preview=msgspec.convert(kept.get("preview", {}), dict[str, str]),
            )
        )
        shop = msgspec.convert(kept.get("shop", {}), dict[str, Any])
        fields = {k: shop[k] for k in ("card", "explaining", "trying", "variant") if k in shop}
        engine.catalogue.load(msgspec.structs.replace(engine.catalogue.state, **fields))
    engine.refresh()
    engine.on_picture.open(with_try_on=not engine.is_safe)
    with contextlib.suppress(StudioError, msgspec.ValidationError):
        engine.tryon.recall(msgspec.convert(kept.get("tryon", {}), dict[str, Any]))
    with contextlib.suppress(msgspec.ValidationError):
        engine.plans.recall(msgspec.convert(kept.get("incidents", []), list[Incident]))
    comment = kept.get("comment") or []
    if len(comment) == 3:
        engine.on_picture.show_comment(*map(str, comment))
