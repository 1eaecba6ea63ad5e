"""The words of ``shopcast audit``, ``verify``, ``risks``, ``drill`` and ``incident``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from studio.core.i18n import translate
from studio.core.paths import data_dir
from studio.core.streams import write_line

DONE, NO = 0, 1
MOST_DRILLS = 10_000


def audit(arguments: argparse.Namespace) -> int:
    """``shopcast audit verify``."""
    from studio.governance.cli import verify

    folder = Path(arguments.folder) if arguments.folder else data_dir() / "audit"
    anchors = tuple(arguments.anchor)
    is_whole = verify(folder, arguments.key, anchors, write_line, as_json=arguments.json)
    return DONE if is_whole else NO


def audit_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("verify",), help=translate("cli.arg.audit_what"))
    parser.add_argument("folder", nargs="?", default="", help=translate("cli.arg.audit_folder"))
    parser.add_argument("--anchor", action="append", default=[], metavar="TEXT|FILE|FOLDER",
                        help=translate("cli.arg.audit_anchor"))  # fmt: skip
    parser.add_argument("--key", default="", metavar="HEX", help=translate("cli.arg.audit_key"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def risks(arguments: argparse.Namespace) -> int:
    """``shopcast risks``."""
    from studio.plans.risks.cli import show_risks

    def complain(line: str) -> None:
        print(f"shopcast: {line}", file=sys.stderr)

    path = Path(arguments.file) if arguments.file else None
    return DONE if show_risks(path, write_line, complain, as_json=arguments.json) else NO


def risks_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("file", nargs="?", metavar="FILE", help=translate("cli.arg.risks"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def drill_plans(arguments: argparse.Namespace) -> int:
    """``shopcast drill``."""
    from studio.app.drill.cli import DrillOrder, drill, show_scores

    if arguments.scores:
        show_scores(write_line, as_json=arguments.json)
        return DONE
    names = list(arguments.plans)
    show = Path(names.pop(0)) if names and Path(names[0]).is_dir() else None
    report = Path(arguments.report).expanduser().absolute() if arguments.report else None
    order = DrillOrder(
        tuple(names), arguments.all, arguments.pairs, arguments.triples, arguments.game,
        arguments.seed, report,
    )  # fmt: skip
    is_sound = drill(show, order, write_line, as_json=arguments.json)
    return DONE if is_sound else NO


def _count(text: str) -> int:
    """How many, 1 to 10,000."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST_DRILLS:
        raise argparse.ArgumentTypeError(translate("cli.bad_count", text=text, most=MOST_DRILLS))
    return int(text)


def drill_plans_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("plans", nargs="*", metavar="SHOW|PLAN", help=translate("cli.arg.drill"))
    parser.add_argument("--all", action="store_true", help=translate("cli.arg.all"))
    for name in ("pairs", "triples", "game"):
        parser.add_argument(f"--{name}", type=_count, default=0, metavar="N",
                            help=translate(f"cli.arg.drill_{name}"))  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="S",
                        help=translate("cli.arg.drill_seed"))  # fmt: skip
    parser.add_argument("--report", default="", metavar="FILE",
                        help=translate("cli.arg.drill_report"))  # fmt: skip
    parser.add_argument("--scores", action="store_true", help=translate("cli.arg.drill_scores"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def incident(arguments: argparse.Namespace) -> int:
    """``shopcast incident``."""
    from studio.app import incident_cli

    if arguments.list:
        incident_cli.list_incidents(write_line, as_json=arguments.json)
    elif arguments.why is not None:
        incident_cli.tell_why(arguments.why, write_line, as_json=arguments.json)
    else:
        files = [_report_file(name, end) for name, end in
                 ((arguments.html, ".html"), (arguments.pdf, ".pdf")) if name]  # fmt: skip
        incident_cli.show_incident(arguments.id, files, write_line, as_json=arguments.json)
    return DONE


def _report_file(name: str, ending: str) -> Path:
    """Where a report goes; by its ending it is known what it is."""
    file = Path(name).expanduser().absolute()
    is_other = ending == ".pdf" and file.suffix.lower() != ending
    return file.with_name(file.name + ending) if is_other else file


def incident_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("id", nargs="?", default="", metavar="ID",
                        help=translate("cli.arg.incident"))  # fmt: skip
    for kind in ("html", "pdf"):
        parser.add_argument(f"--{kind}", default="", metavar=f"FILE.{kind}",
                            help=translate(f"cli.arg.incident_{kind}"))  # fmt: skip
    parser.add_argument("--why", metavar="20:41", help=translate("cli.arg.incident_why"))
    parser.add_argument("--list", action="store_true", help=translate("cli.arg.incident_list"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def verify_report(arguments: argparse.Namespace) -> int:
    """``shopcast verify``."""
    from studio.governance.cli import verify_document

    file = Path(arguments.file)
    is_good = verify_document(file, arguments.key, write_line, as_json=arguments.json)
    return DONE if is_good else NO


def verify_report_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("file", metavar="FILE", help=translate("cli.arg.verify"))
    parser.add_argument("--key", default="", metavar="HEX", help=translate("cli.arg.verify_key"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))
