"""The report of a drill, signed by this desk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studio.core import report_html as html
from studio.core.i18n import system_language, translate
from studio.core.report_html import Cell
from studio.governance.audit import Signer
from studio.governance.secrets import Secrets
from studio.governance.signing import DocumentSigner, write_document

COLUMNS = {
    "drills": ("passed", "plan", "fault", "noticed_s", "safe_picture_s", "recovered_s",
               "steps_right", "steps", "wrong_actions", "why"),
    "pairs": ("passed", "first", "second", "third", "apart_s", "third_apart_s", "safe_picture_s",
              "settled_s", "hidden", "why"),
}  # fmt: skip


def write_drill_report(file: Path, content: dict[str, Any]) -> None:
    """Writes a signed report: .json, else HTML.

    Raises:
        StudioError: failed.
    """
    signer = DocumentSigner(lambda: Signer(Secrets()))
    write_document(file, signer, "drill", content, lambda: drill_page(content))


def drill_page(content: dict[str, Any]) -> str:
    """The report as one HTML file."""
    kind = "drills" if "drills" in content else "pairs"
    names, scores = COLUMNS[kind], [*content[kind], *content.get("triples", ())]
    rows: list[Sequence[Cell]] = [[_cell(score.get(name)) for name in names] for score in scores]
    passed = sum(bool(score["passed"]) for score in scores)
    sub = translate("drill.report_sub", began=content.get("began_utc", ""),
                    ended=content["ended_utc"], passed=passed, count=len(scores))  # fmt: skip
    heads = [translate(f"drill.head_{name}") for name in names]
    body = html.section(
        translate("drill.report_scores"), html.table(heads, rows),
        html.paragraph(translate("drill.report_means"), is_muted=True),
    )  # fmt: skip
    title = translate("drill.report_title", show=content["show"])
    return html.page("zh" if system_language() == "zh" else "en", title, sub, [body])


def _cell(value: Any) -> Cell:
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, list):  # what could not show, and beside what
        return "; ".join(f"{row['fault']} / {row['by']}: {', '.join(row['why'])}" for row in value)
    return value if value is None or isinstance(value, int | float) else str(value)
