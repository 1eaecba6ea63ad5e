"""The words of the host's calls (rundown, packs, script, listen, …), and what they call."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.core.i18n import translate
from studio.core.streams import write_line

DONE, NO = 0, 1


def rundown(arguments: argparse.Namespace) -> int:
    """``shopcast rundown SHOW [FILE]``."""
    from studio.app.rundown_cli import import_rundown, show_rundown

    show, as_json = Path(arguments.show), arguments.json
    if not arguments.file:
        return DONE if show_rundown(show, write_line, as_json=as_json) else NO
    is_sound = import_rundown(
        show, Path(arguments.file), write_line, accept=arguments.accept, as_json=as_json
    )
    return DONE if is_sound else NO


def rundown_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("show", metavar="SHOW", help=translate("cli.arg.rundown_show"))
    parser.add_argument("file", nargs="?", default="", metavar="FILE",
                        help=translate("cli.arg.rundown_file"))  # fmt: skip
    parser.add_argument("--accept", action="store_true", help=translate("cli.arg.rundown_accept"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def packs(arguments: argparse.Namespace) -> int:
    """``shopcast packs WHAT``."""
    from studio.app.packs_cli import lint_file, list_packs, test_packs

    if arguments.what == "list":
        return DONE if list_packs(write_line, as_json=arguments.json) else NO
    if arguments.what == "test":
        return DONE if test_packs(arguments.files, write_line) else NO
    clean = [
        lint_file(Path(file), arguments.place, write_line, as_json=arguments.json)
        for file in arguments.files
    ]
    return DONE if all(clean) else NO


def packs_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("list", "test", "lint"),
                        help=translate("cli.arg.packs_what"))  # fmt: skip
    parser.add_argument("files", nargs="*", metavar="FILE", help=translate("cli.arg.packs_files"))
    parser.add_argument("--place", action="append", default=[], choices=("cn", "eu", "uk", "us"),
                        help=translate("cli.arg.packs_place"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def script(arguments: argparse.Namespace) -> int:
    """``shopcast script [SHOW]``."""
    from studio.app.script_cli import write_scripts

    folder = Path(arguments.show) if arguments.show else None
    is_whole = write_scripts(
        folder, arguments.product, arguments.audience, arguments.scene, write_line,
        language=arguments.language, as_json=arguments.json,
    )  # fmt: skip
    return DONE if is_whole else NO


def script_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("show", nargs="?", metavar="SHOW", help=translate("cli.arg.script_show"))
    parser.add_argument("--product", action="append", default=[], metavar="ID",
                        help=translate("cli.arg.script_product"))  # fmt: skip
    parser.add_argument("--audience", default="young", choices=("young", "family", "older"),
                        help=translate("cli.arg.script_audience"))  # fmt: skip
    parser.add_argument("--scene", default="", choices=("living_room", "family", "outdoors"),
                        help=translate("cli.arg.script_scene"))  # fmt: skip
    parser.add_argument("--language", default="", choices=("zh", "en"),
                        help=translate("cli.arg.script_language"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def listen(arguments: argparse.Namespace) -> int:
    """``shopcast listen FILE``."""
    from studio.app.listen_cli import listen as hear

    facts = Path(arguments.facts) if arguments.facts else None
    return DONE if hear(Path(arguments.file), facts, write_line, as_json=arguments.json) else NO


def listen_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("file", metavar="FILE", help=translate("cli.arg.listen_file"))
    parser.add_argument("--facts", default="", metavar="FACTS",
                        help=translate("cli.arg.listen_facts"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def voice(arguments: argparse.Namespace) -> int:
    """``shopcast voice fetch|state [hearing|speaking]``."""
    from studio.core.errors import StudioError
    from studio.host.ears.model_files import HEARING
    from studio.host.voice.model_files import SPEAKING

    sets = {"hearing": HEARING, "speaking": SPEAKING}
    archive = Path(arguments.voices) if arguments.voices else None
    is_whole = True
    for name, models in sets.items():
        if arguments.part not in ("", name):
            continue
        if arguments.what == "fetch":
            models.fetch(archive=archive if models.archive else None)
        missing = models.missing()
        if missing:
            is_whole = False
            write_line(StudioError("not_found", missing).in_language())
            continue
        models.check(models.folder())
        write_line(translate(f"{models.words}.cli.there", path=str(models.folder())))
    return DONE if is_whole else NO


def voice_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("fetch", "state"), help=translate("cli.arg.voice_what"))
    parser.add_argument("part", nargs="?", default="", choices=("", "hearing", "speaking"),
                        help=translate("cli.arg.voice_part"))  # fmt: skip
    parser.add_argument("--voices", default="", metavar="FILE",
                        help=translate("cli.arg.voice_voices"))  # fmt: skip


def say(arguments: argparse.Namespace) -> int:
    """``shopcast say TEXT --out FILE.wav``."""
    from studio.app.say_cli import say_to_file

    say_to_file(
        arguments.text, Path(arguments.out), write_line, language=arguments.language,
        voice=arguments.voice, speed=arguments.speed, as_json=arguments.json,
    )  # fmt: skip
    return DONE


def say_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("text", metavar="TEXT", help=translate("cli.arg.say_text"))
    parser.add_argument("--out", required=True, metavar="FILE", help=translate("cli.arg.say_out"))
    parser.add_argument("--language", default="", choices=("", "zh", "en"),
                        help=translate("cli.arg.script_language"))  # fmt: skip
    parser.add_argument("--voice", default="", metavar="NAME", help=translate("cli.arg.say_voice"))
    parser.add_argument("--speed", type=float, default=1.0, help=translate("cli.arg.say_speed"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def nodes(arguments: argparse.Namespace) -> int:
    """``shopcast nodes SHOW``."""
    from studio.app.nodes_cli import show_nodes, write_calendar

    show = Path(arguments.show) if arguments.show else None
    if arguments.ics:
        write_calendar(show, Path(arguments.ics))
        return DONE
    return DONE if show_nodes(show, write_line, as_json=arguments.json) else NO


def nodes_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("show", nargs="?", metavar="SHOW", help=translate("cli.arg.script_show"))
    parser.add_argument("--ics", default="", metavar="FILE", help=translate("cli.arg.nodes_ics"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def host(arguments: argparse.Namespace) -> int:
    """``shopcast host ask QUESTION``."""
    from studio.app.nodes_cli import ask_facts

    show = Path(arguments.show) if arguments.show else None
    is_known = ask_facts(
        show, arguments.question, arguments.product, write_line, as_json=arguments.json
    )
    return DONE if is_known else NO


def host_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("ask",), help=translate("cli.arg.host_what"))
    parser.add_argument("question", metavar="QUESTION", help=translate("cli.arg.host_question"))
    parser.add_argument("--show", default="", metavar="SHOW",
                        help=translate("cli.arg.script_show"))  # fmt: skip
    parser.add_argument("--product", default="", metavar="ID",
                        help=translate("cli.arg.script_product"))  # fmt: skip
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))
