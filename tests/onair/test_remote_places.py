"""A controller's token over the wire reaches no file and no address that is not opened to it."""

from __future__ import annotations

from pathlib import Path

from tests.onair.peer import Peer
from tests.onair.studio import Studio

PASSWORD = "a password"


def test_a_token_gets_at_nothing_of_the_machine(tmp_path: Path) -> None:
    with Studio(tmp_path, password=PASSWORD) as studio:
        with Peer(studio.address, PASSWORD, events=0) as owner:
            made = owner.run("remote.token_add", name="tablet", role="controller")["result"]
        secret = str(tmp_path / "run" / "remote.json")
        with Peer(studio.address, made["token"], events=0) as peer:
            scene = {"sceneName": "One"}
            create = {**scene, "inputName": "spy", "inputKind": "text"}
            for file in (secret, "/etc/passwd", "/proc/self/environ"):
                assert peer.code("CreateInput", {**create, "inputSettings": {"file": file}}) == 703
                settings = {"inputName": "title", "inputSettings": {"file": file}}
                assert peer.code("SetInputSettings", settings) == 703
            obs = {**create, "inputKind": "text_ft2_source_v2",
                   "inputSettings": {"from_file": True, "text_file": secret}}  # fmt: skip
            assert peer.code("CreateInput", obs) == 703
            for url in (f"http://{studio.address.partition('//')[2]}/", "rtsp://192.168.0.1/"):
                key = peer.run_code("sources.add", name="s", kind="stream", settings={"url": url})
                assert key == "places.inner"
            target = str(tmp_path / "out.mkv")
            assert peer.run_code("record.start", file=target) == "places.denied"
            assert peer.run_code("record.start", file="../../../out.mkv") == "places.denied"
            assert peer.run_code("replay.save", file=target) == "places.denied"
            assert peer.run_code("show.save_as", folder=str(tmp_path / "x")) == "places.denied"
            assert peer.run_code("show.new", folder="../x") == "places.denied"
            for name in (f"record.start file={target}", "outputs.remove name=x", "outputs.check"):
                assert peer.run_code("hotkeys.set", name=name, keys="Return") != ""
            ended = {"command": "record.stop", "args": {"confirm": True}, "keys": "Return"}
            assert peer.run_code("hotkeys.put", hotkeys=[ended]) in ("", "remote.hotkey_guarded")
            token = {"command": "remote.token_add", "args": {"name": "x"}, "keys": "Return"}
            assert peer.run_code("hotkeys.put", hotkeys=[token]) == "command.denied"
            assert peer.run_code("remote.places", hosts=["127.0.0.1"]) == "command.denied"
        with Peer(studio.address, studio.key(), events=0) as here:
            assert here.run_code("remote.places", hosts=["192.168.0.0/24"]) == ""
        with Peer(studio.address, made["token"], events=0) as peer:
            there = {"url": "rtsp://192.168.0.1/"}
            assert peer.run_code("sources.add", name="s", kind="stream", settings=there) == ""
        assert not (tmp_path / "out.mkv").exists()
