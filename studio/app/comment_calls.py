"""The words of ``shopcast pack``, and what they call."""

from __future__ import annotations

import argparse
from pathlib import Path

from studio.core.clean import write_json
from studio.core.i18n import translate
from studio.core.streams import write_line

DONE, NO = 0, 1


def pack(arguments: argparse.Namespace) -> int:
    """``shopcast pack lint|test|try FILE``."""
    if arguments.what == "try":
        return _try(Path(arguments.file), arguments.comments, as_json=arguments.json)
    return _check(Path(arguments.file), as_json=arguments.json)


def pack_arguments(parser: argparse.ArgumentParser) -> None:
    """Its arguments."""
    parser.add_argument("what", choices=("lint", "test", "try"),
                        help=translate("cli.arg.pack_what"))  # fmt: skip
    parser.add_argument("file", metavar="FILE", help=translate("cli.arg.pack_file"))
    parser.add_argument("--comments", metavar="FILE", help=translate("cli.arg.pack_comments"))
    parser.add_argument("--json", action="store_true", help=translate("cli.arg.json"))


def _check(path: Path, *, as_json: bool) -> int:
    """Every fault of a pack, its own tests among them."""
    from studio.comments.moderation.packs import pack_faults
    from studio.comments.moderation.rule_files import read_pack

    read = read_pack(path)
    faults = pack_faults(read)
    if as_json:
        said = {"pack": read.pack, "faults": [fault.in_both() for fault in faults]}
        write_line(write_json(said))
        return NO if faults else DONE
    for fault in faults:
        write_line(f"! {path.name}: {fault.in_language()}")
    if faults:
        return NO
    write_line(translate("audience.pack_ok", name=read.pack, version=read.version,
                         rules=len(read.rules)))  # fmt: skip
    return DONE


def _try(path: Path, comments: str | None, *, as_json: bool) -> int:
    """What the pack would have changed, by rule."""
    import msgspec

    from studio.app.pack_trials import TrialRequest, try_here
    from studio.comments.moderation.packs import sound_pack

    texts = _texts(Path(comments)) if comments else None
    trial = try_here(TrialRequest(sound_pack(path)), texts)
    if as_json:
        write_line(write_json(msgspec.to_builtins(trial)))
        return DONE
    write_line(translate("audience.pack_trial", name=trial.pack, comments=trial.comments,
                         changed=trial.changed))  # fmt: skip
    for rule in trial.rules:
        examples = " · ".join(rule.examples)
        write_line(translate("audience.pack_trial_rule", rule=rule.rule, caught=rule.caught,
                             passed=rule.passed, examples=examples))  # fmt: skip
    return DONE


def _texts(path: Path) -> list[str]:
    """The comments of a file of JSON lines; lines that are none are left out."""
    from studio.comments.platforms.lines import BadLine, parse
    from studio.core.bounded import TEXT_BYTES, read_bounded
    from studio.core.clean import lines_of
    from studio.core.errors import StudioError

    try:
        data = read_bounded(path, TEXT_BYTES)
    except OSError:
        raise StudioError("not_found", "audience.file_missing", path=str(path)) from None
    texts = []
    for number, line in enumerate(lines_of(data.decode("utf-8", "replace")), 1):
        try:
            texts.append(parse(line, number)[0].text)
        except BadLine:
            continue
    return texts
