"""Reads a file of competitors' goods: ``python -m studio.insight.rivals.child``, one request."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from studio.core.child_process import serve_one
from studio.core.errors import StudioError
from studio.insight.imports.base import ReadExport
from studio.insight.imports.kinds.rivals import RivalGoods
from studio.insight.imports.reading import read_export
from studio.insight.imports.store import ExportStore
from studio.insight.rival_commands import RivalFile, RivalFileReply
from studio.shop.importers.child import bound_memory
from studio.shop.importers.reading import best_kind
from studio.shop.importers.tables import read_grid


def take(request: RivalFile) -> RivalFileReply:
    """Reads and keeps it.

    Raises:
        StudioError: not_found, invalid.
    """
    path = Path(request.path)
    grid = read_grid(path, lambda rows: best_kind(rows, [RivalGoods])[0])
    if best_kind(grid.rows, [RivalGoods])[2] is None:
        raise StudioError("invalid", "rivals.no_heads", path=path.name)
    export = read_export(grid, RivalGoods, ReadExport())
    if export.questions:  # a date without its year is not guessed
        raise StudioError("invalid", "rivals.unsure", path=path.name)
    with closing(ExportStore()) as store:
        merged = store.merge(export, path.name)
    return RivalFileReply(rows=len(export.rows), new=merged.new, refused=len(export.errors))


def main() -> None:
    """One request on stdin, its reply on stdout."""
    bound_memory()
    serve_one(RivalFile, RivalFileReply, take)


if __name__ == "__main__":
    main()
