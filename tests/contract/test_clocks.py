"""No duration goes by the wall clock: each place that reads it is listed with its reason."""

from __future__ import annotations

import ast

from tests.contract import source_tree

MARK = "marks that a file is another one; compared for equality, never reckoned with"
NAME = "part of a file's or an incident's name"
ORDER = "which file is the newest or oldest, for people"

# file: {expression: (how often, why that is no duration)}
ALLOWED: dict[str, dict[str, tuple[int, str]]] = {
    "studio/core/clock.py": {
        "datetime.now": (2, "the forms in which time leaves the studio; an age in days"),
        "time.gmtime": (1, "the second in which it leaves, written once a second"),
        "time.strftime": (1, "the same"),
        "time.localtime": (1, "how far this person's zone is from UTC"),
        "time.time_ns": (2, "the forms in which time leaves the studio, as a number"),
        "time.clock_gettime_ns": (1, "monotonic; it goes on while the machine sleeps"),
        "datetime.fromtimestamp": (1, "when a file was last written, for people"),
        "datetime.fromisoformat": (1, "an age in days, of what is kept for months"),
    },
    "studio/core/file_marks.py": {".st_mtime_ns": (1, MARK)},
    "studio/core/life.py": {".st_mtime_ns": (1, MARK)},
    "studio/governance/keeping/stores.py": {
        ".st_mtime": (4, "age in days of what is kept for months; nothing goes unasked"),
    },
    "studio/governance/kept_anchors.py": {
        ".st_mtime": (3, "age in days, by the disk's own clock, of anchors nobody adds to"),
    },
    "studio/app/keeping.py": {".st_mtime": (1, "whether the clock jumped by more than a year")},
    "studio/host/voice/worker.py": {".st_mtime": (1, ORDER)},
    "studio/filters/cube.py": {".st_mtime_ns": (1, MARK)},
    "studio/insight/strip/shots.py": {".st_mtime": (1, ORDER)},
    "studio/sources/kinds/replay.py": {".st_mtime_ns": (1, MARK)},
    "studio/tryon/asset.py": {".st_mtime_ns": (1, MARK)},
    "studio/outputs/standby_film.py": {
        ".st_mtime": (1, ORDER),
        ".st_mtime_ns": (1, MARK),
    },
    "studio/outputs/kept_files.py": {".st_mtime_ns": (2, "when a recording was last written")},
    "studio/outputs/film_commands.py": {".st_mtime": (1, ORDER), "datetime.now": (1, NAME)},
    "bench/line/server.py": {".st_mtime_ns": (1, ORDER)},
    "studio/outputs/commands.py": {"datetime.now": (1, NAME)},
    "studio/remote/commands.py": {"datetime.now": (1, NAME)},
    "studio/shop/tryon_commands.py": {"datetime.now": (1, NAME)},
    "ui/panels/fitting/live.py": {"datetime.now": (1, NAME)},
    "studio/sources/kinds/countdown.py": {"datetime.now": (2, "counts down to a time of day")},
    "plugins/clock/plugin.py": {"datetime.now": (1, "shows the time of day")},
    "studio/plans/runner.py": {
        "datetime.now": (1, NAME),
    },
    "studio/core/instants.py": {
        "datetime.now": (1, "the moment a rundown begins; from then on by the monotonic clock"),
        "datetime.fromisoformat": (1, "moments that people plan, and those of a run"),
    },
    "studio/plans/probe.py": {
        "time.time": (2, "compared with the monotonic clock, to notice that it jumped"),
    },
    "studio/plans/steps.py": {
        "datetime.now": (1, "until when, for people: the wait goes by the monotonic clock"),
    },
    "studio/plans/run_view.py": {
        "datetime.now": (1, "until when, for people: the wait goes by the monotonic clock"),
    },
    "studio/comments/mutes.py": {"datetime.now": (1, "until when, for people")},
    "studio/comments/kept.py": {
        "datetime.now": (1, "a mute kept over a restart of the machine"),
        "datetime.fromisoformat": (1, "a mute kept over a restart of the machine"),
    },
    "ui/format.py": {
        "datetime.now": (2, "the time of day; a time's age when first seen, from then monotonic"),
        "datetime.fromisoformat": (1, "the same"),
    },
}

WALL_CALLS = {
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.fromisoformat",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.fromtimestamp",
    "os.path.getmtime", "os.path.getctime", "os.path.getatime", "time.clock_gettime",
    "time.clock_gettime_ns", "QDateTime.currentDateTime", "QDateTime.currentMSecsSinceEpoch",
    "QDateTime.currentDateTimeUtc", "QTime.currentTime", "QDate.currentDate",
}  # fmt: skip
WALL_FIELDS = {"st_mtime", "st_mtime_ns", "st_ctime", "st_ctime_ns", "st_atime", "st_atime_ns"}


def _used(tree: ast.Module) -> dict[str, int]:
    used: dict[str, int] = {}
    for node in source_tree.nodes(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for name in node.names:
                if f"time.{name.name}" in WALL_CALLS:
                    used[f"time.{name.name}"] = used.get(f"time.{name.name}", 0) + 1
        if not isinstance(node, ast.Attribute):
            continue
        written = source_tree.callee(node)
        if node.attr in WALL_FIELDS:
            written = f".{node.attr}"
        elif written not in WALL_CALLS:
            continue
        used[written] = used.get(written, 0) + 1
    return used


def test_the_wall_clock_is_read_only_where_it_is_meant() -> None:
    used = {file: names for file, tree in source_tree.trees().items() if (names := _used(tree))}
    allowed = {
        file: {name: count for name, (count, _) in names.items()} for file, names in ALLOWED.items()
    }
    assert used == allowed, "durations go by studio.core.clock.now_ns; else say why in ALLOWED"


def test_no_reason_is_left_over() -> None:
    assert set(ALLOWED) <= set(source_tree.trees())


def test_the_phones_panel_reads_no_wall_clock() -> None:
    for file in (source_tree.ROOT / "studio").rglob("*.js"):
        text = file.read_text(encoding="utf-8")
        assert "Date.now" not in text, file
        assert "new Date" not in text, file
