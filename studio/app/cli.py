"""The command line: a thin front; every body imports its room when it is called."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn

from studio import __version__
from studio.app import (
    call_secrets,
    comment_calls,
    goods_calls,
    host_calls,
    insight_calls,
    rights_calls,
    safety_calls,
)
from studio.app.options import EngineOptions
from studio.app.supervisor import Supervisor, python_module
from studio.core.clean import clean_text
from studio.core.errors import StudioError
from studio.core.i18n import translate
from studio.core.paths import data_dir, project_dir
from studio.core.streams import (
    child_environment,
    is_reader_gone,
    let_go_of_output,
    speak_utf8,
    write_line,
)
from studio.governance.vault import use_own_vault

DONE, NO, WRONG = 0, 1, 2
PICTURE_THEN_END_S = 10.0
PICTURE_AT_LATEST_S = 30.0


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line: what, where, what to do."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG, f"{self.prog}: {message}. {translate('cli.help', call=self.prog)}\n")


# --- values -------------------------------------------------------------------------------------


def duration_s(text: str) -> float:
    """Seconds of "15s", "2m", "1h", "500ms" or a bare number of seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(ms|s|m|h)?", text.strip())
    seconds = float(found[1]) * {"ms": 0.001, "m": 60, "h": 3600}.get(found[2], 1) if found else 0
    if not seconds > 0:
        raise argparse.ArgumentTypeError(translate("cli.bad_duration", text=text))
    return seconds


def size_px(text: str) -> tuple[int, int]:
    """Width and height of "1920x1080"; both even, as 4:2:0 wants them."""
    found = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", text.strip())
    size = (int(found[1]), int(found[2])) if found else (0, 0)
    if not all(64 <= side <= 7680 and side % 2 == 0 for side in size):
        raise argparse.ArgumentTypeError(translate("cli.bad_size", text=text))
    return size


def frame_rate(text: str) -> float:
    """Frames a second, 1 to 120."""
    try:
        fps = float(text)
    except ValueError:
        fps = 0.0
    if not 1 <= fps <= 120:
        raise argparse.ArgumentTypeError(translate("cli.bad_fps", text=text))
    return fps


def port_number(text: str) -> int:
    """A TCP port; 0 takes a free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(translate("cli.bad_port", text=text))
    return int(text)


def _absolute(path: str | None) -> str | None:
    """The engine runs in another folder than the caller's."""
    return None if path is None else str(Path(path).expanduser().resolve())


def _insist_on_text(word: str) -> None:
    """A file's name in another encoding could be opened here and nowhere else in the studio."""
    if clean_text(word) != word and "\ufffd" in clean_text(word):
        raise StudioError("invalid", "cli.not_text", text=clean_text(word))


# --- saying -------------------------------------------------------------------------------------


def _say_json(line: dict[str, Any]) -> None:
    write_line(json.dumps(line, ensure_ascii=False, separators=(",", ":")))


def _say_in_words(line: dict[str, Any]) -> None:
    """What the engine says, for a person at a terminal."""
    event = line.get("event")
    if event in ("on_air", "back_on_air"):
        scenes = ", ".join(str(name) for name in line.get("scenes", []))
        write_line(translate(f"cli.{event}", remote=line.get("remote", "?"), scenes=scenes))
    elif event == "output":
        name, state = line.get("name"), line.get("state")
        write_line(translate("cli.output", name=name, state=state, why=line.get("why", "")))
    elif event == "picture":
        write_line(translate("cli.picture", file=line.get("file")))
    elif event == "engine_restart":
        write_line(translate("cli.engine_restart", why=line.get("why")))
    elif event == "done":
        frames, dropped = line.get("frames", 0), line.get("dropped", 0)
        write_line(translate("cli.done", frames=frames, dropped=dropped))


# --- the calls ----------------------------------------------------------------------------------


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _has_desk() -> bool:
    return find_spec("ui.__main__") is not None


def _picture_path() -> Path:
    """Beside the project, where a person looks; in the data folder when that is read-only."""
    for folder in (project_dir() / "out", data_dir() / "pictures"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder / "on-air.png"
    return Path("on-air.png").resolve()


def _open(arguments: argparse.Namespace) -> int:
    """``shopcast [SHOW]``: the studio on the screen, or headless where there is none."""
    options = EngineOptions(show=_absolute(arguments.show))
    if has_display() and _has_desk():
        try:
            return Supervisor(options, _say_in_words, with_desk=True).run()
        except StudioError as error:
            if error.code != "conflict" or arguments.show is not None:
                raise
            # It runs already: one more window on it is what was meant.
            return subprocess.call(python_module("ui"), cwd=project_dir(), env=child_environment())
    options.picture = str(_picture_path())
    if sys.stdin.isatty() and sys.stdout.isatty():
        return Supervisor(options, _say_in_words).run()
    return _open_for_a_moment(options)


def _open_for_a_moment(options: EngineOptions) -> int:
    """Nobody is there to press Ctrl-C: end by itself once the picture is written."""
    timers: list[threading.Timer] = []

    def say(line: dict[str, Any]) -> None:
        _say_in_words(line)
        wait_s = {"on_air": PICTURE_AT_LATEST_S, "picture": PICTURE_THEN_END_S}
        if line.get("event") in wait_s:
            timer = threading.Timer(wait_s[line["event"]], supervisor.stop)
            timer.daemon = True
            timer.start()
            timers.append(timer)

    supervisor = Supervisor(options, say)
    try:
        return supervisor.run()
    finally:
        for timer in timers:
            timer.cancel()


def _open_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("show", nargs="?", metavar="SHOW", help=translate("cli.arg.show"))


def _run(arguments: argparse.Namespace) -> int:
    addresses = [url for url in arguments.push if url.startswith(("rtmp://", "rtmps://"))]
    call_secrets.hide([*addresses, arguments.password or ""])
    options = EngineOptions(
        show=_absolute(arguments.show),
        for_s=arguments.for_s,
        push=call_secrets.pushes(arguments.push, arguments.push_file),
        record=_absolute(arguments.record),
        scene=arguments.scene,
        canvas=arguments.canvas,
        size=arguments.size,
        fps=arguments.fps,
        port=arguments.port,
        password=call_secrets.password(
            arguments.password, arguments.password_file, is_asked=arguments.password_ask
        ),
    )
    return Supervisor(options, _say_json, with_desk=arguments.desk).run()


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    def add(name: str, **more: Any) -> None:
        key = name.lstrip("-")
        parser.add_argument(name, help=translate(f"cli.arg.{key}"), **more)

    add("show", nargs="?", metavar="SHOW")
    add("--for", dest="for_s", type=duration_s, metavar="15s")
    add("--push", action="append", default=[], metavar="URL")
    add("--push-file", metavar="FILE")
    add("--record", metavar="FILE")
    add("--scene", metavar="NAME")
    add("--canvas", choices=("landscape", "portrait", "both"))
    add("--size", type=size_px, metavar="1920x1080")
    add("--fps", type=frame_rate, metavar="30")
    add("--port", type=port_number, metavar="4455")
    add("--password", metavar="PW")
    add("--password-file", metavar="FILE")
    add("--password-ask", action="store_true")
    add("--desk", action="store_true")


def _track(arguments: argparse.Namespace) -> int:
    from studio.tryon.cli import track

    track(Path(arguments.clip), arguments.what, Path(arguments.out) if arguments.out else None)
    return DONE


def _track_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clip", metavar="CLIP", help=translate("cli.arg.clip"))
    parser.add_argument(
        "--what", choices=("face", "hand", "pose", "mask"), required=True,
        help=translate("cli.arg.what"),
    )  # fmt: skip
    parser.add_argument("--out", metavar="DIR", help=translate("cli.arg.out"))


def _check(arguments: argparse.Namespace) -> int:
    from studio.app.check import check_whole
    from studio.core.i18n import system_language
    from studio.show.file import demo_show

    folder = Path(arguments.show) if arguments.show else None
    findings, ready = check_whole(folder)
    for finding in findings:
        write_line(f"{'!' if finding.is_fatal else '-'} {finding.place}: {finding.text}")
    code = system_language()
    wants = [line for line in ready.lines if line.tone == "attention"]
    for line in wants:
        write_line(f"- {line.label[code]}: {line.text[code]}")
    if any(finding.is_fatal for finding in findings):
        return NO
    key = "check.opens" if wants else "check.ready"
    write_line(translate(key, name=(folder or demo_show()).name, n=len(wants)))
    return DONE


def _bench(arguments: argparse.Namespace) -> int:
    from bench.cli import bench

    return DONE if bench(arguments.names, arguments.events) else NO


def _bench_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", metavar="NAME", help=translate("cli.arg.bench"))
    parser.add_argument("--events", type=int, metavar="N", help=translate("cli.arg.bench_events"))


def _moderate(arguments: argparse.Namespace) -> int:
    from studio.comments.cli import moderate, sentence_judge

    folder = Path(arguments.rules) if arguments.rules else None
    sentences = None if arguments.no_sentences else sentence_judge()
    return DONE if moderate(sys.stdin, sys.stdout, folder, sentences) else NO


def _moderate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", metavar="FOLDER", help=translate("cli.arg.rules"))
    words = translate("cli.arg.no_sentences")
    parser.add_argument("--no-sentences", action="store_true", help=words)


def _do(arguments: argparse.Namespace) -> int:
    from studio.remote.client import do

    result = do(arguments.command, arguments.pairs)
    if result is not None:
        write_line(json.dumps(result, ensure_ascii=False, indent=1))
    return DONE


def _do_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("command", metavar="COMMAND", help=translate("cli.arg.command"))
    parser.add_argument("pairs", nargs="*", metavar="key=value", help=translate("cli.arg.pairs"))


def _undo(arguments: argparse.Namespace) -> int:
    from studio.core.i18n import system_language
    from studio.remote.client import undo

    label = undo(confirm=arguments.yes).in_language(system_language())
    write_line(translate("cli.undone", what=label))
    return DONE


def _undo_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help=translate("cli.arg.undo_yes"))


def _commands(arguments: argparse.Namespace) -> int:
    from studio.core.i18n import system_language
    from studio.remote import listing

    text = listing.markdown() if arguments.markdown else listing.text(system_language())
    write_line(text.rstrip())
    return DONE


def _commands_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--markdown", action="store_true", help=translate("cli.arg.markdown"))


def _snapshot(arguments: argparse.Namespace) -> int:
    from studio.remote.client import snapshot

    file = Path(arguments.file).expanduser().resolve()
    try:
        snapshot(file, arguments.scene)
    except StudioError as error:
        if error.key != "remote.not_running":
            raise
        return _snapshot_alone(file, arguments.scene)
    return DONE


def _snapshot_alone(file: Path, scene: str | None) -> int:
    """No engine runs: one is started for the demo show's picture, and ends."""
    from studio.remote.client import check_format

    check_format(file)
    options = EngineOptions(scene=scene, picture=str(file), for_s=0.1, port=0)
    return Supervisor(options, lambda line: None).run()


def _snapshot_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scene", metavar="NAME", help=translate("cli.arg.snapshot_scene"))
    parser.add_argument("file", metavar="FILE.png", help=translate("cli.arg.file"))


Call = tuple[Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int], str]
# name: (its arguments, its body, the module it cannot do without)
CALLS: dict[str, Call] = {
    "run": (_run_arguments, _run, "studio.__main__"),
    "do": (_do_arguments, _do, "studio.remote.client"),
    "undo": (_undo_arguments, _undo, "studio.remote.client"),
    "commands": (_commands_arguments, _commands, "studio.remote.listing"),
    "snapshot": (_snapshot_arguments, _snapshot, "studio.remote.client"),
    "check": (_open_arguments, _check, "studio.app.check"),
    "moderate": (_moderate_arguments, _moderate, "studio.comments.cli"),
    "pack": (comment_calls.pack_arguments, comment_calls.pack, "studio.comments.cli"),
    "stock": (goods_calls.stock_arguments, goods_calls.stock, "studio.shop.stock.cli"),
    "orders": (goods_calls.orders_arguments, goods_calls.orders, "studio.shop.stock.cli"),
    "run-order": (
        goods_calls.run_order_arguments,
        goods_calls.run_order,
        "studio.app.run_order_cli",
    ),
    "simulate": (goods_calls.simulate_arguments, goods_calls.simulate, "studio.app.simulate_cli"),
    "import": (goods_calls.import_goods_arguments, goods_calls.import_goods, "studio.app.imports"),
    "verify-draw": (
        goods_calls.verify_draw_arguments,
        goods_calls.verify_draw,
        "studio.shop.games.verify",
    ),
    "drill": (safety_calls.drill_plans_arguments, safety_calls.drill_plans, "studio.app.drill.cli"),
    "incident": (safety_calls.incident_arguments, safety_calls.incident, "studio.app.incident_cli"),
    "verify": (
        safety_calls.verify_report_arguments,
        safety_calls.verify_report,
        "studio.governance.signing",
    ),
    "audit": (safety_calls.audit_arguments, safety_calls.audit, "studio.governance.cli"),
    "rights": (rights_calls.rights_arguments, rights_calls.rights, "studio.remote.rights"),
    "privacy": (rights_calls.privacy_arguments, rights_calls.privacy, "studio.app.privacy_cli"),
    "reach": (rights_calls.reach_arguments, rights_calls.reach, "studio.insight.reach"),
    "watch": (rights_calls.watch_arguments, rights_calls.watch, "studio.app.watch_cli"),
    "scan": (rights_calls.scan_arguments, rights_calls.scan, "studio.governance.scan"),
    "record": (rights_calls.record_arguments, rights_calls.record, "studio.app.record_cli"),
    "keys": (rights_calls.keys_arguments, rights_calls.keys, "studio.app.keys_cli"),
    "risks": (safety_calls.risks_arguments, safety_calls.risks, "studio.plans.risks.cli"),
    "rundown": (host_calls.rundown_arguments, host_calls.rundown, "studio.app.rundown_cli"),
    "report": (insight_calls.report_arguments, insight_calls.report, "studio.insight.report"),
    "experiment": (
        insight_calls.experiment_arguments,
        insight_calls.experiment,
        "studio.insight.experiments",
    ),
    "insight": (insight_calls.insight_arguments, insight_calls.insight, "studio.insight.cli"),
    "advice": (insight_calls.advice_arguments, insight_calls.advice, "studio.insight.advice.cli"),
    "pricing": (
        insight_calls.pricing_arguments,
        insight_calls.pricing,
        "studio.insight.pricing.cli",
    ),  # fmt: skip
    "script": (host_calls.script_arguments, host_calls.script, "studio.app.script_cli"),
    "listen": (host_calls.listen_arguments, host_calls.listen, "studio.app.listen_cli"),
    "nodes": (host_calls.nodes_arguments, host_calls.nodes, "studio.app.nodes_cli"),
    "host": (host_calls.host_arguments, host_calls.host, "studio.app.nodes_cli"),
    "say": (host_calls.say_arguments, host_calls.say, "studio.app.say_cli"),
    "voice": (host_calls.voice_arguments, host_calls.voice, "studio.host.ears.model_files"),
    "packs": (host_calls.packs_arguments, host_calls.packs, "studio.app.packs_cli"),
    "bench": (_bench_arguments, _bench, "bench.cli"),
    "track": (_track_arguments, _track, "studio.tryon.cli"),
}


def calls() -> dict[str, Call]:
    """The calls whose rooms are built."""
    return {name: call for name, call in CALLS.items() if find_spec(call[2]) is not None}


def build_parser() -> argparse.ArgumentParser:
    """The whole command line. ``shopcast SHOW`` has no word of its own, see `main`."""
    parser = _Parser(
        prog="shopcast",
        description=translate("cli.about"),
        epilog=translate("cli.exit_codes"),
    )
    parser.add_argument("--version", action="version", version=f"shopcast {__version__}")
    words = parser.add_subparsers(dest="call", metavar="", parser_class=_Parser, title="calls")
    open_parser = words.add_parser("open", help=translate("cli.call.open"))
    _open_arguments(open_parser)
    open_parser.set_defaults(body=_open)
    for name, (add_arguments, body, _) in calls().items():
        call = words.add_parser(name, help=translate(f"cli.call.{name}"))
        add_arguments(call)
        call.set_defaults(body=body)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one call; returns its exit code (0 done, 1 the answer is no, 2 the call is wrong)."""
    if argv is None:
        speak_utf8()
    given = list(sys.argv[1:] if argv is None else argv)
    known = {"open", "-h", "--help", "--version", *calls()}
    if not given or given[0] not in known:
        given.insert(0, "open")
    try:
        for word in given:
            _insist_on_text(word)
        arguments = build_parser().parse_args(given)
        use_own_vault()
        body: Callable[[argparse.Namespace], int] = arguments.body
        return body(arguments)
    except StudioError as error:
        print(f"shopcast: {error.in_language()}", file=sys.stderr)
        return WRONG if error.code == "invalid" else NO
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if not is_reader_gone(error):
            raise
        return DONE  # whoever read (``| head``) has enough
    finally:
        let_go_of_output()


if __name__ == "__main__":
    raise SystemExit(main())
