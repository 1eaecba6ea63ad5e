"""The script as a service: written from facts, accepted line by line, stale when a fact changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from msgspec.structs import replace

from studio.core.errors import StudioError
from studio.core.instants import utc_now
from studio.core.service import Finding, Service, ShowContext
from studio.core.state import State
from studio.host.packs.files import shipped_packs
from studio.host.packs.service import matcher_for
from studio.host.script.claims import unsupported
from studio.host.script.facts import check_own, facts_of, kind_of
from studio.host.script.model import (
    MOST_FACTS,
    MOST_LINES,
    MOST_SCRIPTS,
    Audience,
    Fact,
    ProductScript,
    ProductScriptView,
    Scene,
    ScriptPart,
    ScriptView,
)
from studio.host.script.writing import changes, generated, rendered, script_view
from studio.host.script_commands import ScriptCommands
from studio.shop.catalogue import Catalogue
from studio.shop.model import Product
from studio.shop.offers.book import OfferBook

MOST_DRAFTS = 20


class _Made(NamedTuple):
    """A view and what it was made of."""

    script: ProductScript
    product: Product | None
    view: ProductScriptView


class ScriptService(Service):
    """What the host says about each product.

    Args:
        catalogue, offers: where the facts come from.
        state: told, and watched: a line whose fact changed is stale before the next picture.
    """

    name: ClassVar[str] = "script"
    Part: ClassVar[Any] = ScriptPart
    View: ClassVar[Any] = ScriptView
    is_advice: ClassVar[bool] = True

    def __init__(self, catalogue: Catalogue, offers: OfferBook, state: State) -> None:
        self._catalogue, self._offers, self._state = catalogue, offers, state
        self.part = ScriptPart()
        self.drafts: dict[str, ProductScript] = {}
        self.language = "zh"
        self._seen: object = None
        self._around: object = None
        self._made: dict[tuple[str, bool], _Made] = {}
        self._commands = (ScriptCommands(self),)
        state.watch(("shop", "offers"), self._look)

    def commands(self) -> Sequence[object]:
        """Generate, accept, refresh, mark, edit, facts."""
        return self._commands

    # -- the show ------------------------------------------------------------------------------

    @classmethod
    def validate(cls, part: Any, context: ShowContext) -> Iterable[Finding]:
        """Products that are gone, gaps, stale lines, facts that say nothing."""
        shop, offers = context.parts.get("shop"), context.parts.get("offers")
        products = {product.id: product for product in shop.products} if shop else {}
        for number, fact in enumerate(part.facts):
            try:
                check_own(fact)
            except StudioError as error:
                yield Finding(f"script.facts[{number}]", error, "warning")
        for number, script in enumerate(part.scripts):
            place = f"script.scripts[{number}]"
            product = products.get(script.product)
            if product is None:
                gone = StudioError("not_found", "script.no_product", id=script.product)
                yield Finding(place, gone, "warning")
                continue
            sales = offers.offers if offers else ()
            facts = facts_of(product, sales, None, part.facts, script.language, utc_now().date())
            yield from _line_findings(place, product, script, facts)

    async def reset(self) -> None:
        """No script and no draft is left."""
        self.part, self.drafts, self._seen = ScriptPart(), {}, None

    async def load(self, part: Any, context: ShowContext) -> None:
        """Takes over a show's scripts."""
        self.part, self.drafts, self._seen = part, {}, None
        self.language = context.language

    def save(self) -> ScriptPart:
        """As it is now."""
        return self.part

    def view(self) -> ScriptView:
        """Scripts and drafts, each line ready, with a gap, or stale."""
        part, views = self.part, self._views()
        return ScriptView(
            part.audience, part.scene, part.speed,
            tuple(view for view in views if not view.is_draft),
            tuple(view for view in views if view.is_draft),
            len(part.facts), urlsplit(part.settings.get("url", "")).hostname or "",
        )  # fmt: skip

    # -- facts and scripts ---------------------------------------------------------------------

    def product(self, id: str) -> Product:
        """A product of the show.

        Raises:
            StudioError: not_found.
        """
        return self._catalogue.get(id)

    def facts(self, product: Product, language: str = "") -> dict[str, Fact]:
        """Everything that is known of a product today."""
        return facts_of(
            product, self._offers.part.offers, self._offers, self.part.facts,
            language or self.language, utc_now().date(),
        )  # fmt: skip

    def card_facts(self, product: str) -> Mapping[str, str]:
        """What people entered of a product and holds today, for its card."""
        names = {fact.name for fact in self.part.facts if fact.product == product}
        if not names:
            return {}
        found = facts_of(
            self.product(product), (), None, self.part.facts, self.language, utc_now().date()
        )
        return {name: found[name].value for name in names if name in found}

    def generate(
        self, id: str, audience: Audience, scene: Scene, language: str = ""
    ) -> ProductScript:
        """A draft from the facts as they are now."""
        product, language = self.product(id), language or self.language
        facts = self.facts(product, language)
        draft = generated(product.id, facts, kind_of(product), audience, scene, language)
        self.drafts[product.id] = draft
        for old in list(self.drafts)[:-MOST_DRAFTS]:
            del self.drafts[old]
        return draft

    def script(self, id: str) -> ProductScript:
        """The accepted script of a product.

        Raises:
            StudioError: not_found.
        """
        found = next((script for script in self.part.scripts if script.product == id), None)
        if found is None:
            raise StudioError("not_found", "script.none", product=id)
        return found

    def script_view(self, product: str) -> ProductScriptView | None:
        """The accepted script of a product as it stands now; None where it has none."""
        return self.script_views().get(product)

    def script_views(self) -> dict[str, ProductScriptView]:
        """All accepted scripts as they stand now, by product."""
        return {view.product: view for view in self._views() if not view.is_draft}

    def put_script(self, script: ProductScript) -> None:
        """Takes a product's script over.

        Raises:
            StudioError: conflict.
        """
        if len(script.lines) > MOST_LINES:
            raise StudioError("conflict", "script.too_long", most=MOST_LINES)
        rest = [other for other in self.part.scripts if other.product != script.product]
        if len(rest) >= MOST_SCRIPTS:
            raise StudioError("conflict", "script.too_many", most=MOST_SCRIPTS)
        place = next(
            (n for n, other in enumerate(self.part.scripts) if other.product == script.product),
            len(rest),
        )
        rest.insert(place, script)
        self.put(replace(self.part, scripts=tuple(rest)))

    def put(self, part: ScriptPart) -> None:
        """Another part.

        Raises:
            StudioError: invalid, of a fact; conflict, when there are too many.
        """
        if len(part.facts) > MOST_FACTS:
            raise StudioError("conflict", "script.too_many", most=MOST_FACTS)
        self.part = part

    def refreshed(self, script: ProductScript) -> ProductScript:
        """A script with all its lines written anew from the facts as they are now."""
        facts = self.facts(self.product(script.product), script.language)
        return replace(script, lines=tuple(
            rendered(line, facts, script.language) for line in script.lines
        ))  # fmt: skip

    def refused(self, product: str, text: str, language: str) -> list[str]:
        """What a sentence that a person or a model wrote claims beyond the facts."""
        return unsupported(text, self.facts(self.product(product), language))

    def alarms_in(self, text: str, before: str) -> list[str]:
        """Words of a phrased line that a pack alarms at and that did not stand in it before."""
        return [
            alarm.said
            for alarm in matcher_for(shipped_packs()).alarms(text)
            if alarm.level == "alarm" and alarm.said not in before
        ]

    # ------------------------------------------------------------------------------------------

    def _look(self) -> None:
        """A price, an offer, a name changed: what rests on it is stale from now on."""
        if not self.part.scripts and not self.drafts:
            return
        seen = self._views()
        if seen != self._seen:
            self._seen = seen
            self._state.touch("script")

    def _views(self) -> tuple[ProductScriptView, ...]:
        """Every script and draft; one whose product and offers are as they were is not made anew.

        A change of stock touches the whole shop, many times a minute; a hundred scripts would keep
        the engine for ten milliseconds each time.
        """
        products = {product.id: product for product in self._catalogue.state.products}
        running = self._offers.running()
        live = tuple((offer.id, self._offers.run(offer.id).stage) for offer in running)
        around = (
            self._offers.part.offers,
            live,
            self.part.facts,
            self.part.speed,
            utc_now().date(),
        )
        if around != self._around:
            self._around, self._made = around, {}
        made: dict[tuple[str, bool], _Made] = {}
        drafts = self.drafts.values()
        for script, is_draft in [
            *((s, False) for s in self.part.scripts),
            *((d, True) for d in drafts),
        ]:
            key, product = (script.product, is_draft), products.get(script.product)
            known = self._made.get(key)
            if known is None or known.script is not script or known.product != product:
                known = _Made(script, product, self._view(script, is_draft=is_draft))
            made[key] = known
        self._made = made
        return tuple(known.view for known in made.values())

    def _view(self, script: ProductScript, *, is_draft: bool = False) -> ProductScriptView:
        product = self._catalogue.state.product(script.product)
        facts = self.facts(product, script.language) if product else {}
        name = product.name if product else script.product
        return script_view(script, name, facts, self.part.speed, is_draft=is_draft)


def _line_findings(
    place: str, product: Product, script: ProductScript, facts: dict[str, Fact]
) -> Iterable[Finding]:
    for index, line in enumerate(script.lines):
        where = f"{place}.lines[{index}]"
        changed = changes(line, facts, script.language)
        if changed:
            stale = StudioError(
                "conflict", "script.stale", line=line.text, name=product.name, changed=changed
            )
            yield Finding(where, stale, "warning")
        elif line.missing:
            what = ", ".join(line.missing)
            gap = StudioError("conflict", "script.has_gap", name=product.name, missing=what)
            yield Finding(where, gap, "warning")
