"""The words of ``shopcast insight`` and what they call."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.core.i18n import translate
from studio.core.streams import write_line

DONE, NO = 0, 1


def insight(arguments: argparse.Namespace) -> int:
    """``shopcast insight WHAT``."""
    from studio.insight import cli

    as_json = arguments.json
    if arguments.what == "rebuild":
        return DONE if cli.do_rebuild(write_line, as_json=as_json) else NO
    if arguments.what == "ask":
        cli.do_ask(arguments.name, arguments.show, write_line, as_json=as_json)
    elif arguments.what == "board":
        _board(as_json=as_json)
    else:
        out = Path(arguments.out) if arguments.out else None
        cli.do_moment(arguments.name, out, write_line, as_json=as_json)
    return DONE


def _board(*, as_json: bool) -> None:
    """Says once how the board of the running studio stands."""
    import msgspec

    from studio.core.clean import encode_json
    from studio.insight.cli import board_lines
    from studio.insight.model import InsightView
    from studio.remote.client import RemoteClient, find

    with RemoteClient(*find()) as client:
        plain = client.vendor("state.get", parts=["insight"])["insight"]
    if as_json:
        write_line(encode_json(plain))
        return
    for line in board_lines(msgspec.convert(plain, InsightView)):
        write_line(line)


def insight_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    words = ("rebuild", "ask", "moment", "board")
    parser.add_argument("what", choices=words, help=translate("cli.arg.insight_what"))
    parser.add_argument("name", nargs="?", default="", metavar="NAME|UTC",
                        help=translate("cli.arg.insight_name"))  # fmt: skip
    parser.add_argument("--show", default="", metavar="ID", help=translate("cli.arg.insight_show"))
    parser.add_argument("--out", default="", metavar="FILE.png",
                        help=translate("cli.arg.insight_out"))  # fmt: skip
    parser.add_argument("--once", action="store_true", help=translate("cli.arg.insight_once"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))
