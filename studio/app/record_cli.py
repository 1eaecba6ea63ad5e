"""``shopcast record``: the record of a show is packed, or looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from studio.core.clean import encode_json
from studio.core.i18n import translate
from studio.core.paths import data_dir
from studio.governance.audit import Signer
from studio.governance.keeping.shelf import ShelvedRecord
from studio.governance.secrets import Secrets
from studio.governance.signing import key_id
from studio.insight.record import RecordPacker, check_folder
from studio.insight.record_reading import own_shelf, read_again
from studio.outputs.recording_folder import RecordingFolder

Write = Callable[[str], None]
MOST = 100_000


def pack(
    show: str, to: str, show_file: str, write: Write, *, with_media: bool, as_json: bool
) -> None:
    """Packs a show and says what is in it.

    Raises:
        StudioError: not_found, conflict, failed.
    """
    usual = RecordingFolder().path
    packer = RecordPacker(data_dir(), usual, lambda: Signer(Secrets()))
    into = Path(to).expanduser().absolute() if to else usual / "records"
    goods = Path(show_file).expanduser().absolute() if show_file else None
    packed = packer.pack(show, into, show_file=goods, with_media=with_media)
    if as_json:
        write(encode_json(packed))
        return
    write(
        translate(
            "record.packed",
            folder=packed.folder,
            files=packed.files,
            mb=round(packed.bytes / 1e6, 1),
            entries=packed.entries,
            began=packed.began_utc,
            ended=packed.ended_utc,
        )  # fmt: skip
    )
    for what in packed.left_out:
        write(translate("record.left_out", what=what))


def due(write: Write, *, as_json: bool) -> bool:
    """When each record was last read; False when one is due or was not whole."""
    return _tell(own_shelf(lambda: RecordingFolder().path).records(), write, as_json=as_json)


def read(write: Write, *, everything: bool, as_json: bool) -> bool:
    """Reads those that are due again, or all; False when one is not whole."""
    usual = RecordingFolder().path
    shelf = own_shelf(lambda: usual)
    return _tell(
        list(read_again(shelf, usual / "records", MOST, everything=everything)),
        write, as_json=as_json,
    )  # fmt: skip


def _tell(records: list[ShelvedRecord], write: Write, *, as_json: bool) -> bool:
    is_well = not any(
        record.is_due or record.found in ("broken", "unreadable") for record in records
    )
    if as_json:
        write(encode_json({"records": records, "well": is_well}))
        return is_well
    for record in records:
        words = translate(f"record.is_{record.found}", at=record.read_utc or "-", n=record.faults)
        due = f"  {translate('record.is_due')}" if record.is_due else ""
        write(f"{record.name}  {words}{due}")
    if not records:
        write(translate("record.nothing_due"))
    return is_well


def verify(folder: str, key: str, write: Write, *, as_json: bool) -> bool:
    """Checks a record and says what is wrong; whether it is whole.

    Raises:
        StudioError: not_found.
    """
    report = check_folder(Path(folder).expanduser().absolute(), key)
    if as_json:
        write(encode_json(report))
        return report.is_whole
    for fault in report.faults:
        write(translate(f"record.fault.{fault.what}", file=fault.file, detail=fault.detail))
    if report.is_whole:
        signed = key_id(report.key)
        write(translate("record.whole", show=report.show, files=report.files, signer=signed))
    else:
        write(translate("record.not_whole", show=report.show, count=len(report.faults)))
    return report.is_whole
