"""Clicks on a page of one's own, as ``assets/web/clicks.js`` sends them and the shop's server
keeps them: a file to which each batch was added as it came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from studio.core.text import Text
from studio.insight.imports.base import ExportKind, ReadExport, known
from studio.insight.imports.dates import DateReader
from studio.insight.imports.model import Export, ExportFault, ExportRow
from studio.shop.importers.base import Record, head_name

LONGEST = 80


class PageClicks(ExportKind):
    """A click a row: when, on which page, where on it, how large the page was, on what.

    A page's query and fragment are cut off, since both may name a person; nothing of the visitor
    is kept.
    """

    kind = "clicks"
    label = Text("网页点击", "Page clicks")
    needs = ("at", "page", "x", "y", "width", "height")
    row_key = ("page", "at", "x", "y")
    times = ("at",)
    numbers = ("x", "y", "width", "height")
    columns = {
        "at": ("time", "at", "timestamp", "clicked at", "时间", "点击时间"),
        "page": ("page", "path", "page path", "url", "页面", "网址"),
        "x": ("x", "page x", "横坐标"),
        "y": ("y", "page y", "纵坐标"),
        "width": ("width", "page width", "页面宽", "宽"),
        "height": ("height", "page height", "页面高", "高"),
        "what": ("what", "element", "target", "元素"),
        "known": ("visitor", "visitor id", "session", "ip", "user agent", "referrer"),
    }
    persons = ("visitor", "visitor id", "session", "ip", "user agent")

    def _row(
        self, record: Record, order: str, dates: DateReader, options: ReadExport, out: Export
    ) -> ExportRow | None:
        row = super()._row(record, "", dates, options, out)
        if row is None:
            return None
        if page := record.get("page").strip():
            row.data["page"] = page  # "/", a mark for nothing elsewhere, is a page here
        for name in self.needs:
            if name not in row.data:
                out.errors.append(ExportFault(record.row, record.table.head(name), "left_out"))
                return None
        row.data["page"] = row.data["page"].partition("?")[0].partition("#")[0][:LONGEST] or "/"
        if "what" in row.data:
            row.data["what"] = row.data["what"][:LONGEST]
        for place, side in (("x", "width"), ("y", "height")):
            if not 0 <= float(row.data[place]) <= float(row.data[side]):
                fault = ExportFault(
                    record.row, record.table.head(place), "outside_page", row.data[place]
                )
                out.errors.append(fault)
                return None
        wide = row.data["width"]
        if min(float(wide), float(row.data["height"])) < 1:
            head = record.table.head("width")
            out.errors.append(ExportFault(record.row, head, "no_page_size", wide))
            return None
        row.key = "|".join(row.data[name] for name in self.row_key)
        return row

    def _is_total(self, record: Record, out: Export) -> bool:
        """The heads again, as each batch brings them."""
        return head_name(known(record.get("at"))) in map(head_name, self.columns["at"])

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        pages = Counter(row.data["page"] for row in rows)
        out.figures = {"pages": len(pages), "clicks": len(rows)}
