"""The door's own commands: tokens, clients' notes, pictures to files."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from studio.core.clean import read_json
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.names import check_name
from studio.core.paths import config_dir
from studio.core.places import names_place
from studio.core.whole_file import write_whole
from studio.governance import roles
from studio.governance.rights.book import OperatorBook
from studio.governance.rights.model import Patterns
from studio.governance.rights.names import check_person
from studio.governance.secrets import Secrets
from studio.protocols.obs_ws import FORMATS
from studio.remote.pictures import PictureServer, Screenshot, What

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
OperatorName = Annotated[str, msgspec.Meta(max_length=100)]
MOST_HOURS = 24 * 366
Side = Annotated[int, msgspec.Meta(ge=0, le=4096)]
CanvasArg = Literal["landscape", "portrait"]
MOST_SLOTS = 1000
MOST_BYTES = 64 * 1024
MOST_KEPT_BYTES = 1024 * 1024


class RemoteCommands:
    """What clients may change of the door itself.

    Args:
        ended: told the name of a token that is no more.
        folder: where pictures go that are given no name.
        book: whose devices they are.
    """

    def __init__(
        self,
        pictures: PictureServer,
        store: Secrets,
        ended: Callable[[str], None],
        folder: Callable[[], Path],
        book: OperatorBook,
    ) -> None:
        self._pictures = pictures
        self._store = store
        self._ended = ended
        self._folder = folder
        self._book = book
        book.listen(self._person_changed)
        self._notes: dict[str, Any] | None = None
        self._keeping = asyncio.Lock()

    def tokens(self) -> list[roles.Token]:
        """The tokens that open the door, as they stand."""
        return [self._book.standing(token) for token in self._book.tokens]

    def standing(self, lent: roles.Token) -> roles.Token | None:
        """A token as it stands now; None when it is no more."""
        for token in self._book.tokens:
            if token.name == lent.name and token.secret == lent.secret:
                return self._book.standing(token)
        return None

    def _person_changed(self, ended: str) -> None:
        """Somebody who is no more has no devices: their connections end at once."""
        gone = [token for token in self._book.tokens if ended and token.operator == ended]
        for token in gone:
            roles.remove(self._store, token.name)
            self._ended(token.name)
        if gone:
            self._book.touch()

    def note(self, realm: str, slot: str) -> Any:
        """What a client keeps here; None when there is nothing."""
        return self._read().get(f"{realm}/{slot}")

    @command(
        "remote.tokens",
        role=Role.OWNER,
        label=("远程令牌", "Remote tokens"),
        help=("列出令牌的名称、角色与期限。", "Lists the tokens' names, roles and ends."),
    )
    def list_tokens(self) -> Changed:
        return changed(result=[
            {"name": token.name, "role": token.role, "until": token.until,
             "without": token.without, "operator": token.operator,
             "has_ended": token.left_s <= 0}
            for token in self.tokens()
        ])  # fmt: skip

    @command(
        "remote.token_add",
        role=Role.OWNER,
        label=("新建远程令牌", "New remote token"),
        help=(
            "为一台设备新建令牌、角色，可限时、可除去一些命令；operator 为设备归谁，"
            "权限不超过此人；令牌只显示一次。",
            "A token with a role, lent for some hours, without some commands; operator: whose "
            "device it is, with no more right than theirs. Shown this once.",
        ),
    )
    def add_token(
        self,
        name: Name,
        role: str = "controller",
        hours: Annotated[float, msgspec.Meta(ge=0, le=MOST_HOURS)] = 0.0,
        without: Patterns = (),
        operator: OperatorName = "",
    ) -> Changed:
        if operator:
            self._book.get(operator)
        name = check_person(check_name(name), [token.name for token in self._book.tokens])
        token = roles.add(
            self._store, name, role, hours=hours, without=without, operator=operator
        )  # fmt: skip
        self._book.touch()
        return changed(result={
            "name": name, "role": token.role, "token": token.secret, "until": token.until,
            "without": token.without,
        })  # fmt: skip

    @command(
        "remote.token_remove",
        role=Role.OWNER,
        label=("删除远程令牌", "Remove remote token"),
        help=(
            "删除令牌；用它的连接立即断开。",
            "Forgets a token; connections that use it end at once.",
        ),
    )
    def remove_token(self, name: Name) -> Changed:
        roles.remove(self._store, name)
        self._ended(name)
        self._book.touch()
        return changed()

    @command(
        "remote.keep",
        label=("保存客户端数据", "Keep client data"),
        help=("为外部控制器保存一小段数据。", "Keeps a little data for a controller."),
    )
    async def keep(
        self,
        slot: Name,
        value: Annotated[Any, names_place("data")] = None,
        realm: Name = "global",
    ) -> Changed:
        size = len(msgspec.json.encode(value))
        async with self._keeping:
            notes = {**self._read()}
            key = f"{realm}/{slot}"
            if value is None:
                notes.pop(key, None)
            else:
                notes[key] = value
            data = await asyncio.to_thread(msgspec.json.encode, notes)
            # What was kept by an older version may be more: taking away is always possible.
            if value is not None and (
                len(notes) > MOST_SLOTS or size > MOST_BYTES or len(data) > MOST_KEPT_BYTES
            ):
                raise StudioError(
                    "invalid", "remote.too_much",
                    slots=MOST_SLOTS, kb=MOST_BYTES // 1024, all_kb=MOST_KEPT_BYTES // 1024,
                )  # fmt: skip
            path = _notes_path()
            try:
                await asyncio.to_thread(write_whole, path, data)
            except OSError as error:
                why = error.strerror or str(error)
                raise StudioError("failed", "media.cannot_write", path=str(path), why=why) from None
            self._notes = notes
        return changed()

    @command(
        "pictures.save",
        label=("保存截图", "Save picture"),
        help=(
            "把直播、场景或来源的画面存为图片；不给文件名则存到录像文件夹，以时间命名。",
            "Saves programme, scene or source as a picture, by default beside the recordings.",
        ),
    )
    async def save_picture(
        self,
        file: Annotated[str, names_place("write", max_length=4096)] = "",
        what: What = "programme",
        name: str = "",
        canvas: CanvasArg = "landscape",
        width: Side = 0,
        height: Side = 0,
        format: str = "",
        quality: Annotated[int, msgspec.Meta(ge=-1, le=100)] = -1,
        clean: bool = False,
    ) -> Changed:
        path = Path(file).expanduser() if file else self._free_file(name or what, format)
        kind = format or path.suffix.lstrip(".").lower() or "png"
        # A picture is written where pictures are: a remote must not replace a program or a show.
        if path.suffix.lstrip(".").lower() not in FORMATS:
            known = ", ".join(FORMATS)
            raise StudioError("invalid", "remote.picture_format", format=path.suffix, known=known)
        if not path.is_absolute() or not path.parent.is_dir():
            raise StudioError("invalid", "remote.picture_folder", path=str(path))
        shot = Screenshot(what, name, canvas, width, height, kind, quality, clean)
        await self._pictures.save(shot, path)
        return changed(result={"file": str(path)})

    def _free_file(self, what: str, format: str) -> Path:
        """A name of its own beside the recordings: what it shows and the local time."""
        words = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", what).strip(". ")[:60] or "picture"
        stem = f"{words} {datetime.now():%Y-%m-%d %H-%M-%S}"
        folder, kind, count = self._folder(), format or "png", 1
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{stem}.{kind}"
        while path.exists():
            count += 1
            path = folder / f"{stem} {count}.{kind}"
        return path

    def _read(self) -> dict[str, Any]:
        if self._notes is None:
            try:
                found = read_json(_notes_path().read_bytes())
            except (OSError, ValueError):
                found = {}
            self._notes = found if isinstance(found, dict) else {}
        return self._notes


def _notes_path() -> Path:
    return config_dir() / "remote-data.json"
