"""``shopcast packs``: the packs there are, their own tests, a text or a show against them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from studio.core.bounded import read_bounded
from studio.core.clean import decode_words, encode_json, lines_of
from studio.core.errors import StudioError
from studio.core.i18n import system_language, translate
from studio.host.packs.files import all_packs, clashes, packs_folder, read_pack, shipped_packs
from studio.host.packs.model import Alarm, PackFault, PacksPart, Place, RulePack
from studio.host.packs.service import armed_packs, as_error, matcher_for
from studio.host.packs.texts import show_texts

Write = Callable[[str], None]
MOST_BYTES = 8_000_000
PLACES: tuple[Place, ...] = ("cn", "eu", "uk", "us")


def list_packs(write: Write, *, as_json: bool) -> bool:
    """Writes every pack with its place, version, sources."""
    packs, faults = all_packs()
    for pack in packs:
        if as_json:
            write(encode_json(pack))
            continue
        label = pack.label.zh if system_language() == "zh" else pack.label.en
        write(translate(
            "packs.cli.pack", id=pack.id, label=label, place=pack.place, version=pack.version,
            rules=len(pack.rules), begins=pack.begins,
        ))  # fmt: skip
        for source in pack.sources:
            read = source.read or translate("packs.cli.unread")
            write(f"    {source.name}, {source.date}; {read}")
    for path, fault in faults:
        write(f"! {path.name}: {_said(fault)}")
    write(translate("packs.cli.no_advice"))
    return not faults


def test_packs(files: Sequence[str], write: Write) -> bool:
    """Holds packs against their own tests; every fault with file and place.

    Args:
        files: pack files; none for those that come with the studio and the person's own.

    Returns:
        Whether there is no fault.
    """
    named = [Path(file) for file in files] or sorted(packs_folder().glob("*.json"))
    count, sound, looked_at = 0, list[RulePack](), set[str]()
    for path in named:
        pack, faults = read_pack(path)
        looked_at |= {pack.id} if pack is not None else set()
        for fault in faults:
            write(f"! {path.name}: {_said(fault)}")
        count += len(faults)
        if pack is not None and not faults:
            sound.append(pack)
            tests = sum(len(rule.hits) + len(rule.clean) for rule in pack.rules)
            write(translate("packs.cli.sound", id=pack.id, rules=len(pack.rules), tests=tests))
    beside = [pack for pack in shipped_packs() if pack.id not in looked_at]
    for fault in clashes([*sound, *beside]) if sound else ():
        write(f"! {_said(fault)}")
        count += 1
    return not count


def lint_file(path: Path, places: Sequence[Place], write: Write, *, as_json: bool) -> bool:
    """Holds a text, or every text of a show, against the packs of some places.

    Returns:
        Whether nothing was found.

    Raises:
        StudioError: not_found, invalid.
    """
    matcher = matcher_for(armed_packs(PacksPart(tuple(places) or ("cn",)), all_packs()[0]))
    is_clean = True

    def tell(place: str, alarm: Alarm) -> None:
        nonlocal is_clean
        is_clean = False
        write(encode_json({"place": place, "alarm": alarm}) if as_json
              else f"{'!' if alarm.level == 'alarm' else '-'} {place}: "
                   f"{as_error(alarm).in_language()}")  # fmt: skip

    if path.is_dir():
        from studio.app.check import read

        for shown in show_texts(read(path).parts):
            for alarm in matcher.alarms(shown.text, shown.context):
                tell(shown.place, alarm)
    else:
        try:
            words = decode_words(read_bounded(path, MOST_BYTES))
        except OSError as error:
            why = error.strerror or str(error)
            raise StudioError("not_found", "packs.unreadable", path=str(path), why=why) from None
        for number, line in enumerate(lines_of(words), 1):
            for alarm in matcher.alarms(line):
                tell(f"{path.name}:{number}", alarm)
    if is_clean and not as_json:
        write(translate("packs.cli.clean"))
    return is_clean


def _said(fault: PackFault) -> str:
    words = translate(fault.why, **fault.params)
    return f"{fault.place}: {words}" if fault.place else words
