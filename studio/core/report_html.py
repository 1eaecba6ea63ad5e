"""A report as one HTML file without network: its styles and charts are in it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape as html

from studio.core.paths import assets_dir
from studio.core.personal import mask_text

STYLE = """
:root{color-scheme:light}body{font:15px/1.6 "Report Sans","Noto Sans SC",
system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c1f26}main{max-width:1040px;margin:0 auto;
padding:24px}h1{font-size:26px;margin:0 0 4px}h2{font-size:18px;margin:28px 0 8px}
section{background:#fff;border-radius:8px;padding:16px 20px;margin:12px 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:10px}
.tile{background:#fff;border:1px solid #e2e5ea;border-radius:8px;padding:10px 12px}
.tile b{display:block;font-size:22px;font-variant-numeric:tabular-nums}
.muted,.unknown b{color:#7a8190}
.tile small,.muted{font-size:12px}summary{cursor:pointer;color:#2a5fc4;font-size:13px}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:4px 8px;border-bottom:1px solid #eceef2}td.n,th.n{text-align:right}
svg{display:block;width:100%;height:auto}
@media print{body{background:#fff}section{break-inside:avoid}}
"""
FONT = "NotoSansCJKsc-Regular-subset.otf"
CHINESE_FROM = "\u2e80"
Cell = str | int | float | None


def escape(text: str) -> str:
    """Text for a page that is handed on: nothing in it says who somebody is."""
    return html(mask_text(text))


def page(language: str, title: str, sub: str, parts: Sequence[str]) -> str:
    """The whole file; nothing in it is fetched from anywhere.

    A font for Chinese comes along where there is Chinese in it: on a machine without one every
    sign would be a box, on paper too.
    """
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
    font = _font() if any(sign >= CHINESE_FROM for part in (title, *parts) for sign in part) else ""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{font}{STYLE}</style></head><body><main><h1>{escape(title)}</h1>"
        f'<p class="muted">{escape(sub)}</p>{"".join(parts)}</main></body></html>\n'
    )


def _font() -> str:
    """The studio's own, unless the machine has one."""
    file = assets_dir() / "fonts" / FONT
    if not file.is_file():
        return ""
    data = base64.b64encode(file.read_bytes()).decode()
    return (
        '@font-face{font-family:"Report Sans";src:local("Noto Sans SC"),local("PingFang SC"),'
        f'local("Microsoft YaHei"),url(data:font/otf;base64,{data})}}\n'
    )


def section(title: str, *parts: str) -> str:
    """A titled part."""
    return f"<h2>{escape(title)}</h2><section>{''.join(parts)}</section>"


def paragraph(text: str, *, is_muted: bool = False) -> str:
    """A line of text."""
    kind = ' class="muted"' if is_muted else ""
    return f"<p{kind}>{escape(text)}</p>"


def table(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """Rows under heads; numbers stand at the right, what is not known is "—"."""
    numbers = [any(isinstance(row[at], int | float) for row in rows) for at in range(len(heads))]
    kinds = [' class="n"' if is_number else "" for is_number in numbers]
    top = "".join(f"<th{kind}>{escape(head)}</th>" for head, kind in zip(heads, kinds, strict=True))
    body = "".join(
        "<tr>" + "".join(
            f"<td{kind}>{escape(_cell(value))}</td>" for value, kind in zip(row, kinds, strict=True)
        ) + "</tr>"
        for row in rows
    )  # fmt: skip
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: Cell) -> str:
    if value is None or value == "":
        return "—"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def folded(words: str, inside: str) -> str:
    """Rows behind a figure."""
    return f"<details><summary>{escape(words)}</summary>{inside}</details>"


def tile(name: str, value: str, note: str, inside: str = "", *, is_known: bool = True) -> str:
    """A figure, with its rows behind it."""
    kind = "tile" if is_known else "tile unknown"
    return (
        f'<div class="{kind}"><small>{escape(name)}</small><b>{escape(value)}</b>'
        f'<small class="muted">{escape(note)}</small>{inside}</div>'
    )


def tiles(parts: Sequence[str]) -> str:
    """Figures beside each other."""
    return f'<div class="tiles">{"".join(parts)}</div>'


def columns_chart(values: Sequence[float | None], unit: str, marks: Sequence[int] = ()) -> str:
    """A column for each minute with a readable axis; gaps where nothing is known."""
    known = [value for value in values if value is not None]
    if not known or max(known) <= 0:
        return ""
    wide, high, left, low = 1000, 160, 56, 20
    top, step = max(known), (wide - left) / max(1, len(values))
    bars = "".join(
        f'<rect x="{left + at * step:.1f}" y="{high - value / top * (high - 10):.1f}" '
        f'width="{max(0.6, step * 0.85):.2f}" height="{value / top * (high - 10):.1f}" '
        f'fill="#4c8dff"><title>{at} min: {value:g} {escape(unit)}</title></rect>'
        for at, value in enumerate(values) if value
    )  # fmt: skip
    flags = "".join(
        f'<line x1="{left + at * step:.1f}" x2="{left + at * step:.1f}" y1="0" y2="{high}" '
        'stroke="#e5383b" stroke-width="1.5"/>'
        for at in marks
    )
    each = next(n for n in (5, 10, 15, 30, 60, 120, 10**6) if len(values) / n <= 10)
    axis = "".join(
        f'<text x="{left + at * step:.1f}" y="{high + 15}" font-size="11" '
        f'fill="#7a8190">{at} min</text>'
        for at in range(0, int(len(values) * 0.97) + 1, each)
    )
    return (
        f'<svg viewBox="0 0 {wide} {high + low}" role="img"><text x="0" y="12" font-size="11" '
        f'fill="#7a8190">{top:g} {escape(unit)}</text><line x1="{left}" x2="{wide}" y1="{high}" '
        f'y2="{high}" stroke="#c9ced6"/>{bars}{flags}{axis}</svg>'
    )
