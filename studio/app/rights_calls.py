"""The words of ``shopcast rights`` and ``privacy``, and what they call."""

from __future__ import annotations

import argparse

from studio.core.i18n import translate
from studio.core.streams import write_line


def rights(arguments: argparse.Namespace) -> int:
    """``shopcast rights matrix``."""
    from studio.remote.rights import write_matrix

    write_matrix(write_line, without=arguments.without, as_json=arguments.json)
    return 0


def rights_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("matrix",), help=translate("cli.arg.rights_what"))
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN",
                        help=translate("cli.arg.rights_without"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def privacy(arguments: argparse.Namespace) -> int:
    """``shopcast privacy``."""
    from studio.app.privacy_cli import privacy

    return 0 if privacy(arguments.what, arguments.who, write_line, as_json=arguments.json) else 1


def privacy_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    whats = ("find", "export", "erase", "catalogue")
    parser.add_argument("what", choices=whats, help=translate("cli.arg.privacy_what"))
    parser.add_argument("who", nargs="?", default="", metavar="WHO",
                        help=translate("cli.arg.privacy_who"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))
