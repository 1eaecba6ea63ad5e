"""``shopcast import``: goods into a show, orders and figures into what is known of past shows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from studio.core.clean import write_json
from studio.core.errors import StudioError
from studio.core.i18n import system_language, translate

Write = Callable[[str], None]


@dataclass(slots=True)
class ImportCall:
    """What the command line asked for.

    Attributes:
        kind: read as this kind; "" for the one that fits.
        mapping: "field=head" words.
        show: the show whose catalogue is compared, or written with ``accept``.
        year, zone: of dates that name none.
    """

    kind: str = ""
    mapping: list[str] = field(default_factory=list)
    show: Path | None = None
    currency: str = ""
    year: int | None = None
    zone: str = ""
    is_dry: bool = False
    accept: bool = False
    as_json: bool = False


def import_files(files: Sequence[str], call: ImportCall, write: Write) -> bool:
    """Imports each file; one JSON object a file, or lines for people.

    Returns:
        False when a row of a file was refused.

    Raises:
        StudioError: not_found, invalid, conflict: nothing of that file was taken.
    """
    is_sound = True
    for file in files:
        answer = _one(Path(file).expanduser().absolute(), call)
        is_sound = is_sound and not answer["errors"]
        if call.as_json:
            write(write_json({"file": file, **answer}))
        else:
            for line in _words(file, answer):
                write(line)
    return is_sound


def _one(path: Path, call: ImportCall) -> dict[str, Any]:
    """One file: goods, or an export, as its heads say."""
    from studio.insight.imports.reading import export_kinds
    from studio.insight.imports.remembered import known_table, known_tables
    from studio.shop.importers.base import TableKind
    from studio.shop.importers.reading import SPECIAL, best_kind, importer_kinds
    from studio.shop.importers.tables import HEAD_ROWS, read_grid

    goods, exports = importer_kinds(), export_kinds()
    kinds: list[type[TableKind]] = [
        kind for kind in (*goods, *exports) if call.kind in ("", kind.kind)
    ]
    if not kinds:
        names = ", ".join(sorted([*goods.names(), *exports.names()]))
        raise StudioError("not_found", "imports.no_kind", kind=call.kind, known=names)
    if call.accept and not call.is_dry and call.show is None:
        return _through_engine(path, call, _mapping(call.mapping))
    if call.kind in exports.names():
        return _export(path, call)
    tables = known_tables() if not (call.kind or call.mapping) else {}

    def points(rows: Sequence[Sequence[str]]) -> int:
        is_known = known_table(rows[:HEAD_ROWS], tables) is not None
        return max(best_kind(rows, kinds)[0], 2 * SPECIAL if is_known else 0)

    grid = read_grid(path, points)
    _, _, kind = best_kind(grid.rows, kinds)
    is_known = known_table(grid.rows[:HEAD_ROWS], tables) is not None
    if is_known or (kind is not None and kind in list(exports)):
        # By a mapping's heads another sheet may be the one.
        return _export(path, call, None if call.mapping else grid)
    return _goods(path, grid, [each for each in goods if each in kinds], call)


# --- orders and figures -------------------------------------------------------------------------


def _export(path: Path, call: ImportCall, grid: Any = None) -> dict[str, Any]:
    from studio.insight.imports.reading import told
    from studio.insight.imports.request import TakeRequest
    from studio.insight.imports.taking import take

    # What a person must say first is not guessed: nothing is kept then.
    taken = take(TakeRequest(
        str(path), call.kind, _mapping(call.mapping), call.currency, call.year, call.zone,
        not call.is_dry,
    ), grid)  # fmt: skip
    if taken.missing:
        raise StudioError("invalid", "imports.no_columns", path=str(path), kind=taken.kind,
                          fields=", ".join(taken.missing))  # fmt: skip
    return {**told(taken.export, taken.merged, system_language()), "file_id": taken.file}


def list_imported(write: Write, *, as_json: bool) -> None:
    """The files of orders and figures that were imported, the newest first.

    Raises:
        StudioError: failed.
    """
    from studio.insight.imports.store import ExportStore

    with contextlib.closing(ExportStore()) as store:
        files = store.files()
    if as_json:
        write(write_json({"files": msgspec.to_builtins(files)}))
        return
    for file in files:
        plain = msgspec.to_builtins(file)
        write(translate("imports.cli.undone" if file.undone_utc else "imports.cli.file", **plain))


def undo_imported(number: int, write: Write, *, as_json: bool) -> None:
    """Takes an imported file back.

    Raises:
        StudioError: not_found, conflict, failed.
    """
    from studio.insight.imports.store import ExportStore

    with contextlib.closing(ExportStore()) as store:
        plain = msgspec.to_builtins(store.undo(number))
    write(write_json(plain) if as_json else translate("ui.imports.taken_back", **plain))


# --- goods --------------------------------------------------------------------------------------


def _goods(path: Path, grid: Any, kinds: Any, call: ImportCall) -> dict[str, Any]:
    from studio.shop.import_commands import described
    from studio.shop.importers.base import ReadOptions
    from studio.shop.importers.difference import compare, unpriced
    from studio.shop.importers.reading import understand

    shop = _shop_of(call.show)
    currency = call.currency or (shop.products[0].currency if shop.products else "CNY")
    options = ReadOptions(currency.upper(), bool(call.currency), _mapping(call.mapping))
    understood = understand(grid, kinds, options, str(path))
    difference = compare(understood, shop.products, lambda sku: None)
    understood.notes += list(unpriced(understood, shop.products))
    answer = _in_one_language(described(understood, difference))
    answer["goods"] = [
        {"id": product.id, "name": product.name,
         "variants": [_variant(variant) for variant in product.variants]}
        for product in understood.products
    ]  # fmt: skip
    answer["accepted"] = 0
    if call.accept and not call.is_dry and call.show is not None:
        chosen = {line.id for line in difference if line.is_chosen}
        _write(call.show, understood, chosen)
        answer["accepted"] = len(chosen)
    return answer


def _variant(variant: Any) -> dict[str, Any]:
    from studio.shop.money import plain_amount

    plain: dict[str, Any] = msgspec.to_builtins(variant)
    for name in ("price", "was"):
        amount = plain.pop(name)
        plain[f"{name}_minor"] = amount
        plain[name] = None if amount is None else plain_amount(amount, variant.currency)
    return plain


def _shop_of(folder: Path | None) -> Any:
    from studio.shop.model import ShopState
    from studio.show.file import read_part, read_show

    if folder is None:
        return ShopState()
    return read_part(read_show(folder)[1], "shop", ShopState, folder)


def _write(folder: Path, understood: Any, chosen: set[str]) -> None:
    """All or nothing: the show is written whole, and its last copy is kept."""
    from studio.shop.importers.difference import apply
    from studio.show.file import read_show, write_show

    _, raw = read_show(folder)
    if raw.get("stock", {}).get("shop"):
        raise StudioError("conflict", "imports.has_ledger", path=str(folder))
    shop = _shop_of(folder)
    products = apply(understood, shop.products, chosen).products
    plain = msgspec.to_builtins(msgspec.structs.replace(shop, products=tuple(products)))
    write_show(folder, {**raw, "shop": {**raw.get("shop", {}), **plain}})


def _through_engine(path: Path, call: ImportCall, mapping: dict[str, str]) -> dict[str, Any]:
    """Into the show that is open: the studio reads, and takes over."""
    from studio.remote.client import RemoteClient, find

    args = {"path": str(path), "kind": call.kind, "currency": call.currency, "mapping": mapping}
    with RemoteClient(*find()) as client:
        found = client.run("shop.import", **args)
        taken = client.run("shop.accept", id=found["id"])
    return {**_in_one_language(found), "accepted": taken["accepted"]}


def _mapping(words: Sequence[str]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    for name, equals, head in pairs:
        if not (name and equals and head):
            raise StudioError("invalid", "imports.bad_mapping", text=f"{name}{equals}{head}")
    return {name: head for name, _, head in pairs}


def _in_one_language(answer: dict[str, Any]) -> dict[str, Any]:
    language = system_language()
    for name in ("errors", "notes"):
        for fault in answer[name]:
            with contextlib.suppress(TypeError, KeyError):
                fault["why"] = fault["why"][language]
    return answer


# --- words --------------------------------------------------------------------------------------


def _words(file: str, answer: dict[str, Any]) -> list[str]:
    names: dict[str, Any] = {
        name: value for name, value in answer.items() if isinstance(value, int | str)
    }
    key = "imports.cli.goods" if "difference" in answer else "imports.cli.rows"
    lines = [translate(key, file=file, **names)]
    for line in answer.get("difference", []):
        what = translate(f"imports.what.{line['what']}")
        before = f"{line['before']} → " if line["before"] else ""
        lines.append(f"  {what}  {line['sku'] or line['product']}  {line['name']}  "
                     f"{before}{line['after']}".rstrip())  # fmt: skip
    for name in ("errors", "notes"):
        for fault in answer.get(name, []):
            mend = ", ".join(f"{head}={value}" for head, value in fault.get("mend", {}).items())
            mended = translate("imports.cli.mend", mend=mend) if mend else ""
            lines.append(translate(f"imports.cli.{name}", **{**fault, "mend": mended}).rstrip())
    lines += [f"  ? {question}" for question in answer.get("questions", [])]
    if answer.get("accepted"):
        lines.append(translate("imports.cli.accepted", count=answer["accepted"]))
    return lines
