"""``shopcast nodes`` and ``shopcast host ask``: what is due about a show, what its facts answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.app.check import read
from studio.app.listen_cli import goods_of, sheet_of
from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.i18n import system_language, translate
from studio.core.instants import from_iso, on_clock, utc_now
from studio.core.whole_file import write_whole
from studio.host.assistant.answers import answer_to
from studio.host.nodes.checks import calendar, nodes_view
from studio.host.nodes.model import NodesView
from studio.host.rundown.model import RundownRun
from studio.host.script.facts import facts_of
from studio.host.script.model import ProductScriptView, ScriptPart
from studio.host.script.writing import script_view
from studio.show.keeper import OpenShow

Write = Callable[[str], None]


def _nodes_of(show: OpenShow) -> NodesView:
    part: ScriptPart = show.parts["script"]
    products = {product.id: product for product in show.parts["shop"].products}
    offers, today = show.parts["offers"].offers, utc_now().date()
    scripts: dict[str, ProductScriptView] = {}
    for script in part.scripts:
        product = products.get(script.product)
        if product is None:
            continue
        facts = facts_of(product, offers, None, part.facts, script.language, today)
        scripts[product.id] = script_view(script, product.name, facts, part.speed)
    return nodes_view(
        show.parts["rundown"], RundownRun(), tuple(products.values()), scripts,
        show.parts["nodes"].marks, utc_now(),
    )  # fmt: skip


def show_nodes(folder: Path | None, write: Write, *, as_json: bool) -> bool:
    """Writes all seven.

    Returns:
        Whether none is late.

    Raises:
        StudioError: not_found, invalid.
    """
    view = _nodes_of(read(folder))
    if as_json:
        write(encode_json(view))
    chinese = system_language() == "zh"
    for node in view.nodes if not as_json else ():
        due = on_clock(from_iso(node.due_utc), view.zone, "%Y-%m-%d %H:%M") if node.due_utc else "-"
        by = node.ticked_by and translate("nodes.cli.by", name=node.ticked_by)
        write(translate(
            f"nodes.cli.{node.state}", due=due, label=node.label[not chinese],
            proof=by or node.proof[not chinese], owner=node.owner or "-",
        ))  # fmt: skip
    return all(node.state != "late" for node in view.nodes)


def write_calendar(folder: Path | None, file: Path) -> None:
    """Writes what is still to be done as an iCalendar file.

    Raises:
        StudioError: conflict: the show has no start; failed: it cannot be written.
    """
    show = read(folder)
    text = calendar(_nodes_of(show), show.head.language, show.head.name)
    try:
        write_whole(file, text)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "nodes.not_written", path=str(file), why=why) from None


def ask_facts(
    folder: Path | None, question: str, product: str, write: Write, *, as_json: bool
) -> bool:
    """Writes what the facts of a show say to a question.

    Returns:
        Whether they say anything.

    Raises:
        StudioError: not_found, invalid.
    """
    sheet = sheet_of(read(folder))
    answer = answer_to(question, product or sheet.explaining, goods_of(sheet))
    if as_json:
        write(encode_json(answer))
        return answer.is_known
    text = answer.text[system_language() != "zh"]
    write(f"{text} ({answer.source})" if answer.source else text)
    return answer.is_known
