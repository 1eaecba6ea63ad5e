"""The words of ``shopcast rights``, ``privacy``, ``record``, ``keys``, and what they call."""

from __future__ import annotations

import argparse

from studio.core.i18n import translate
from studio.core.streams import write_line


def rights(arguments: argparse.Namespace) -> int:
    """``shopcast rights matrix|list``."""
    from studio.remote.rights import write_matrix, write_people

    if arguments.what == "list":
        write_people(write_line, as_json=arguments.json)
        return 0
    write_matrix(
        write_line, without=arguments.without, operator=arguments.operator, as_json=arguments.json
    )
    return 0


def rights_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("matrix", "list"), help=translate("cli.arg.rights_what"))
    parser.add_argument("--without", action="append", default=[], metavar="PATTERN",
                        help=translate("cli.arg.rights_without"))  # fmt: skip
    parser.add_argument("--operator", default="", metavar="NAME",
                        help=translate("cli.arg.rights_operator"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def privacy(arguments: argparse.Namespace) -> int:
    """``shopcast privacy``."""
    from studio.app.privacy_cli import privacy

    return 0 if privacy(arguments.what, arguments.who, write_line, as_json=arguments.json) else 1


def privacy_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    whats = ("find", "export", "erase", "catalogue", "due")
    parser.add_argument("what", choices=whats, help=translate("cli.arg.privacy_what"))
    parser.add_argument("who", nargs="?", default="", metavar="WHO",
                        help=translate("cli.arg.privacy_who"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def reach(arguments: argparse.Namespace) -> int:
    """``shopcast reach``."""
    from pathlib import Path

    from studio.app import reach_cli

    if arguments.lists:
        reach_cli.list_reach(write_line, as_json=arguments.json)
    elif not arguments.segment:
        reach_cli.count_reach(arguments.purpose, write_line, as_json=arguments.json)
    else:
        out = Path(arguments.out).expanduser().absolute() if arguments.out else None
        reach_cli.write_reach(
            arguments.segment, arguments.purpose, arguments.reason, write_line,
            full=arguments.full, out=out, as_json=arguments.json,
        )  # fmt: skip
    return 0


def reach_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("segment", nargs="?", default="", metavar="SEGMENT",
                        help=translate("cli.arg.reach_segment"))  # fmt: skip
    for name, metavar in (("purpose", "P"), ("reason", "WHY"), ("out", "FILE.csv")):
        parser.add_argument(f"--{name}", default="ads" if name == "purpose" else "",
                            metavar=metavar, help=translate(f"cli.arg.reach_{name}"))  # fmt: skip
    for name in ("full", "lists"):
        parser.add_argument(f"--{name}", action="store_true",
                            help=translate(f"cli.arg.reach_{name}"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def watch(arguments: argparse.Namespace) -> int:
    """``shopcast watch``."""
    from studio.app.watch_cli import watch

    return 0 if watch(write_line, as_json=arguments.json) else 1


def watch_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def scan(arguments: argparse.Namespace) -> int:
    """``shopcast scan``."""
    from pathlib import Path

    from studio.core.clean import encode_json
    from studio.core.paths import project_dir
    from studio.governance.scan import run

    root = Path(arguments.root).expanduser() if arguments.root else project_dir()
    if arguments.take:
        run.take_audit(root, Path(arguments.take).expanduser())
    if arguments.bill:
        run.write_bill(root)
    results = run.scan(root)
    if arguments.json:
        write_line(encode_json({"results": results}))
    else:
        run.tell(results, write_line)
    return 1 if any(result.verdict == "red" for result in results) else 0


def scan_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    say = parser.add_argument
    say("--root", default="", metavar="FOLDER", help=translate("cli.arg.scan_root"))
    say("--bill", action="store_true", help=translate("cli.arg.scan_bill"))
    say("--take", default="", metavar="FILE", help=translate("cli.arg.scan_take"))
    say("--json", action="store_true", help=translate("cli.arg.json"))


def record(arguments: argparse.Namespace) -> int:
    """``shopcast record pack|verify|due|read``."""
    from studio.app.record_cli import due, pack, read, verify

    if arguments.what == "due":
        return 0 if due(write_line, as_json=arguments.json) else 1
    if arguments.what == "read":
        is_well = read(write_line, everything=arguments.all, as_json=arguments.json)
        return 0 if is_well else 1
    if arguments.what == "verify":
        is_whole = verify(arguments.show, arguments.key, write_line, as_json=arguments.json)
        return 0 if is_whole else 1
    pack(
        arguments.show, arguments.to, arguments.show_file, write_line,
        with_media=not arguments.without_media, as_json=arguments.json,
    )  # fmt: skip
    return 0


def record_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    say = parser.add_argument
    say("what", choices=("pack", "verify", "due", "read"), help=translate("cli.arg.record_what"))
    say("show", nargs="?", default="last", metavar="SHOW|FOLDER",
        help=translate("cli.arg.record_show"))  # fmt: skip
    say("--to", default="", metavar="FOLDER", help=translate("cli.arg.record_to"))
    say("--show-file", default="", metavar="FILE", help=translate("cli.arg.record_show_file"))
    say("--without-media", action="store_true", help=translate("cli.arg.record_bare"))
    say("--key", default="", metavar="HEX", help=translate("cli.arg.record_key"))
    say("--all", action="store_true", help=translate("cli.arg.record_all"))
    say("--json", action="store_true", help=translate("cli.arg.json"))


def keys(arguments: argparse.Namespace) -> int:
    """``shopcast keys rotate|recovery|stores|restore``."""
    from studio.app import keys_cli

    if arguments.what == "rotate":
        keys_cli.rotate(write_line, as_json=arguments.json)
    elif arguments.what == "recovery":
        return 0 if keys_cli.recovery(write_line, as_json=arguments.json) else 1
    elif arguments.what == "stores":
        return 0 if keys_cli.stores(write_line, as_json=arguments.json) else 1
    else:
        keys_cli.restore(arguments.code, write_line, replaces=arguments.replace)
    return 0


def keys_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    whats = ("rotate", "recovery", "stores", "restore")
    parser.add_argument("what", choices=whats, help=translate("cli.arg.keys_what"))
    parser.add_argument("code", nargs="?", default="", metavar="CODE",
                        help=translate("cli.arg.keys_code"))  # fmt: skip
    parser.add_argument("--replace", action="store_true", help=translate("cli.arg.keys_replace"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))
