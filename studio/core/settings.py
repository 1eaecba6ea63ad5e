"""Settings of the person and the machine: what is true whichever show is open."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import msgspec

from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.log import logger
from studio.core.paths import config_dir
from studio.core.whole_file import write_whole

_log = logger(__name__)
RECENT = 10
DESK = ("language", "layout", "text_scale", "hotkeys", "user_name", "alarm_device",
        "alarm_gain_db", "alarm_silent", "alarms_muted", "update_from")  # fmt: skip
"""What the desk changes; all else in the file is the engine's."""


class Hotkey(msgspec.Struct, frozen=True, kw_only=True):
    """A key the person gave to a command, in place of its own.

    Attributes:
        command: id, or "desk.…" for what only a window does.
        args: of the command, plain.
        keys: as Qt writes them, "Ctrl+Alt+F5"; "" takes the command's own key away.
        is_global: works while another program has the keyboard, where the system lets it.
    """

    command: str
    args: dict[str, Any] = {}
    keys: str = ""
    is_global: bool = False

    @property
    def name(self) -> str:
        """The command as it is written on the command line; the hotkey's name everywhere."""
        return hotkey_name(self.command, self.args)


def hotkey_name(command: str, args: dict[str, Any]) -> str:
    """ "scenes.take scene=特写"."""
    words = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in args.items()}
    return " ".join([command, *(f"{name}={value}" for name, value in words.items())])


def read_hotkey_name(name: str) -> tuple[str, dict[str, str]]:
    """The command and its arguments as text; a value may have spaces in it."""
    first, *rest = re.split(r"\s+(\w+)=", name.strip())
    return first, dict(zip(rest[::2], rest[1::2], strict=True))


class StudioSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=False):
    """What is kept in ``settings.json``. No secret belongs here: those are in the keyring.

    Attributes:
        language: "zh", "en" or "" for the system's.
        layout: the desk's layout.
        text_scale: size of the desk's text, 1.0 is 13 px.
        recent_shows: folders, the latest first.
        remote_port: of the remote door on 127.0.0.1.
        recordings: folder for recordings; "" is the data folder.
        user_name: who sits at this desk, for the journal.
        remote_folders: folders whose files callers from elsewhere may name, too.
        remote_hosts: inner names, addresses or networks ("192.168.1.0/24") they may play from.
        hotkeys: the person's own keys by the hotkey's name; commands' own keys are not here.
        anchor_folder: where anchors of the audit log are kept; "" is nowhere.
        time_stamp_url: of a service (RFC 3161) that stamps anchors each hour; "" asks nobody.
        phone_on: phones of this network may come in (`studio.remote.phone`).
        phone_tls: what they say is encrypted.
        phone_port: where they come in.
        alarm_device: the output of this machine that alarm sounds go to; "" is none.
        alarm_gain_db: how loud they are.
        alarm_silent: severities that have no sound (`studio.audio.model.ALARM_LEVELS`).
        alarms_muted: none is heard for now.
        update_from: file or address that tells the newest version; "" asks nobody.
        accepted_plans: shows' plans this person accepted, by the hash of their files.
    """

    language: Literal["", "zh", "en"] = ""
    layout: Literal["streamer", "controller", "technician", "vertical"] = "controller"
    text_scale: float = 1.0
    recent_shows: list[str] = []
    remote_port: int = 4455
    recordings: str = ""
    user_name: str = ""
    remote_folders: list[str] = []
    remote_hosts: list[str] = []
    hotkeys: dict[str, Hotkey] = {}
    anchor_folder: str = ""
    time_stamp_url: str = ""
    phone_on: bool = False
    phone_tls: bool = True
    phone_port: int = 4460
    accepted_plans: dict[str, str] = {}
    alarm_device: str = ""
    alarm_gain_db: float = -12.0
    alarm_silent: list[str] = []
    alarms_muted: bool = False
    update_from: str = ""

    def opened(self, show: Path) -> None:
        """Puts a show at the head of the recent ones."""
        name = str(show.resolve())
        self.recent_shows = [name, *(other for other in self.recent_shows if other != name)]
        del self.recent_shows[RECENT:]


def settings_path() -> Path:
    """Where the settings are kept."""
    return config_dir() / "settings.json"


def load() -> StudioSettings:
    """The settings; the defaults where there are none.

    A file that cannot be read is set aside as ``settings.json.broken`` and said in the log: the
    studio must start all the same, and nothing a person wrote is overwritten.
    """
    path = settings_path()
    try:
        return msgspec.json.decode(path.read_bytes(), type=StudioSettings)
    except FileNotFoundError:
        return StudioSettings()
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
        _log.warning("settings %s cannot be read (%s): using the defaults", path, error)
        try:
            path.replace(path.with_name(path.name + ".broken"))
        except OSError:
            pass
        return StudioSettings()


def save(settings: StudioSettings) -> None:
    """Keeps the settings; the old file stays whole until the new one is complete.

    Raises:
        OSError: the folder cannot be written.
    """
    path = settings_path()
    write_whole(path, msgspec.json.format(encode_json(settings), indent=2) + "\n")


def keep(settings: StudioSettings) -> None:
    """The same for whoever was asked to change them by a person.

    Raises:
        StudioError: failed: the folder cannot be written.
    """
    try:
        save(settings)
    except OSError as error:
        path, why = str(settings_path()), error.strerror or str(error)
        raise StudioError("failed", "media.cannot_write", path=path, why=why) from None


def save_desk(mine: StudioSettings) -> None:
    """Keeps what the desk changes, and of the rest what another process has written meanwhile.

    Raises:
        OSError: the folder cannot be written.
    """
    whole = load()
    for name in DESK:
        setattr(whole, name, getattr(mine, name))
    save(whole)
