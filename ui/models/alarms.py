"""What packs found in the texts of the show, in words for the field it stands in."""

from __future__ import annotations

from collections.abc import Iterable

from studio.host.packs.model import TextFinding
from ui.i18n import pick, t


def open_findings(findings: Iterable[TextFinding]) -> list[TextFinding]:
    """Those that nobody let stand."""
    return [finding for finding in findings if not finding.dismissed_by]


def alarm_words(findings: Iterable[TextFinding]) -> str:
    """One line an alarm: the words, why, the article, what to say instead; "" for none."""
    return "\n".join(
        t("packs.line", said=finding.alarm.said, why=pick(finding.alarm.why),
          article=finding.alarm.article, advice=pick(finding.alarm.advice))
        for finding in open_findings(findings)
    )  # fmt: skip
