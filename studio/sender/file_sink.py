"""Records to a file that can be played up to the last half second, whatever happens."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from fractions import Fraction
from pathlib import Path

from studio.core.log import logger
from studio.core.reason import Reason
from studio.sender.chapters import Chapters
from studio.sender.clip import StandbyClip, Unit
from studio.sender.file_clock import FileClock
from studio.sender.generated import aigc_metadata, label_file, metadata_room
from studio.sender.machine import Machine
from studio.sender.meter import FlowMeter
from studio.sender.model import OutputState, Step
from studio.sender.readback import playable_ms
from studio.sender.wire import Configure, Mark

RESERVE_BYTES = 48 << 20
"""The recording ends while there is still room for its end, the journal and the logs."""

_SPACE_NS = 500_000_000
_READ_BACK_NS = 5_000_000_000
_MICROSECOND = Fraction(1, 1_000_000)
FORMATS = {
    ".mkv": ("matroska", {"cluster_time_limit": "500", "flush_packets": "1"}),
    ".mp4": (
        "mp4",
        {
            "movflags": "frag_keyframe+empty_moov+default_base_moof+use_metadata_tags",
            "frag_duration": "500000",
            "flush_packets": "1",
        },
    ),
    ".flv": ("flv", {"flush_packets": "1"}),
}

_log = logger(__name__)


class Disk:
    """An unbuffered file for the muxer; remembers why the system said no."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.error: OSError | None = None
        self.written = 0

    def write(self, data: bytes) -> int:
        """All of ``data``, or the error is kept and raised."""
        view = memoryview(data)
        try:
            while view:
                count = os.write(self._descriptor, view)
                self.written += count
                view = view[count:]
        except OSError as error:
            self.error = error
            raise
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """As files do; muxers go back once, at the end, to write the length."""
        return os.lseek(self._descriptor, offset, whence)

    def tell(self) -> int:
        """Position."""
        return os.lseek(self._descriptor, 0, os.SEEK_CUR)

    def is_at(self, path: str) -> bool:
        """Does the file still stand there? Of a disk that was pulled out, of a folder that was
        moved or removed the system may take what is written all the same."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.stat(path))
        except OSError:
            return False

    def close(self) -> None:
        """Closes the file."""
        os.close(self._descriptor)


def check_file(path: Path) -> Reason | None:
    """Why ``path`` cannot be recorded to, or None."""
    if path.suffix.lower() not in FORMATS:
        return Reason("outputs.file_kind", {"file": str(path), "kinds": " ".join(FORMATS)})
    folder = path.parent
    if not folder.is_dir():
        return Reason("outputs.no_folder", {"folder": str(folder)})
    if not os.access(folder, os.W_OK):
        return Reason("outputs.folder_locked", {"folder": str(folder)})
    if shutil.disk_usage(folder).free < RESERVE_BYTES:
        return Reason("outputs.no_room", {"folder": str(folder), "mb": RESERVE_BYTES >> 20})
    return None


def open_new(path: Path) -> tuple[int, Path]:
    """Creates ``path``, or ``path-2``, ``path-3`` …: nothing is ever overwritten.

    Raises:
        OSError: the system says no.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    for number in range(1, 10_000):
        chosen = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
        try:
            return os.open(chosen, flags, 0o644), chosen
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


class FileSink:
    """A recording, in one file or in several. A full disk ends it cleanly and says so.

    Attributes:
        files: how many it has begun.
        time_left_s: until the disk is full at the present rate; 0 when not known.
        playable_ms: how much of the present file was read back.
    """

    def __init__(self, configure: Configure, clip: StandbyClip, machine: Machine) -> None:
        self._path = Path(configure.settings.url)
        self._settings = configure.settings
        self._is_generated = self._is_labelled = False
        self._chapters: Chapters | None = None
        self._clock: FileClock | None = None
        self._first_us = 0
        self._wants_split = False
        self._base_us = self._end_us = 0
        self._before = 0
        self._read_ns = 0
        self._reader: threading.Thread | None = None
        self.files = self.time_left_s = self.playable_ms = 0
        self._clip = clip
        self._machine = machine
        self._disk: Disk | None = None
        self._space_ns = 0
        self._seen = 0
        self._last_ns = 0
        self._gap_ns = 0
        self._flow_ns = 0
        self._meter = FlowMeter()
        self.shown_url = str(self._path)
        self.wants_keyframe = True
        self.packets = self.dropped = self.reconnects = self.attempt = self.queue_ms = 0
        self.next_try_s = 0.0
        self.words = ""

    def start(self) -> None:
        """Opens the file."""
        self._machine.fire(Step.START)
        wrong = check_file(self._path)
        if wrong is not None:
            self._machine.fire(Step.BROKEN, wrong)
            return
        self._open()

    def _open(self) -> None:
        import av

        try:
            descriptor, path = open_new(self._path)
        except OSError as error:
            self._machine.fire(Step.BROKEN, self._why(error))
            return
        self.shown_url = str(path)
        self.files += 1
        self.playable_ms = 0
        self._chapters, self._clock = Chapters(path), FileClock(path)
        self._first_us = -1
        self._read_ns = time.monotonic_ns()
        name, options = FORMATS[path.suffix.lower()]
        self._disk = Disk(descriptor)
        self._container = av.open(self._disk, "w", format=name, options=options)
        self._is_labelled = self._is_generated
        self._container.metadata.update(aigc_metadata() if self._is_generated else metadata_room())
        self._streams = {
            True: self._container.add_stream_from_template(self._clip.video, opaque=True),
            False: self._container.add_stream_from_template(self._clip.audio, opaque=True),
        }

    def retry_now(self) -> None:
        """A file that failed is started again by hand, as a new file."""

    def split(self) -> None:
        """Goes on in a new file at the next keyframe."""
        self._wants_split = self.packets > 0

    def mark(self, mark: Mark) -> None:
        """A chapter begins here, or something generated comes on the picture or goes."""
        if mark.kind == "generated":
            self._is_generated = bool(mark.ref)
            self._label()
            return
        if self._chapters is not None and self._disk is not None:
            self._chapters.add(mark, max(0, self._end_us - self._base_us) // 1000)

    def _label(self) -> None:
        """The file that is being written bears the label from its first generated picture on."""
        if self._disk is not None and self._is_generated and not self._is_labelled:
            self._is_labelled = self._write_label()

    def _write_label(self) -> bool:
        try:
            return label_file(Path(self.shown_url))
        except OSError as error:
            _log.warning("%s could not be labelled: %s", self.shown_url, error)
            return False

    def _is_split_due(self, unit: Unit) -> bool:
        if not (unit.is_video and unit.is_keyframe) or self._disk is None:
            return False
        settings = self._settings
        is_long = 0 < settings.split_min * 60_000_000 <= unit.dts_us - self._base_us
        is_big = 0 < settings.split_mb << 20 <= self._disk.written
        return self._wants_split or is_long or is_big

    def _next_file(self) -> None:
        self._wants_split = False
        disk = self._disk
        self._finish(None)
        if disk is not None:
            self._before += disk.written
        self._seen = 0
        self._open()

    def put(self, unit: Unit) -> None:
        """A unit of the timeline."""
        import av

        if self.packets and self._is_split_due(unit):
            self._next_file()
            self._base_us = unit.dts_us
        if self._disk is None:
            self.dropped += 1
            return
        if self.wants_keyframe:
            if not (unit.is_video and unit.is_keyframe):
                return
            self.wants_keyframe = False
            self._base_us = unit.dts_us
        if self.files > 1 and unit.dts_us < self._base_us:
            return  # sound of the moment before the split; it is less than a frame
        packet = av.Packet(unit.data)
        packet.stream = self._streams[unit.is_video]
        shift = self._base_us if self.files > 1 else 0
        packet.pts, packet.dts = unit.pts_us - shift, unit.dts_us - shift
        packet.duration = unit.duration_us
        packet.time_base = _MICROSECOND
        packet.is_keyframe = unit.is_keyframe
        try:
            self._container.mux(packet)
        except (av.FFmpegError, OSError) as error:
            self._finish(self._why(self._disk.error or error))
            return
        self.packets += 1
        if unit.is_video:
            if self._first_us < 0:
                self._first_us = unit.pts_us
            if self._clock is not None:
                self._clock.see(unit.pts_us - self._first_us, unit.engine_us)
            self._end_us = unit.dts_us + unit.duration_us
        now_ns = time.monotonic_ns()
        if self._last_ns and now_ns - self._last_ns > 250_000_000:
            self._gap_ns += now_ns - self._last_ns
        self._last_ns = now_ns

    def poll(self) -> None:
        """Bytes that grew are the evidence; too little space ends the recording."""
        disk = self._disk
        if disk is None:
            return
        now_ns = time.monotonic_ns()
        self._meter.look(disk.written, disk.written, now_ns)
        if disk.written > self._seen and self.packets:
            self._seen = disk.written
            self._label()
            self._flow_ns = self._flow_ns or now_ns
            if self._machine.state is not OutputState.STANDBY:
                self._machine.fire(Step.TAKEN)
        if now_ns - self._space_ns > _SPACE_NS:
            self._space_ns = now_ns
            if not disk.is_at(self.shown_url):
                self._finish(Reason("outputs.file_gone", {"file": self.shown_url}))
                return
            try:
                free = shutil.disk_usage(self._path.parent).free
            except OSError as error:
                self._finish(self._why(error))
                return
            rate = self._meter.kbps()[0]
            self.time_left_s = int((free - RESERVE_BYTES) * 8 / 1000 / rate) if rate else 0
            if now_ns - self._read_ns > _READ_BACK_NS:
                self._read_ns = now_ns
                self._read_back()
            if free < RESERVE_BYTES:
                self._finish(Reason("outputs.disk_full", {"folder": str(self._path.parent)}))

    async def stop(self) -> None:
        """Writes the end of the file."""
        self._finish(None)

    @property
    def bytes(self) -> int:
        """Written to the file."""
        return self._before + (self._disk.written if self._disk is not None else self._seen)

    @property
    def acked_bytes(self) -> int:
        """Written to the file: what the disk took."""
        return self.bytes

    @property
    def asks_keyframe(self) -> bool:
        """Shall the encoder be asked for one?"""
        return self.wants_keyframe

    def rates_kbps(self) -> tuple[int, int]:
        """Written in the last second, which is also what was taken."""
        return self._meter.kbps()

    def gap_ms(self) -> int:
        """Time in which nothing was recorded, summed."""
        return self._gap_ns // 1_000_000

    def live_ms(self) -> int:
        """Time since it began to record."""
        return (time.monotonic_ns() - self._flow_ns) // 1_000_000 if self._flow_ns else 0

    def _read_back(self) -> None:
        """In a thread: reading three megabytes must not hold up what is written."""
        if self._reader is not None and self._reader.is_alive():
            return
        file = Path(self.shown_url)

        def read() -> None:
            try:
                found = playable_ms(file)
            except OSError:
                return
            if file == Path(self.shown_url):
                self.playable_ms = found

        self._reader = threading.Thread(target=read, name="read-back", daemon=True)
        self._reader.start()

    def _finish(self, why: Reason | None) -> None:
        disk, self._disk = self._disk, None
        if disk is None:
            return
        import av

        try:
            self._container.close()
        except (av.FFmpegError, OSError) as error:
            _log.warning("the end of %s was not written: %s", self.shown_url, error)
        if self._is_labelled or self._is_generated:
            self._write_label()  # Matroska's tags are written anew, as they were at the start
        self._seen = disk.written
        if self._chapters is not None:
            self._chapters.finish((self._end_us - self._base_us) // 1000)
        try:
            disk.close()
        except OSError as error:
            _log.warning("closing %s: %s", self.shown_url, error)
        if why is not None:
            self._machine.fire(Step.BROKEN, why)

    def _why(self, error: Exception) -> Reason:
        code = error.errno if isinstance(error, OSError) else 0
        if code in (errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC):
            return Reason("outputs.disk_full", {"folder": str(self._path.parent)})
        why = os.strerror(code) if code else f"{type(error).__name__}: {error}"
        return Reason("outputs.file_failed", {"file": self.shown_url, "why": why})
