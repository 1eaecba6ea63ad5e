"""Outputs against real servers: what is promised on the picture arrives, whatever goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import fake_engine
import nginx

from bench.line.film import read_film
from bench.line.hostile import Hostile
from studio.core import processes
from studio.encoding.model import AudioSettings, VideoSettings
from studio.outputs.destinations import settings_from_url
from studio.outputs.line import orphans
from studio.outputs.pipeline import OutputPipeline
from studio.sender import wire
from studio.sender.model import OutputSettings, OutputState, OutputStatus
from tests.authority import write_authority

pytestmark = [pytest.mark.onair, pytest.mark.timeout(90)]
needs_nginx = pytest.mark.skipif(not nginx.is_there(), reason="nginx with rtmp is not installed")
SIZE = (640, 360)


class Rig:
    """A pipeline with a moving picture and a tone, and a memory of all that it told."""

    def __init__(self, runtime: Path) -> None:
        runtime.mkdir(parents=True, exist_ok=True)
        self.runtime = runtime
        self.told: list[OutputStatus] = []
        self._news = threading.Condition()
        self.pipeline = OutputPipeline(
            {"landscape": VideoSettings(width=SIZE[0], height=SIZE[1], bitrate_kbps=1200)},
            AudioSettings(),
            runtime,
            on_change=self._tell,
            log=runtime,
        )
        self.show = fake_engine.Show(self.pipeline, "landscape", SIZE)
        self.show.start()

    def _tell(self, status: OutputStatus) -> None:
        with self._news:
            self.told.append(status)
            self._news.notify_all()

    def add(self, url: str, name: str = "push", **more: object) -> None:
        settings, key = settings_from_url(url, name=name)
        self.pipeline.destinations.add(msgspec.structs.replace(settings, **more), key)

    def start(self, url: str, name: str = "push", **more: object) -> None:
        self.add(url, name, **more)
        self.pipeline.start(name)

    def status(self, name: str = "push") -> OutputStatus:
        return self.pipeline.destinations.status(name)

    def wait(self, state: OutputState, name: str = "push", limit_s: float = 8.0) -> OutputStatus:
        self.until(lambda: self.status(name).state is state, limit_s)
        return self.status(name)

    def until(self, is_so: Callable[[], bool], limit_s: float) -> None:
        deadline = time.monotonic() + limit_s
        while not is_so():
            left = deadline - time.monotonic()
            if left <= 0:
                raise AssertionError(f"not in {limit_s} s; told: {self.told[-6:]}")
            with self._news:
                self._news.wait(min(left, 0.05))

    def check_file(self, file: Path) -> None:
        """Nothing is missing but what the show itself could not give in time."""
        check_file(file, largest_hole_ms=100 + round(self.show.late_s * 1000))

    def close(self) -> None:
        self.pipeline.close()
        self.show.stop()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "run")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[nginx.Nginx]:
    with nginx.Nginx(tmp_path / "nginx") as made:
        yield made


def packets(file: Path) -> dict[int, list[tuple[int, bool]]]:
    """(dts in ms, is keyframe) of each packet by stream: 0 picture, 1 sound."""
    import av

    found: dict[int, list[tuple[int, bool]]] = {0: [], 1: []}
    with av.open(str(file)) as container:
        for packet in container.demux():
            if packet.dts is not None and packet.time_base is not None:
                at = int(packet.dts * packet.time_base * 1000)
                found[packet.stream.type == "audio"].append((at, bool(packet.is_keyframe)))
    return found


def check_file(file: Path, *, largest_hole_ms: int = 100) -> dict[int, list[tuple[int, bool]]]:
    """Decodes without an error; times only go up; picture and sound start together."""
    import av

    found = packets(file)
    for rows in found.values():
        times = [at for at, _ in rows]
        assert len(times) > 10
        steps = [b - a for a, b in zip(times, times[1:], strict=False)]
        assert min(steps) > 0, "timestamps went back"
        assert max(steps) <= largest_hole_ms
    assert found[0][0][1], "begins at a keyframe"
    assert abs(found[0][0][0] - found[1][0][0]) <= 40, "picture and sound start together"
    pictures = 0
    with av.open(str(file)) as container:
        for stream in container.streams:
            stream.codec_context.options = {"err_detect": "explode"}
        for packet in container.demux():
            for frame in packet.decode():
                pictures += frame.__class__.__name__ == "VideoFrame"
    assert pictures == len(found[0])
    return found


# -- the plain job ---------------------------------------------------------------------------


@needs_nginx
def test_push_and_record(rig: Rig, server: nginx.Nginx, tmp_path: Path) -> None:
    film = tmp_path / "film.mkv"
    rig.start(server.url("my-secret-key"))
    rig.start(str(film), "record")
    rig.wait(OutputState.LIVE)
    rig.wait(OutputState.RECORDING, "record")
    rig.until(lambda: rig.status().packets > 250 and rig.status("record").packets > 250, 15)
    rig.until(lambda: not rig.status().is_measuring, 10)
    live = rig.status()
    assert live.acked_bytes > 0
    assert live.gap_ms == live.standby_ms == 0
    # Its rate is claimed from the third second on; a file's is what the disk took.
    pushed = [s for s in rig.told if s.name == "push" and s.state is OutputState.LIVE]
    assert pushed[0].is_measuring
    assert all(s.is_measuring == (s.live_ms < 3000) for s in pushed)
    assert not any(s.is_measuring for s in rig.told if s.name == "record")
    began = time.monotonic()
    rig.pipeline.stop("push")
    rig.pipeline.stop("record")
    assert time.monotonic() - began < 2
    assert rig.status().state is rig.status("record").state is OutputState.STOPPED
    server.finish()
    assert server.publishes() == 1
    rig.check_file(server.files()[0])
    rig.check_file(film)
    assert "my-secret-key" not in repr(rig.told)
    for left in rig.runtime.iterdir():
        assert "my-secret-key" not in left.read_text(), left
    assert not wire.find_notes(rig.runtime), "no note is left behind"


@needs_nginx
def test_the_key_is_on_no_command_line(rig: Rig, server: nginx.Nginx) -> None:
    rig.start(server.url("my-secret-key"))
    pid = rig.wait(OutputState.LIVE).pid
    listing = Path(f"/proc/{pid}/cmdline")  # a bare Debian has no ps
    if listing.exists():
        said = listing.read_bytes()
    else:
        said = subprocess.check_output(["ps", "-ww", "-o", "args=", "-p", str(pid)])
    assert b"studio.sender" in said
    assert b"my-secret-key" not in said


# -- the line never drops --------------------------------------------------------------------


@needs_nginx
def test_engine_killed_and_back_on_the_same_connection(server: nginx.Nginx, tmp_path: Path) -> None:
    runtime = tmp_path / "run"
    runtime.mkdir()
    script = str(Path(__file__).parent / "fake_engine.py")
    command = [sys.executable, script, str(runtime), server.url("k-1"), "60", "640x360"]
    flashing = {**os.environ, "FAKE_ENGINE_FLASHES": "1"}
    first = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=flashing)
    assert first.stdout is not None
    pid = 0
    for line in first.stdout:
        told = json.loads(line)
        if told.get("state") == "live":
            pid = told["pid"]
            break
    assert pid
    taken = server.bytes_in()
    deadline = time.monotonic() + 10
    while server.bytes_in() < taken + 60_000 and time.monotonic() < deadline:
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    taken = server.bytes_in()
    deadline = time.monotonic() + 10
    while server.bytes_in() < taken + 20_000 and time.monotonic() < deadline:
        time.sleep(0.05)  # the standby clip goes on by itself
    assert server.publishers() == 1

    command[4] = "3"
    second = subprocess.run(
        command, capture_output=True, text=True, timeout=40, check=True, env=flashing
    )
    told_all = [json.loads(line) for line in second.stdout.splitlines()]
    states = [told["state"] for told in told_all]
    assert "live" in states, states  # so soon, at times, that standby is never told
    assert told_all[-1]["standby_ms"] > 0
    assert {told["pid"] for told in told_all if told.get("pid")} == {pid}
    server.finish()
    assert server.publishes() == 1, "the very same connection"
    check_file(server.files()[0], largest_hole_ms=1000)
    in_step = read_film(server.files()[0]).out_of_step_ms()
    assert len(in_step) >= 4
    # A flash that the change of hands cut in two has no true beginning: look at those around it.
    settled = in_step[:2] + in_step[-2:]
    assert max(settled) - min(settled) <= 20, "sound and picture are as far apart as before"
    assert max(map(abs, in_step)) <= 40


@needs_nginx
def test_sender_killed_is_started_again(rig: Rig, server: nginx.Nginx) -> None:
    rig.start(server.url())
    first = rig.wait(OutputState.LIVE).pid
    os.kill(first, signal.SIGKILL)
    rig.until(lambda: rig.status().state is OutputState.LIVE and rig.status().pid != first, 10)
    assert any(s.reason.key == "outputs.sender_lost" for s in rig.told)
    assert rig.status().reconnects >= 1


@needs_nginx
def test_hung_sender_is_replaced(rig: Rig, server: nginx.Nginx) -> None:
    rig.start(server.url())
    first = rig.wait(OutputState.LIVE).pid
    os.kill(first, signal.SIGSTOP)
    rig.until(
        lambda: rig.status().state is OutputState.LIVE and rig.status().pid not in (0, first), 15
    )


@needs_nginx
def test_server_killed_and_back(rig: Rig, server: nginx.Nginx, tmp_path: Path) -> None:
    rig.start(server.url())
    rig.start(str(tmp_path / "other.mkv"), "record")
    rig.wait(OutputState.LIVE)
    server.kill()
    rig.wait(OutputState.RECONNECTING)
    rig.until(lambda: rig.status().reason.key == "outputs.nobody_listens", 5)
    rig.until(lambda: rig.status().next_try_s > 2, 15)
    server.start()
    back = time.monotonic()
    rig.wait(OutputState.LIVE)
    assert time.monotonic() - back < 2, "it knocks while it waits"
    status = rig.status()
    assert status.reconnects == 1
    assert status.gap_ms > 0
    rig.pipeline.stop("push")
    rig.pipeline.stop("record")
    rig.check_file(tmp_path / "other.mkv")


@needs_nginx
def test_frozen_server_is_seen_and_stop_is_quick(rig: Rig, server: nginx.Nginx) -> None:
    rig.start(server.url())
    rig.wait(OutputState.LIVE)
    rig.until(lambda: rig.status().acked_bytes > 200_000, 15)
    server.freeze()
    began = time.monotonic()
    rig.wait(OutputState.CONGESTED, limit_s=5)
    assert time.monotonic() - began < 3
    began = time.monotonic()
    rig.pipeline.stop("push")
    assert time.monotonic() - began < 2


# -- servers that behave badly ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "state", "reason"),
    [
        ("silent", OutputState.RECONNECTING, "outputs.silent"),
        ("bad_name", OutputState.REFUSED, "outputs.busy"),
        ("hangs_up", OutputState.REFUSED, "outputs.hung_up_at_key"),
        ("garbage", OutputState.RECONNECTING, "outputs.not_rtmp"),
        ("resetting", OutputState.RECONNECTING, "outputs.reset"),
        ("deaf", OutputState.CONGESTED, "outputs.slow"),
    ],
)
def test_bad_servers(rig: Rig, tmp_path: Path, mode: str, state: OutputState, reason: str) -> None:
    film = tmp_path / "film.mkv"
    rig.start(str(film), "record")
    rig.wait(OutputState.RECORDING, "record")
    with Hostile(mode) as bad:
        began = time.monotonic()
        rig.start(bad.url("hostile-key"))
        rig.until(
            lambda: any(
                s.state is state and s.reason.key == reason for s in rig.told if s.name == "push"
            ),
            6,
        )
        assert time.monotonic() - began < 5
        if mode == "bad_name":
            assert "is taken" in str(rig.status().reason.params["words"])
        assert "hostile-key" not in repr(rig.told)
        stop = time.monotonic()
        rig.pipeline.stop("push")
        assert time.monotonic() - stop < 2
    rig.until(lambda: rig.status("record").packets > 90, 8)
    encoder = rig.pipeline.encoder("landscape")
    assert encoder is not None
    assert encoder.dropped == 0
    rig.pipeline.stop("record")
    assert rig.status("record").dropped == 0
    rig.check_file(film)


def test_nobody_listens(rig: Rig) -> None:
    rig.start(f"rtmp://127.0.0.1:{nginx.free_port()}/live/k-2")
    rig.until(lambda: rig.status().reason.key == "outputs.nobody_listens", 5)
    rig.until(lambda: rig.status().next_try_s > 0, 5)


@needs_nginx
def test_backup_address_is_taken(rig: Rig, server: nginx.Nginx) -> None:
    nowhere = f"rtmp://127.0.0.1:{nginx.free_port()}/live/k-3"
    rig.start(nowhere, backup_url=server.url("k-3").rpartition("/")[0])
    status = rig.wait(OutputState.LIVE, limit_s=12)
    assert str(server.port) in status.shown_url


@needs_nginx
def test_busy_stream_is_taken_when_it_is_free(rig: Rig, server: nginx.Nginx) -> None:
    rig.start(server.url("same"), "first")
    rig.wait(OutputState.LIVE, "first")
    rig.start(server.url("same"), "second")
    rig.wait(OutputState.REFUSED, "second")
    assert rig.status("second").reason.key == "outputs.busy"
    rig.pipeline.stop("first")
    rig.wait(OutputState.LIVE, "second", 5)


# -- rtmps -----------------------------------------------------------------------------------


@pytest.fixture
def authority(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only its own CA file vouches for."""
    pem, secret = write_authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return pem, context


def test_rtmps_with_own_authority(rig: Rig, authority: tuple[Path, ssl.SSLContext]) -> None:
    with Hostile("good", tls=authority[1]) as good:
        rig.start(good.url(), ca_file=str(authority[0]))
        rig.wait(OutputState.LIVE)
        rig.until(lambda: len(good.media) > 60, 8)


def test_rtmps_that_nobody_vouches_for(rig: Rig, authority: tuple[Path, ssl.SSLContext]) -> None:
    with Hostile("good", tls=authority[1]) as fake:
        rig.start(fake.url())
        rig.until(lambda: rig.status().reason.key == "outputs.tls_untrusted", 5)
        assert not fake.received, "not one byte was said to it"


def test_rtmps_to_a_plain_server(rig: Rig) -> None:
    with Hostile("good") as plain:
        rig.start(plain.url().replace("rtmp:", "rtmps:"))
        rig.until(lambda: rig.status().reason.key in ("outputs.tls_failed", "outputs.silent"), 6)


# -- recording -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [".mkv", ".mp4"])
def test_recording_survives_kill(rig: Rig, tmp_path: Path, kind: str) -> None:
    film = tmp_path / f"film{kind}"
    rig.start(str(film), "record")
    pid = rig.wait(OutputState.RECORDING, "record").pid
    rig.until(lambda: rig.status("record").packets > 300, 15)
    began_pid, seen = pid, rig.status("record").packets
    os.kill(began_pid, signal.SIGKILL)
    rig.until(lambda: rig.status("record").pid not in (0, began_pid), 8)
    found = packets(film)
    assert len(found[0]) + len(found[1]) > seen - 90, "at most a second is lost"
    rig.wait(OutputState.RECORDING, "record")
    rig.until(lambda: rig.status("record").packets > seen + 100, 10)
    rig.pipeline.stop("record")
    second = film.with_stem("film-2")
    assert rig.status("record").shown_url == str(second), "goes on in a file of its own"
    check_file(second)


def test_recording_is_never_overwritten(rig: Rig, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    film.write_text("dear")
    rig.start(str(film), "record")
    rig.wait(OutputState.RECORDING, "record")
    rig.pipeline.stop("record")
    assert film.read_text() == "dear"
    assert (tmp_path / "film-2.mp4").stat().st_size > 1000


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs a small tmpfs")
def test_full_disk_ends_the_recording_alone(rig: Rig, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    size = 50 << 20
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(small)])
    if made.returncode:
        pytest.skip("may not mount")
    try:
        rig.start(str(small / "film.mkv"), "record")
        rig.start(str(tmp_path / "other.mkv"), "other")
        rig.wait(OutputState.RECORDING, "record")
        rig.until(lambda: rig.status("record").packets > 60, 8)
        (small / "filler").write_bytes(bytes(4 << 20))
        status = rig.wait(OutputState.FAILED, "record")
        assert status.reason.key == "outputs.disk_full"
        check_file(small / "film.mkv")
        assert rig.status("other").state is OutputState.RECORDING
        (small / "filler").unlink()
        again = settings_from_url(str(small / "again.mkv"), name="record")[0]
        rig.pipeline.destinations.edit(again)
        rig.pipeline.start("record")
        rig.wait(OutputState.RECORDING, "record")
        assert rig.status("record").shown_url == again.url
        rig.until(lambda: rig.status("record").packets > 60, 8)
        rig.pipeline.stop("record")
        check_file(small / "again.mkv")
    finally:
        rig.close()
        subprocess.run(["umount", "-l", str(small)], check=False)
        shutil.rmtree(small, ignore_errors=True)


def test_lonely_sender_ends_by_itself(rig: Rig, tmp_path: Path) -> None:
    settings = OutputSettings(
        name="record", kind="file", url=str(tmp_path / "film.mkv"), standby_limit_s=1
    )
    rig.pipeline.destinations.add(settings)
    rig.pipeline.start("record")
    rig.until(lambda: rig.status("record").packets > 60, 8)
    rig.pipeline.close(keep_senders=True)
    deadline = time.monotonic() + 8
    while wire.find_notes(rig.runtime) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not wire.find_notes(rig.runtime)
    check_file(tmp_path / "film.mkv", largest_hole_ms=1000)


# -- a slow line -----------------------------------------------------------------------------


@needs_nginx
def test_bitrate_follows_the_line(rig: Rig, server: nginx.Nginx) -> None:
    from bench.line.throttle import Throttle

    rig.show.is_busy = True
    with Throttle(server.port) as line:
        rig.start(f"rtmp://127.0.0.1:{line.port}/live/k-9")
        rig.wait(OutputState.LIVE)
        rig.until(lambda: rig.status().kbps > 900, 10)
        line.kbps = 500
        cut = time.monotonic()
        rig.until(lambda: rig.status().encode_kbps < 450, 5)
        rig.until(lambda: time.monotonic() - cut > 5, 6)
        worst = 0
        while time.monotonic() - cut < 9:
            worst = max(worst, rig.status().queue_ms)
            time.sleep(0.05)
        assert worst < 1000
        assert rig.status().is_lowered
        line.kbps = 0
        low = rig.status().encode_kbps
        rig.until(lambda: rig.status().encode_kbps > low, 16)
        status = rig.status()
        assert status.reconnects == 0
        assert line.connections == 1
    server.finish()


# -- taking over a sender that runs ----------------------------------------------------------


@needs_nginx
def test_a_sender_keeps_its_key(rig: Rig, server: nginx.Nginx) -> None:
    rig.start(server.url("k-10"))
    pid = rig.wait(OutputState.LIVE).pid
    rig.pipeline.close(keep_senders=True)
    rig.show.stop()
    second = Rig(rig.runtime)
    try:
        settings, _ = settings_from_url(server.url("k-10"), name="push")
        second.pipeline.destinations.add(settings)  # whoever comes back may not know the key
        second.pipeline.start("push")
        assert second.wait(OutputState.LIVE).pid == pid
        assert server.publishes() == 1
    finally:
        second.close()


@needs_nginx
def test_changed_settings_are_seen_and_said(rig: Rig, server: nginx.Nginx) -> None:
    rig.start(server.url("k-11"))
    pid = rig.wait(OutputState.LIVE).pid
    rig.pipeline.close(keep_senders=True)
    rig.show.stop()
    second = Rig(rig.runtime)
    try:
        with nginx.Nginx(rig.runtime.parent / "other") as other:
            second.start(other.url("k-11"))
            second.until(
                lambda: any(s.reason.key == "outputs.settings_changed" for s in second.told), 5
            )
            second.until(
                lambda: (
                    second.status().state is OutputState.LIVE
                    and second.status().pid not in (0, pid)
                ),
                10,
            )
            assert other.publishers() == 1
            second.until(lambda: server.publishers() == 0, 5)
            second.pipeline.stop("push")
    finally:
        second.close()


def test_stop_is_quick_while_it_tries_again(rig: Rig) -> None:
    rig.start(f"rtmp://127.0.0.1:{nginx.free_port()}/live/k-12")
    rig.wait(OutputState.RECONNECTING)
    rig.until(lambda: rig.status().attempt > 1, 8)
    began = time.monotonic()
    rig.pipeline.stop("push")
    assert time.monotonic() - began < 2
    assert rig.status().state is OutputState.STOPPED


@needs_nginx
def test_a_stale_note_harms_nothing(rig: Rig, server: nginx.Nginx) -> None:
    wire.write_note(
        wire.note_path(rig.runtime, "push"),
        wire.SenderRecord(999_999, nginx.free_port(), "x", "push"),
    )
    rig.start(server.url("k-13"))
    rig.wait(OutputState.LIVE)


@needs_nginx
def test_a_note_that_names_a_stranger_harms_nothing(rig: Rig, server: nginx.Nginx) -> None:
    """Neither is its process signalled nor its port called, however true the rest of the note."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(60)", "studio.sender"]
        ) as stranger,
    ):
        listening.settimeout(0.2)
        named = processes.identify(stranger.pid)
        assert named is not None
        path = wire.note_path(rig.runtime, "push")
        port = listening.getsockname()[1]
        wire.write_note(
            path, wire.SenderRecord(named.pid, port, "x", "push", started=named.started)
        )
        assert orphans(rig.runtime) == {}
        rig.start(server.url("k-14"))
        rig.wait(OutputState.LIVE)
        rig.pipeline.stop("push")
        with pytest.raises(TimeoutError):
            listening.accept()
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize(
    "change", [{"pid": -1}, {"pid": 1}, {"port": 0}, {"port": 1 << 20}, {"output": "other"}]
)
def test_notes_that_cannot_be_are_none(rig: Rig, change: dict[str, object]) -> None:
    path = wire.note_path(rig.runtime, "push")
    facts = {"pid": os.getpid(), "port": 4455, "token": "x", "output": "push", "started": "1"}
    path.write_text(json.dumps({**facts, **change}), encoding="utf-8")
    assert wire.read_note(path) is None
    assert orphans(rig.runtime) == {}


@needs_nginx
def test_a_slow_destination_drags_no_other(rig: Rig, server: nginx.Nginx) -> None:
    from bench.line.throttle import Throttle

    rig.show.is_busy = True
    with Throttle(server.port) as line:
        rig.start(server.url("k-20"), "primary")
        rig.start(server.url("k-21"), "second")
        rig.start(f"rtmp://127.0.0.1:{line.port}/live/k-22", "slow")
        for name in ("primary", "second", "slow"):
            rig.wait(OutputState.LIVE, name)
        line.kbps = 300
        rig.until(lambda: rig.status("slow").dropped > 0, 15)
        assert rig.status("slow").state is OutputState.CONGESTED
        line.kbps = 0
        rig.wait(OutputState.LIVE, "slow")
        for name in ("primary", "second"):
            status = rig.status(name)
            assert status.encode_kbps == 1200, "nobody else pays"
            assert status.dropped == status.reconnects == status.gap_ms == 0
        assert rig.status("slow").reconnects == 0
        assert rig.status("slow").gap_ms > 0, "what its viewers missed is counted"
