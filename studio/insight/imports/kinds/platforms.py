"""Figures of TikTok Studio, YouTube Studio and Google Analytics."""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.core.text import Text
from studio.insight.imports.base import ExportKind, ReadExport, cents, total
from studio.insight.imports.dates import DateReader
from studio.insight.imports.model import Export, ExportRow
from studio.shop.importers.base import Record


class TikTokOverview(ExportKind):
    """TikTok Studio → Overview: a day a row, without a year."""

    kind = "tiktok_overview"
    label = Text("TikTok 概览", "TikTok overview")
    needs = ("at", "views", "profile_views")
    row_key = ("at",)
    numbers = ("views", "profile_views", "likes", "comments", "shares")
    columns = {
        "at": ("date", "日期"),
        "views": ("video views", "视频观看量"),
        "profile_views": ("profile views", "主页浏览量"),
        "likes": ("likes",),
        "comments": ("comments",),
        "shares": ("shares",),
    }

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"days": len({row.at for row in rows}), "views": int(total(rows, "views"))}


class TikTokContent(ExportKind):
    """TikTok Studio → Content: a clip a row."""

    kind = "tiktok_content"
    label = Text("TikTok 作品", "TikTok content")
    needs = ("link", "views")
    row_key = ("clip",)
    times = ("at", "posted_at")
    numbers = ("likes", "comments", "shares", "views")
    columns = {
        "at": ("time",),
        "title": ("video title",),
        "link": ("video link",),
        "posted_at": ("post time",),
        "likes": ("total likes",),
        "comments": ("total comments",),
        "shares": ("total shares",),
        "views": ("total views",),
    }

    def _row(
        self, record: Record, order: str, dates: DateReader, options: ReadExport, out: Export
    ) -> ExportRow | None:
        row = super()._row(record, order, dates, options, out)
        if row is not None:
            found = re.search(r"/(?:video|photo)/(\d+)", row.data.get("link", ""))
            row.data["clip"] = row.key = found[1] if found else row.data.get("link", "")
        return row

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {
            "clips": len(rows),
            "views": int(total(rows, "views")),
            "empty_titles": sum("title" not in row.data for row in rows),
        }


class TikTokViewers(ExportKind):
    """TikTok Studio → Viewers: "undefined" where there was no figure."""

    kind = "tiktok_viewers"
    label = Text("TikTok 观众", "TikTok viewers")
    needs = ("at", "viewers")
    row_key = ("at",)
    numbers = ("viewers", "new_viewers", "returning")
    columns = {
        "at": ("date",),
        "viewers": ("total viewers",),
        "new_viewers": ("new viewers",),
        "returning": ("returning viewers",),
    }

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {
            "days": len({row.at for row in rows}) if not out.questions else len(rows),
            "unknown": sum("viewers" not in row.data for row in rows),
            "viewers": int(total(rows, "viewers")),
        }


class TikTokFollowers(ExportKind):
    """TikTok Studio → Followers, by hour."""

    kind = "tiktok_followers"
    label = Text("TikTok 粉丝活跃", "TikTok follower activity")
    needs = ("at", "hour", "active")
    row_key = ("at", "hour")
    numbers = ("active",)
    columns = {"at": ("date",), "hour": ("hour",), "active": ("active followers",)}

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {
            "rows": len(rows),
            "days": len({row.at for row in rows}),
            "peak": max((int(float(row.data.get("active", 0))) for row in rows), default=0),
        }


class YouTubeContent(ExportKind):
    """YouTube Studio → Advanced mode: a film a row; revenue has three decimals."""

    kind = "youtube_content"
    label = Text("YouTube 内容", "YouTube content")
    needs = ("film", "title", "views")
    row_key = ("film",)
    times = ("at",)
    numbers = ("views", "hours", "subscribers", "revenue", "impressions", "rate")
    counted = "views"
    columns = {
        "film": ("content", "video"),
        "title": ("video title",),
        "at": ("video publish time",),
        "views": ("views",),
        "hours": ("watch time (hours)",),
        "subscribers": ("subscribers",),
        "revenue": ("estimated revenue (usd)", "your estimated revenue (usd)",
                    "estimated revenue…"),
        "duration": ("average view duration",),
        "impressions": ("impressions",),
        "rate": ("impressions click-through rate (%)", "impressions click through rate (%)"),
    }  # fmt: skip

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        revenue = total(rows, "revenue")
        if any("revenue" in row.data for row in rows):
            out.currency, out.sum_cents = "USD", cents(revenue, "USD")
            out.sums = {"USD": out.sum_cents}
        out.figures = {
            "views": int(total(rows, "views")),
            "revenue": str(revenue),
            "no_publish_time": sum("at" not in row.data for row in rows),
        }
        compare_total(out, rows)


class YouTubeChart(ExportKind):
    """YouTube Studio "Chart data": long form, a day and group a row."""

    kind = "youtube_chart"
    label = Text("YouTube 曲线", "YouTube chart data")
    needs = ("at", "group", "views")
    row_key = ("at", "group")
    numbers = ("views", "hours")
    counted = "views"
    columns = {
        "at": ("date",),
        "group": ("subscription status", "viewer age", "traffic source", "geography", "device type",
                  "content", "viewer gender", "new and returning viewers", "content type"),
        "views": ("views",),
        "hours": ("watch time (hours)",),
    }  # fmt: skip

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"days": len({row.at for row in rows}), "views": int(total(rows, "views"))}
        compare_total(out, rows)


class YouTubeTable(ExportKind):
    """YouTube Studio by group; its "Total" row is not the sum of the groups."""

    kind = "youtube_table"
    label = Text("YouTube 表", "YouTube table")
    needs = ("group", "views|percent", "duration|hours")
    row_key = ("group",)
    times = ()
    numbers = ("views", "hours", "percent", "hours_percent", "seen_percent")
    counted = "views"
    columns = {
        "group": YouTubeChart.columns["group"],
        "views": ("views",),
        "percent": ("views (%)",),
        "hours": ("watch time (hours)",),
        "hours_percent": ("watch time (hours) (%)",),
        "duration": ("average view duration",),
        "seen_percent": ("average percentage viewed (%)",),
    }

    @classmethod
    def fields(cls, heads: Sequence[str]) -> dict[str, list[int]]:
        """Brackets mean something here: "Views (%)" is not "Views"."""
        found = super().fields(heads)
        for name, own in (("views", "percent"), ("hours", "hours_percent")):
            left = [at for at in found.get(name, []) if at not in found.get(own, [])]
            found[name] = left
            if not left:
                del found[name]
        return found

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        out.figures = {"rows_without_total": len(rows)}
        if any("views" in row.data for row in rows):
            out.figures["views"] = int(total(rows, "views"))
        if any("percent" in row.data for row in rows):
            out.figures["views_percent"] = str(total(rows, "percent"))
        compare_total(out, rows)


class GoogleAnalytics(ExportKind):
    """GA4 → traffic acquisition, by channel, day and hour."""

    kind = "ga4_traffic"
    label = Text("GA4 流量获取", "GA4 traffic acquisition")
    needs = ("channel", "sessions")
    row_key = ("channel", "at", "hour")
    numbers = ("users", "sessions", "engaged", "events")
    columns = {
        "channel": ("session primary channel group", "session default channel group",
                    "first user primary channel group", "session source / medium",
                    "session source/medium"),
        "at": ("date",),
        "hour": ("hour",),
        "users": ("users", "total users", "active users"),
        "sessions": ("sessions",),
        "engaged": ("engaged sessions",),
        "rate": ("engagement rate",),
        "events": ("event count",),
        "known": ("average engagement time per session", "engaged sessions per user",
                  "events per session"),
    }  # fmt: skip

    def figures(self, out: Export, rows: Sequence[ExportRow]) -> None:
        days = sorted(row.at for row in rows if row.at)
        out.figures = {
            "sessions": int(total(rows, "sessions")),
            "channels": len({row.data.get("channel", "") for row in rows}),
        }
        if days:
            out.figures |= {"first": days[0], "last": days[-1]}


def compare_total(out: Export, rows: Sequence[ExportRow]) -> None:
    """A total that is not the sum of its rows is told."""
    said = out.params.get("total")
    if said and said.replace(",", "") != str(total(rows, "views")):
        out.hints.append("total")
        out.params["sum"] = str(total(rows, "views"))
