"""All outputs of the engine: settings, keys, links, and the packets' way to them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from studio.core.errors import StudioError
from studio.core.log import keep_secret, logger
from studio.media.packet import EncodedPacket
from studio.outputs.line import STOP_S, is_sender
from studio.outputs.link import FIXED, SenderClient
from studio.protocols.rtmp.address import BadAddress, fold, hide_key, parse, split_key, unfold
from studio.sender import wire
from studio.sender.model import OutputSettings, OutputState, OutputStatus

_log = logger(__name__)
BEGIN_S = 3.0
"""So long a recording that is ended at once is given to begin: its program has to start."""


def settings_from_url(
    url: str, *, name: str = "", canvas: str = "landscape"
) -> tuple[OutputSettings, str]:
    """An address as it is given on the command line → (settings without the key, key).

    ``rtmp(s)://host/app/key`` is a destination, whose key is moved out of the address; anything
    else is the path of a file.
    """
    if "://" in url:
        base, key = split_key(url)
        settings = OutputSettings(name=name or "push", kind="rtmp", url=base, canvas=canvas)
        check_address(settings, key)
        return settings, key
    return OutputSettings(name=name or "record", kind="file", url=url, canvas=canvas), ""


def check_address(settings: OutputSettings, key: str = "") -> None:
    """Says before air what can be said.

    Raises:
        StudioError: invalid.
    """
    if not settings.url:
        raise StudioError("invalid", "outputs.no_url", name=settings.name)
    if settings.kind == "file":
        from studio.sender.file_sink import check_file

        wrong = check_file(Path(settings.url))
        if wrong is not None:
            raise StudioError("invalid", wrong.key, **wrong.params)
        return
    for url in filter(None, (settings.url, settings.backup_url)):
        try:
            parse(url, key)
        except BadAddress as bad:
            raise StudioError("invalid", bad.key, url=bad.shown) from None
    if settings.ca_file:
        try:
            ssl.create_default_context(cafile=settings.ca_file)
        except (OSError, ssl.SSLError) as error:
            why = error.strerror if isinstance(error, FileNotFoundError) else error
            raise StudioError(
                "invalid", "outputs.ca_file", file=settings.ca_file, why=str(why)
            ) from None


def _without_secrets(url: str, key: str) -> tuple[str, str]:
    """An address and its key, apart: a key or a query that stands in the address is moved out."""
    base, inside = split_key(url)
    stream = unfold(key)[1]
    if inside and stream in (inside, inside.partition("?")[0]):
        url, key = base, inside  # pasted whole, and the key a second time
    elif not key:
        url, key = base, inside
    return fold(url, key) if url else (url, key)


class Destinations:
    """Any number of outputs, each with a thread and a sender of its own.

    Args:
        runtime: folder where senders leave their notes.
        clip: the standby clip of an output.
        codec: digest of how it is encoded.
        on_change: told when an output's state or reason changed; from that output's thread.
        on_keyframe_wanted: told the rung; from an output's thread.
        complete: adds to each status what the engine knows itself; from that output's thread.
        log: folder for the senders' logs.
    """

    def __init__(
        self,
        runtime: Path,
        *,
        clip: Callable[[OutputSettings], bytes],
        codec: Callable[[OutputSettings], str] = lambda settings: "",
        on_change: Callable[[OutputStatus], None] = lambda status: None,
        on_keyframe_wanted: Callable[[str], None] = lambda rung: None,
        complete: Callable[[OutputStatus], OutputStatus] = lambda status: status,
        log: Path | None = None,
    ) -> None:
        self._runtime = runtime
        self._clip = clip
        self._codec = codec
        self._on_change = on_change
        self._on_keyframe_wanted = on_keyframe_wanted
        self._complete = complete
        self._log = log
        self._lock = threading.Lock()
        self._settings: dict[str, OutputSettings] = {}
        self._keys: dict[str, tuple[str, str]] = {}
        self._links: dict[str, SenderClient] = {}
        self._fed: tuple[SenderClient, ...] = ()
        self._last: dict[str, OutputStatus] = {}

    # -- what there is -----------------------------------------------------------------------

    def all_settings(self) -> tuple[OutputSettings, ...]:
        """The settings of every output that is set up."""
        return tuple(self._settings.values())

    def add(
        self,
        settings: OutputSettings,
        key: str = "",
        backup_key: str = "",
        *,
        is_checked: bool = True,
    ) -> OutputSettings:
        """Makes an output known; a key that stands in the address is moved out of it.

        Args:
            settings: what it is.
            key, backup_key: its secrets.
            is_checked: False for what a show brings: a disk that is not plugged in must not keep
                the show from opening; the start says it.

        Raises:
            StudioError: conflict when the name is taken, invalid when the address is wrong.
        """
        if settings.name in self._settings:
            raise StudioError("conflict", "outputs.name_taken", name=settings.name)
        return self._put(settings, key, backup_key, is_checked=is_checked)

    def edit(
        self,
        settings: OutputSettings,
        key: str | None = None,
        backup_key: str | None = None,
        *,
        is_checked: bool = True,
    ) -> OutputSettings:
        """New settings; keys that are None stay, unless another stands in a new address.

        It must not be running.

        Raises:
            StudioError: not_found, conflict, invalid.
        """
        before = self.settings(settings.name)
        if self.is_running(settings.name):
            raise StudioError("conflict", "outputs.running", name=settings.name)
        self._bury(settings.name)
        old = self._keys.get(settings.name, ("", ""))
        if key is None and settings.url != before.url:
            key = "" if split_key(settings.url)[1] else unfold(old[0])[1]
        elif key and settings.url == before.url and unfold(old[0])[0] and not unfold(key)[0]:
            key = fold(f"{settings.url}?{unfold(old[0])[0]}", key)[1]
        if backup_key is None and split_key(settings.backup_url)[1]:
            backup_key = "" if settings.backup_url != before.backup_url else None
        return self._put(
            settings,
            old[0] if key is None else key,
            old[1] if backup_key is None else backup_key,
            is_checked=is_checked,
        )

    def _put(
        self, settings: OutputSettings, key: str, backup_key: str, *, is_checked: bool = True
    ) -> OutputSettings:
        if settings.kind == "rtmp":
            url, key = _without_secrets(settings.url, key)
            backup_url, backup_key = _without_secrets(settings.backup_url, backup_key)
            settings = msgspec.structs.replace(settings, url=url, backup_url=backup_url)
        if is_checked:
            check_address(settings, key)
        for secret in (*unfold(key), *unfold(backup_key)):
            keep_secret(secret)
        self._settings[settings.name] = settings
        self._keys[settings.name] = key, backup_key
        self._last[settings.name] = OutputStatus(
            name=settings.name,
            kind=settings.kind,
            canvas=settings.canvas,
            shown_url=self._shown(settings, key),
        )
        return settings

    @staticmethod
    def _shown(settings: OutputSettings, key: str) -> str:
        if settings.kind == "file":
            return settings.url
        try:
            return parse(settings.url, key).shown
        except BadAddress:
            return hide_key(settings.url)

    def adjust(self, settings: OutputSettings) -> None:
        """Changes what can be changed under way: standby, delay, splits, bitrate.

        Raises:
            StudioError: not_found, conflict when something else differs too.
        """
        old = self.settings(settings.name)
        if any(getattr(old, field) != getattr(settings, field) for field in FIXED):
            raise StudioError("conflict", "outputs.running", name=settings.name)
        self._settings[settings.name] = settings
        link = self._links.get(settings.name)
        if link is not None:
            link.adjust(settings)

    def tell(self, name: str, message: wire.Dump | wire.Split | wire.Mark) -> None:
        """Hands a word to a running output.

        Raises:
            StudioError: not_found, conflict when it does not run.
        """
        self.settings(name)
        link = self._links.get(name)
        if link is None or not self.is_running(name):
            raise StudioError("conflict", "outputs.not_running", name=name)
        link.tell(message)

    def running(self, kind: str = "") -> list[str]:
        """Names of the outputs that run (of one kind)."""
        return [
            name
            for name, settings in self._settings.items()
            if self.is_running(name) and kind in ("", settings.kind)
        ]

    def remove(self, name: str) -> None:
        """Forgets an output and its keys.

        Raises:
            StudioError: not_found, conflict while it is running.
        """
        self.settings(name)
        if self.is_running(name):
            raise StudioError("conflict", "outputs.running", name=name)
        self._bury(name)
        del self._settings[name], self._keys[name], self._last[name]

    def settings(self, name: str) -> OutputSettings:
        """The settings of ``name``.

        Raises:
            StudioError: not_found.
        """
        try:
            return self._settings[name]
        except KeyError:
            raise StudioError("not_found", "outputs.unknown", name=name) from None

    def keys(self, name: str) -> tuple[str, str]:
        """Key and backup key of ``name``, for the store that keeps them; never for a view."""
        return self._keys[name]

    def names(self) -> list[str]:
        """All outputs in the order they were added."""
        return list(self._settings)

    def status(self, name: str) -> OutputStatus:
        """What is known of ``name`` now.

        Raises:
            StudioError: not_found.
        """
        self.settings(name)
        return self._last[name]

    def statuses(self) -> list[OutputStatus]:
        """All of them."""
        return [self._last[name] for name in self._settings]

    def is_running(self, name: str) -> bool:
        """Was it started and not stopped?"""
        return name in self._links and self._last[name].state not in (
            OutputState.STOPPED,
            OutputState.FAILED,
        )

    def canvases(self) -> set[str]:
        """Canvases that some running output carries."""
        return {link.settings.canvas for link in self._fed}

    def rungs(self) -> set[str]:
        """Rungs that some running output takes pictures from."""
        return {rung for link in self._fed for rung in link.rungs}

    def rung_of(self, name: str) -> str:
        """The rung ``name`` is on; "" when it does not run."""
        link = self._links.get(name)
        return link.rung if link is not None else ""

    def move(self, name: str, rung: str) -> None:
        """Has a running output go on with another rung of its family."""
        link = self._links.get(name)
        if link is not None and link.move(rung):
            self._on_keyframe_wanted(rung)

    def renew_clips(self) -> None:
        """Hands every running sender its standby clip again, because it may be another now."""
        for link in self._fed:
            link.renew_clip()

    def started(self) -> list[OutputSettings]:
        """Settings of the outputs that run, in the order they were started."""
        return [link.settings for link in self._fed if self.is_running(link.settings.name)]

    # -- start and stop ----------------------------------------------------------------------

    def start(self, name: str, rung: str = "") -> None:
        """Starts an output on ``rung``, or takes over the sender that runs for it already.

        Raises:
            StudioError: not_found, conflict when it runs, invalid when it cannot.
        """
        settings = self.settings(name)
        if self.is_running(name):
            raise StudioError("conflict", "outputs.running", name=name)
        note = wire.read_note(wire.note_path(self._runtime, name))
        has_sender = note is not None and is_sender(self._runtime, note)
        if not has_sender:
            check_address(settings, self._keys[name][0])
        if settings.kind == "rtmp" and not unfold(self._keys[name][0])[1] and not has_sender:
            raise StudioError("invalid", "outputs.no_key", name=name)
        self._bury(name)
        link = SenderClient(
            settings,
            self._keys[name],
            runtime=self._runtime,
            clip=lambda: self._clip(settings),
            codec=self._codec(settings),
            rung=rung,
            on_status=self._heard,
            on_keyframe_wanted=lambda: self._on_keyframe_wanted(self.rung_of(name)),
            log=self._log,
        )
        with self._lock:
            self._links[name] = link
            self._fed = (*self._fed, link)
        self._heard(
            msgspec.structs.replace(self._last[name], state=OutputState.CONNECTING), of=link
        )
        link.start()

    def stop(self, name: str) -> None:
        """Ends an output; at most about 2 s, whatever the server does. Blocks: call in a thread.

        A recording that was just asked for is waited for, 3 s more at most: one that was wanted
        leaves a file, however short.

        Raises:
            StudioError: not_found, conflict when it does not run; failed: nothing was recorded.
        """
        self.settings(name)
        link = self._links.get(name)
        if link is None:
            raise StudioError("conflict", "outputs.not_running", name=name)
        has_begun = link.settings.kind != "file" or link.wait_begun(BEGIN_S)
        has_failed = self.status(name).state is OutputState.FAILED
        self._links.pop(name, None)
        self._end(link, link.stop)
        if not (has_begun or has_failed):
            raise StudioError("failed", "outputs.nothing_recorded", file=link.settings.url)

    def retry(self, name: str) -> None:
        """Does not wait for the next try.

        Raises:
            StudioError: not_found, conflict when it does not run.
        """
        self.settings(name)
        link = self._links.get(name)
        if link is None:
            raise StudioError("conflict", "outputs.not_running", name=name)
        link.retry_now()

    def close(self, *, keep_senders: bool = False) -> None:
        """Ends all outputs at once, or (``keep_senders``) lets go of them while they go on."""
        with self._lock:
            links, self._links = list(self._links.values()), {}
        if not links:
            return
        with ThreadPoolExecutor(len(links), thread_name_prefix="output-stop") as pool:
            ends = (link.detach if keep_senders else link.stop for link in links)
            list(pool.map(lambda pair: self._end(*pair), zip(links, ends, strict=True)))

    def found(self) -> Iterable[str]:
        """Names of outputs whose senders run already: what an engine that comes back takes over."""
        return [name for name in wire.find_notes(self._runtime) if name in self._settings]

    def _bury(self, name: str) -> None:
        """Ends the thread of an output that failed by itself, and still stands."""
        link = self._links.pop(name, None)
        if link is not None:
            self._end(link, link.stop)

    def _end(self, link: SenderClient, end: Callable[[], bool]) -> None:
        with self._lock:
            self._fed = tuple(entry for entry in self._fed if entry is not link)
        if not end():
            _log.error("output %s did not end within %.0f s", link.settings.name, STOP_S)

    # -- packets and statuses, from other threads --------------------------------------------

    def video(self, rung: str, fps_num: int, fps_den: int) -> Callable[[EncodedPacket], None]:
        """What the encoder of ``rung`` hands its packets to; never blocks."""

        def deliver(packet: EncodedPacket) -> None:
            tick_us = 1_000_000 * fps_den
            for link in self._fed:
                if rung in link.rungs:
                    link.put(
                        True,
                        packet.pts * tick_us // fps_num,
                        packet.dts * tick_us // fps_num,
                        packet.duration * tick_us // fps_num,
                        packet.is_keyframe,
                        packet.data,
                        rung,
                    )

        return deliver

    def audio(
        self, packet: EncodedPacket, canvas: str = "", apart: frozenset[str] = frozenset()
    ) -> None:
        """Where a sound encoder hands its packets.

        Args:
            canvas: whose mix it is; "" is the common one.
            apart: canvases that have a mix of their own, and don't get the common one.
        """
        pts_us = packet.pts * 1_000_000 // 48_000
        duration_us = packet.duration * 1_000_000 // 48_000
        for link in self._fed:
            own = link.settings.canvas
            if own == canvas if canvas else own not in apart:
                link.put(False, pts_us, pts_us, duration_us, True, packet.data)

    def _heard(self, status: OutputStatus, of: SenderClient | None = None) -> None:
        before = self._last.get(status.name)
        if before is None:
            return
        status = self._complete(status)
        self._last[status.name] = status
        if (before.state, before.reason) != (status.state, status.reason):
            self._on_change(status)
