"""Phones of the house's network: let in, paired by a code, turned away."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

import msgspec

from studio.core.asking import asking
from studio.core.command import Changed, Role, changed, command
from studio.core.errors import StudioError
from studio.core.names import check_name, free_name
from studio.remote.commands import MOST_HOURS, OperatorName, RemoteCommands
from studio.remote.model import Pairing
from studio.remote.phone import PhoneDoor

MOST_CLEAR_DAYS = 90
DeviceName = Annotated[str, msgspec.Meta(max_length=60)]
PhoneRole = Literal["viewer", "streamer", "controller", "technician"]


class PhoneCommands:
    """The phone's door from outside; it is opened and closed at this machine alone.

    Args:
        door: listens.
        tokens: of all devices.
    """

    def __init__(self, door: PhoneDoor, tokens: RemoteCommands) -> None:
        self._door, self._tokens = door, tokens

    @command(
        "phone.status",
        role=Role.TECHNICIAN,
        label=("手机遥控状态", "Phone status"),
        help=(
            "手机遥控是否打开、网址、证书指纹，以及已配对的设备。",
            "Whether phones may come in, the address, the fingerprint, and the paired devices.",
        ),
    )
    async def status(self) -> Changed:
        return changed(result=msgspec.to_builtins(await self._door.view()))

    @command(
        "phone.start",
        role=Role.OWNER,
        label=("打开手机遥控", "Let phones in"),
        help=(
            "让同一网络里配对过的手机进来；network 为本机在该网络的地址；"
            "tls=false 时不加密，同网的人能看到，须先有 phone.clear_allow 的例外。",
            "Lets paired phones of this network in (network: this machine's address there); with "
            "tls=false others can read along: only while an exception holds (phone.clear_allow).",
        ),
    )
    async def start(
        self,
        tls: bool = True,
        port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 0,
        network: Annotated[str, msgspec.Meta(max_length=64)] = "",
    ) -> Changed:
        _only_here()
        await self._door.open(network, port, is_tls=tls)
        self._keep(is_on=True)
        return changed(result=msgspec.to_builtins(await self._door.view()))

    @command(
        "phone.stop",
        role=Role.OWNER,
        label=("关闭手机遥控", "Keep phones out"),
        help=(
            "关闭手机遥控，连着的手机立即断开；配对保留。",
            "Closes the phone's door at once; pairings stay.",
        ),
    )
    async def stop(self) -> Changed:
        _only_here()
        await self._door.close()
        self._keep(is_on=False)
        return changed(result=msgspec.to_builtins(await self._door.view()))

    @command(
        "phone.clear_allow",
        role=Role.OWNER,
        label=("允许手机遥控不加密", "Allow unencrypted phones"),
        help=(
            "写明理由，允许手机遥控在若干天内不加密；到期自动改回加密。期间安全态势面板一直提醒。",
            "Lets phones connect unencrypted for some days, with a reason; it ends by itself, "
            "and stands on the security watch until then.",
        ),
    )
    async def clear_allow(
        self,
        reason: Annotated[str, msgspec.Meta(min_length=4, max_length=500)],
        days: Annotated[int, msgspec.Meta(ge=1, le=MOST_CLEAR_DAYS)] = 1,
    ) -> Changed:
        _only_here()
        who = asking().person or asking().origin
        made = await asyncio.to_thread(self._door.permit.allow, who, reason.strip(), 24.0 * days)
        return changed("watch", result=msgspec.to_builtins(made))

    @command(
        "phone.clear_end",
        role=Role.OWNER,
        label=("结束不加密的例外", "End the unencrypted exception"),
        help=(
            "立即结束例外；正在不加密的手机遥控改为加密，连着的手机断开后重新扫码。",
            "Ends it now: phones that are connected unencrypted are out, and come in encrypted.",
        ),
    )
    async def clear_end(self) -> Changed:
        _only_here()
        await asyncio.to_thread(self._door.permit.end)
        await self._door.encrypt()
        return changed("watch", result=msgspec.to_builtins(await self._door.view()))

    @command(
        "phone.pair",
        role=Role.OWNER,
        label=("配对一台手机", "Pair a phone"),
        help=(
            "为一台手机新建令牌，返回扫码用的网址；只显示一次。hours 为借用时长，到点自动断开；"
            "operator 为手机归谁；删除用 remote.token_remove。",
            "Makes a token for a phone and the address for its code, shown this once; lent for "
            "some hours it ends by itself, operator: whose it is; remote.token_remove takes it "
            "away.",
        ),
    )
    def pair(
        self,
        name: DeviceName = "",
        role: PhoneRole = "controller",
        hours: Annotated[float, msgspec.Meta(ge=0, le=MOST_HOURS)] = 0.0,
        operator: OperatorName = "",
    ) -> Changed:
        _only_here()
        if not self._door.is_open:
            raise StudioError("conflict", "remote.phone_off")
        taken = [token.name for token in self._tokens.tokens() if token.left_s > 0]
        name = check_name(name.strip() or free_name("Phone", taken))
        made = self._tokens.add_token(name, role, hours, operator=operator).result
        assert isinstance(made, dict)
        pairing = Pairing(name, role, self._door.url(str(made["token"])))
        return changed(result=msgspec.to_builtins(pairing))

    def _keep(self, *, is_on: bool) -> None:
        try:
            self._door.keep(is_on=is_on)
        except OSError as error:
            raise StudioError("failed", "remote.phone_not_kept", why=str(error)) from None


def _only_here() -> None:
    """Who came in from elsewhere opens no door for others."""
    if not asking().is_here:
        raise StudioError("denied", "remote.phone_only_here")
