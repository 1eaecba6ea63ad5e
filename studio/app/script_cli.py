"""``shopcast script``: what a host would say about the goods of a show, each sentence's facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from studio.app.check import read
from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.instants import utc_now
from studio.host.script.facts import facts_of, kind_of
from studio.host.script.model import Audience, ProductScriptView, Scene, ScriptPart
from studio.host.script.writing import generated, script_view

Write = Callable[[str], None]


def write_scripts(
    folder: Path | None,
    products: Sequence[str],
    audience: Audience,
    scene: Scene,
    write: Write,
    *,
    language: str = "",
    as_json: bool = False,
) -> bool:
    """Writes a script for each product from the facts of the show.

    Args:
        folder: of the show, None for the demo.
        products: ids; none for all.

    Returns:
        Whether no line has a gap.

    Raises:
        StudioError: not_found, invalid.
    """
    show = read(folder)
    part: ScriptPart = show.parts["script"]
    language = language or show.head.language
    shop, offers = show.parts["shop"], show.parts["offers"].offers
    known = {product.id: product for product in shop.products}
    for id in products:
        if id not in known:
            raise StudioError("not_found", "script.no_product", id=id)
    gaps = 0
    for id in products or list(known):
        product = known[id]
        facts = facts_of(product, offers, None, part.facts, language, utc_now().date())
        script = generated(id, facts, kind_of(product), audience, scene, language)
        view = script_view(script, product.name, facts, part.speed)
        gaps += view.gaps
        if as_json:
            write(encode_json(view))
        else:
            _tell(view, write)
    return not gaps


def _tell(view: ProductScriptView, write: Write) -> None:
    write(translate("script.cli.head", name=view.name, seconds=view.seconds, stars=view.stars,
                    gaps=view.gaps))  # fmt: skip
    for line in view.lines:
        mark = "★" if line.line.star else "!" if line.state == "gap" else " "
        rests = ", ".join(use.name if not use.source.startswith("offer:") else
                          f"{use.name} ({use.source})" for use in line.line.facts)  # fmt: skip
        write(f"  {mark} {line.line.text}" + (f"   [{rests}]" if rests else ""))
