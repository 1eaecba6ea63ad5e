"""The script from outside: generate, accept, refresh, edit, mark ★, facts."""

from __future__ import annotations

import asyncio
from typing import Annotated, Protocol
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from studio.core.command import Changed, Role, changed, command, only_given
from studio.core.errors import StudioError
from studio.core.taking_back import changed_since, taken_back, way_back, with_rows_taken_back
from studio.host.script.facts import check_own
from studio.host.script.model import (
    Audience,
    Cue,
    Fact,
    FactName,
    LineId,
    OwnFact,
    ProductKey,
    ProductScript,
    Scene,
    ScriptLine,
    ScriptPart,
    ScriptView,
    Speed,
    Star,
)
from studio.host.script.phrasing import PhraserSettings, RefusedLine, ask, faults_of
from studio.host.script.writing import spoken_s
from studio.shop.model import Product

LineText = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]


class ScriptRoom(Protocol):
    """The scripts of this show."""

    part: ScriptPart
    drafts: dict[str, ProductScript]
    language: str

    def product(self, id: str) -> Product: ...

    def facts(self, product: Product, language: str = "") -> dict[str, Fact]: ...

    def generate(
        self, id: str, audience: Audience, scene: Scene, language: str = ""
    ) -> ProductScript: ...

    def script(self, id: str) -> ProductScript: ...

    def put_script(self, script: ProductScript) -> None: ...

    def put(self, part: ScriptPart) -> None: ...

    def refreshed(self, script: ProductScript) -> ProductScript: ...

    def refused(self, product: str, text: str, language: str) -> list[str]: ...

    def view(self) -> ScriptView: ...

    def alarms_in(self, text: str, before: str) -> list[str]: ...


class ScriptCommands:
    """What the host says."""

    def __init__(self, room: ScriptRoom) -> None:
        self._room = room

    @command(
        "script.generate",
        role=Role.CONTROLLER,
        label=("生成话术", "Write a script"),
        help=(
            "按商品、人群、场景从事实写一份草稿；缺的事实留空并标出，不编。",
            "Drafts a script from the facts, by goods, audience and scene; what is missing is a "
            "visible gap.",
        ),
    )
    def generate(
        self, product: ProductKey, audience: Audience | None = None, scene: Scene | None = None
    ) -> Changed:
        part = self._room.part
        draft = self._room.generate(
            product,
            part.audience if audience is None else audience,
            part.scene if scene is None else scene,
        )
        return changed("script", result=msgspec.to_builtins(draft))

    @command(
        "script.accept",
        role=Role.CONTROLLER,
        label=("采用话术", "Accept a script"),
        help=("采用草稿，替换这件商品的话术。", "Takes a draft over as the product's script."),
    )
    def accept(self, product: ProductKey) -> Changed:
        draft = self._room.drafts.get(product)
        if draft is None:
            raise StudioError("not_found", "script.no_draft", product=product)
        before = self._stored(product)
        self._room.put_script(draft)
        del self._room.drafts[product]
        return self._written(before)

    @command(
        "script.put",
        role=Role.CONTROLLER,
        label=("写入话术", "Put a script"),
        help=(
            "写入一件商品的话术；空的话术等于删除。"
            "给出 instead_of（那一步留下的）时只还原有差别的句子。",
            "Puts a product's script; one without lines is removed. With instead_of, what the step "
            "had left, only the lines where the two differ.",
        ),
    )
    def put(self, script: ProductScript, instead_of: ProductScript | None = None) -> Changed:
        before = self._stored(script.product)
        if instead_of is not None:
            script = with_rows_taken_back(before, instead_of, script, "lines", _id_of)
        if script.lines:
            self._room.put_script(script)
        else:
            part = self._room.part
            rest = tuple(other for other in part.scripts if other.product != script.product)
            self._room.put(replace(part, scripts=rest))
        return self._written(before)

    @command(
        "script.refresh",
        role=Role.CONTROLLER,
        label=("更新话术", "Refresh a script"),
        help=(
            "用现在的事实重写这件商品的话术，过期的句子随之更新。",
            "Writes a product's lines anew from the facts as they are now.",
        ),
    )
    def refresh(self, product: ProductKey) -> Changed:
        before = self._stored(product)
        self._room.put_script(self._room.refreshed(self._room.script(product)))
        return self._written(before)

    @command(
        "script.edit",
        role=Role.CONTROLLER,
        label=("改写一句", "Edit a line"),
        help=(
            "自己改写一句；出现事实里没有的数字、名字、奖项时拒绝。",
            "Words a line by hand; a figure, name or award that no fact has is refused.",
        ),
    )
    def edit(self, product: ProductKey, line: LineId, text: LineText) -> Changed:
        script = self._room.script(product)
        before = self._line(script, line)
        claims = self._room.refused(product, text, script.language)
        if claims:
            raise StudioError("invalid", "script.unsupported", claims=", ".join(claims[:8]))
        # Facts that it rested on and still names keep it stale when they change.
        kept = tuple(use for use in before.facts if use.value in text)
        edited = replace(before, text=text, pattern="", facts=kept, missing=())
        return self._put_line(script, edited)

    @command(
        "script.mark",
        role=Role.CONTROLLER,
        label=("标记转化点", "Mark a conversion point"),
        help=(
            "给一句标上 ★（价格、证明、稀缺、行动）和提示（弹卡、优惠），或去掉。",
            "Marks a line ★ (price, proof, scarcity, call) with its cue (card, offer), or not.",
        ),
    )
    def mark(self, product: ProductKey, line: LineId, star: Star = "", cue: Cue = "") -> Changed:
        script = self._room.script(product)
        return self._put_line(script, replace(self._line(script, line), star=star, cue=cue))

    @command(
        "script.fact",
        role=Role.CONTROLLER,
        label=("登记事实", "Put a fact"),
        help=(
            "登记一件商品的事实：值、单位、来源、有效期；价格和库存以商品为准。"
            "给出 instead_of（那一步留下的）时只还原有差别的项。",
            "A fact of a product with unit, source and last day; price and stock are the "
            "catalogue's. With instead_of, what the step had left, only where the two differ.",
        ),
    )
    def fact(self, fact: OwnFact, instead_of: OwnFact | None = None) -> Changed:
        self._room.product(fact.product)
        part = self._room.part
        same = [f for f in part.facts if (f.product, f.name) == (fact.product, fact.name)]
        if instead_of is not None:
            if not same:  # another has forgotten it since
                raise changed_since()
            fact = taken_back(same[0], instead_of, fact)
        check_own(fact)
        rest = tuple(f for f in part.facts if f not in same)
        self._room.put(replace(part, facts=(*rest, fact)))
        undo = (
            way_back("script.fact", "fact", same[0], fact)
            if same
            else ("script.forget_fact", {"product": fact.product, "name": fact.name})
        )
        return changed("script", "prompter", undo=undo)

    @command(
        "script.forget_fact",
        role=Role.CONTROLLER,
        label=("删除事实", "Forget a fact"),
        help=("删除一条登记的事实；用到它的句子变成空缺。", "Forgets a fact; lines lose it."),
    )
    def forget_fact(self, product: ProductKey, name: FactName) -> Changed:
        part = self._room.part
        gone = next((f for f in part.facts if (f.product, f.name) == (product, name)), None)
        if gone is None:
            raise StudioError("not_found", "script.no_fact", product=product, name=name)
        self._room.put(replace(part, facts=tuple(f for f in part.facts if f is not gone)))
        return changed(
            "script", "prompter", undo=("script.fact", {"fact": msgspec.to_builtins(gone)})
        )

    @command(
        "script.facts",
        role=Role.VIEWER,
        label=("商品事实", "Facts of a product"),
        help=(
            "一件商品所有的事实：值、单位、来源、有效期。",
            "All facts of a product with unit, source and last day.",
        ),
    )
    def facts(self, product: ProductKey) -> Changed:
        found = self._room.facts(self._room.product(product))
        return changed(result=msgspec.to_builtins(list(found.values())))

    @command(
        "script.settings",
        role=Role.CONTROLLER,
        label=("话术设置", "Script settings"),
        help=(
            "语速（每秒字数或词数，0 为一般）、默认人群和场景。",
            "The host's speed (signs or words a second, 0 is usual), usual audience and scene.",
        ),
    )
    def settings(
        self,
        speed: Annotated[float, msgspec.Meta(ge=0, le=15)] | None = None,
        audience: Audience | None = None,
        scene: Scene | None = None,
    ) -> Changed:
        before = self._room.part
        given = only_given(speed=speed, audience=audience, scene=scene)
        self._room.put(replace(before, **given))
        undo = {name: getattr(before, name) for name in given}
        return changed("script", undo=("script.settings", undo))

    @command(
        "script.length",
        role=Role.VIEWER,
        label=("话术时长", "Length of a text"),
        help=("一段话按这个语速要说多久。", "How long a text takes at a speed."),
    )
    def length(self, text: LineText, speed: Speed | None = None) -> Changed:
        pace = self._room.part.speed if speed is None else speed
        return changed(result={"seconds": round(spoken_s(text, self._room.language, pace), 1)})

    # -- an endpoint that may phrase -----------------------------------------------------------

    @command(
        "script.endpoint",
        role=Role.OWNER,
        label=("话术改写接口", "Phrasing endpoint"),
        help=(
            "可改写话术的接口（OpenAI 协议）：地址、模型、密钥；空地址为不用。密钥存入钥匙串。",
            "An endpoint (OpenAI's protocol) that may phrase lines: url, model, token; an empty "
            "url is none. The token goes to the keyring.",
        ),
    )
    def endpoint(self, settings: PhraserSettings) -> Changed:
        part = self._room.part
        before = part.settings
        given = {name: value for name, value in msgspec.to_builtins(settings).items() if value}
        is_other = _host(given.get("url", "")) != _host(before.get("url", ""))
        if given.get("token") and given["token"] == before.get("token") and is_other:
            raise StudioError("invalid", "script.token_again")
        if given.get("url") and not given["url"].startswith(("http://", "https://")):
            raise StudioError("invalid", "script.no_endpoint")
        self._room.put(replace(part, settings=given if given.get("url") else {}))
        return changed("script", undo=("script.endpoint", {"settings": before}))

    @command(
        "script.phrase",
        role=Role.CONTROLLER,
        label=("改写话术", "Phrase a script"),
        help=(
            "请接口改写一件商品的话术；出现事实里没有的数字、名字、说法，或丢了事实的句子不采用。",
            "Has the endpoint phrase a product's lines; one that claims what no fact says, or "
            "loses a fact, stays as it was.",
        ),
    )
    async def phrase(self, product: ProductKey) -> Changed:
        script = self._room.script(product)
        view = next(v for v in self._room.view().scripts if v.product == script.product)
        lines = [entry.line for entry in view.lines if entry.state == "ready"]
        if not lines:
            raise StudioError("conflict", "script.nothing_to_phrase")
        settings = self._room.part.settings
        said = await asyncio.to_thread(ask, settings, lines, script.audience, script.language)
        facts = self._room.facts(self._room.product(product), script.language)
        taken: dict[str, ScriptLine] = {}
        refused: list[RefusedLine] = []
        for line in lines:
            text = said.get(line.id, line.text)
            if text == line.text:
                continue
            why = (*faults_of(line, text, facts), *self._room.alarms_in(text, line.text))
            if why:
                refused.append(RefusedLine(line.id, text[:400], why[:8]))
            else:
                taken[line.id] = replace(line, text=text, pattern="")
        now = self._room.script(product)  # it may have been edited meanwhile: those lines stay
        was = {line.id: line for line in script.lines}
        kept = tuple(
            taken[line.id] if line.id in taken and was.get(line.id) == line else line
            for line in now.lines
        )
        self._room.put_script(replace(now, lines=kept))
        result = {"phrased": len(taken), "refused": msgspec.to_builtins(refused)}
        undo = way_back("script.put", "script", now, self._stored(now.product))
        return changed("script", "prompter", result=result, undo=undo)

    # ------------------------------------------------------------------------------------------

    @staticmethod
    def _line(script: ProductScript, id: str) -> ScriptLine:
        found = next((line for line in script.lines if line.id == id), None)
        if found is None:
            raise StudioError("not_found", "script.no_line", line=id)
        return found

    def _put_line(self, script: ProductScript, line: ScriptLine) -> Changed:
        lines = tuple(line if other.id == line.id else other for other in script.lines)
        before = self._stored(script.product)
        self._room.put_script(replace(script, lines=lines))
        return self._written(before)

    def _stored(self, product: str) -> ProductScript:
        """As the show has it now; one without lines where it has none."""
        stored = next((s for s in self._room.part.scripts if s.product == product), None)
        return stored or ProductScript(product)

    def _written(self, before: ProductScript) -> Changed:
        """Lines that another words until it is taken back stay."""
        undo = way_back("script.put", "script", before, self._stored(before.product))
        return changed("script", "prompter", undo=undo)


def _id_of(line: ScriptLine) -> str:
    return line.id


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()
