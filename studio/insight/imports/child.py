"""Reads an export: ``python -m studio.insight.imports.child``, one request on stdin."""

from __future__ import annotations

from studio.core.child_process import serve_one
from studio.insight.imports.request import TakeReply, TakeRequest
from studio.insight.imports.taking import shown, take
from studio.shop.importers.child import bound_memory


def _work(request: TakeRequest) -> TakeReply:
    return TakeReply(found=shown(take(request)))


def main() -> None:
    """One request on stdin, its reply on stdout."""
    bound_memory()
    serve_one(TakeRequest, TakeReply, _work)


if __name__ == "__main__":
    main()
