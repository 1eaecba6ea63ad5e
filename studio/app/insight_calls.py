"""The words of ``shopcast insight`` and what they call."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from studio.core.i18n import translate
from studio.core.streams import write_line

if TYPE_CHECKING:
    from studio.insight.effects.model import DoneAction

DONE, NO = 0, 1


def insight(arguments: argparse.Namespace) -> int:
    """``shopcast insight WHAT``."""
    from studio.insight import cli

    as_json = arguments.json
    if arguments.what == "rebuild":
        return DONE if cli.do_rebuild(write_line, as_json=as_json) else NO
    if arguments.what == "ask":
        cli.do_ask(arguments.name, arguments.show, write_line, as_json=as_json)
    elif arguments.what == "effects":
        cli.do_effects(done_actions(), arguments.show, write_line, as_json=as_json)
    elif arguments.what == "clicks":
        cli.do_clicks(arguments.show, write_line, as_json=arguments.json)
    elif arguments.what == "board":
        _board(as_json=as_json)
    else:
        out = Path(arguments.out) if arguments.out else None
        cli.do_moment(arguments.name, out, write_line, as_json=as_json)
    return DONE


def done_actions() -> tuple[DoneAction, ...]:
    """Actions of this data folder that everybody may see, as reports tell of them."""
    from studio.insight.effects.model import DoneAction
    from studio.plans.incidents.book import IncidentBook

    book = IncidentBook()
    book.read()
    return tuple(
        DoneAction(id=a.id, what=a.what, owner=a.owner, until=a.until, metric=a.metric,
                   made_utc=a.made_utc, done_utc=a.done_utc)
        for a in book.actions() if not book.hides(a.incident)
    )  # fmt: skip


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
    words = ("rebuild", "ask", "moment", "board", "effects", "clicks")
    parser.add_argument("what", choices=words, help=translate("cli.arg.insight_what"))
    parser.add_argument("name", nargs="?", default="", metavar="NAME|UTC",
                        help=translate("cli.arg.insight_name"))  # fmt: skip
    parser.add_argument("--show", default="", metavar="ID", help=translate("cli.arg.insight_show"))
    parser.add_argument("--out", default="", metavar="FILE.png",
                        help=translate("cli.arg.insight_out"))  # fmt: skip
    parser.add_argument("--once", action="store_true", help=translate("cli.arg.insight_once"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def report(arguments: argparse.Namespace) -> int:
    """``shopcast report SHOW``."""
    from studio.core.clean import encode_json
    from studio.insight.cli import fresh_analysis
    from studio.insight.report import names, write_report

    folder = Path(arguments.out).expanduser().absolute()
    files = write_report(
        fresh_analysis(), arguments.show, arguments.at, folder, done_actions(),
        with_pdf=arguments.pdf,
    )  # fmt: skip
    if arguments.json:
        write_line(encode_json({"html": files.html, "tables": files.tables, "pdf": files.pdf}))
    else:
        tables = names((*files.tables, *([files.pdf] if files.pdf else [])))
        write_line(translate("report.written", html=str(files.html), tables=tables))
    return DONE


def report_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("show", metavar="SHOW", help=translate("cli.arg.report_show"))
    parser.add_argument("--at", choices=("2h", "24h", "48h", "7d"), default="7d",
                        help=translate("cli.arg.report_at"))  # fmt: skip
    parser.add_argument("--out", default=".", metavar="DIR", help=translate("cli.arg.report_out"))
    parser.add_argument("--pdf", action="store_true", help=translate("cli.arg.report_pdf"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def experiment(arguments: argparse.Namespace) -> int:
    """``shopcast experiment plan``, ``start``, ``stop``, ``status``, ``list``, ``result`` and
    ``simulate``."""
    from studio.insight import experiment_cli

    if arguments.what in ("start", "stop", "status"):
        return _experiment_now(arguments)
    if arguments.what == "list":
        experiment_cli.list_trials(write_line, as_json=arguments.json)
        return DONE
    if arguments.what == "result":
        experiment_cli.show_result(arguments.id, write_line, as_json=arguments.json)
        return DONE
    if arguments.what == "plan":
        is_known = experiment_cli.show_plan(arguments.show, write_line, as_json=arguments.json)
        return DONE if is_known else NO
    return DONE if experiment_cli.simulate(arguments.aa, write_line, as_json=arguments.json) else NO


def _experiment_now(arguments: argparse.Namespace) -> int:
    """What is done to the running studio."""
    import msgspec

    from studio.core.clean import encode_json
    from studio.core.errors import StudioError
    from studio.insight.experiment_cli import status_lines
    from studio.insight.trials.model import TrialsView
    from studio.remote.client import RemoteClient, find

    with RemoteClient(*find()) as client:
        if arguments.what == "status":
            plain = client.vendor("state.get", parts=["trials"])["trials"]
            lines = status_lines(msgspec.convert(plain, TrialsView))
            for line in [encode_json(plain)] if arguments.json else lines:
                write_line(line)
            return DONE
        id = arguments.id
        if arguments.what == "start":
            if not id:
                raise StudioError("invalid", "experiment.say_idea")
            found = client.run("experiments.start", idea=id, metric=arguments.metric)
            words = translate("experiment.started", **found)
        else:
            running = client.vendor("state.get", parts=["trials"])["trials"]["running"]
            if not id and len(running) != 1:
                known = ", ".join(trial["id"] for trial in running) or "-"
                raise StudioError("not_found", "experiment.which", known=known)
            found = client.run("experiments.end", id=id or running[0]["id"])
            words = translate("experiment.stopped", **found)
    write_line(encode_json(found) if arguments.json else words)
    return DONE


def experiment_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    words = ("plan", "start", "stop", "status", "list", "result", "simulate")
    parser.add_argument("what", choices=words, help=translate("cli.arg.experiment_what"))
    parser.add_argument("id", nargs="?", default="", metavar="ID",
                        help=translate("cli.arg.experiment_id"))  # fmt: skip
    parser.add_argument("--show", default="last", metavar="SHOW",
                        help=translate("cli.arg.report_show"))  # fmt: skip
    parser.add_argument("--metric", default="", metavar="ID",
                        help=translate("cli.arg.experiment_metric"))  # fmt: skip
    parser.add_argument("--aa", type=int, default=2000, metavar="N",
                        help=translate("cli.arg.experiment_aa"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def advice(arguments: argparse.Namespace) -> int:
    """``shopcast advice [SHOW]``."""
    import msgspec

    from studio.insight.advice.cli import of_show, show_proposal
    from studio.insight.advice.model import OrderProposal

    if arguments.show:
        from studio.show.file import read_show

        proposal = of_show(read_show(Path(arguments.show).expanduser())[1], arguments.show)
    else:
        from studio.remote.client import RemoteClient, find

        with RemoteClient(*find()) as client:
            plain = client.run("advice.propose")
        proposal = msgspec.convert(plain, OrderProposal)
    show_proposal(proposal, write_line, as_json=arguments.json)
    return DONE


def advice_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("show", nargs="?", default="", metavar="SHOW",
                        help=translate("cli.arg.advice_show"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def pricing(arguments: argparse.Namespace) -> int:
    """``shopcast pricing simulate``."""
    from studio.insight.pricing.cli import show_simulated

    is_kept = show_simulated(arguments.count, arguments.seed, write_line, as_json=arguments.json)
    return DONE if is_kept else NO


def pricing_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("simulate",), help=translate("cli.arg.pricing_what"))
    parser.add_argument("--count", type=int, default=1000, metavar="N",
                        help=translate("cli.arg.pricing_count"))  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="S", help=translate("cli.arg.seed"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))
