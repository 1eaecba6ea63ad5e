"""Guessers and idle sockets are at the door, and the owner and the key come in all the same."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed

from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(180)]
PASSWORD = "a password"
TRIES = 20
SOON_S = 0.3

# Sockets that say nothing, opened anew as they are closed; one of ten stops within its handshake.
IDLE = """
import asyncio, sys
host, port, many = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
async def hang(number):
    while True:
        try:
            reader, writer = await asyncio.open_connection(host, port)
            if number % 10 == 0:
                writer.write(b"GET / HTTP/1.1\\r\\nHost: x\\r\\n")
            await reader.read(1000)
            writer.close()
        except OSError:
            pass
        await asyncio.sleep(0.5)
async def main():
    hanging = [asyncio.create_task(hang(number)) for number in range(many)]
    await asyncio.sleep(1)
    print("there", flush=True)
    await asyncio.gather(*hanging)
asyncio.run(main())
"""

GUESS = """
import json, sys
from websockets.sync.client import connect
said = False
while True:
    try:
        with connect(sys.argv[1], compression=None) as socket:
            socket.recv(timeout=5)
            identify = {"rpcVersion": 1, "authentication": "guess"}
            socket.send(json.dumps({"op": 1, "d": identify}))
            if not said:
                print("there", flush=True)
                said = True
            socket.recv(timeout=5)
    except Exception:
        pass
"""


def began(code: str, *args: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def test_the_owner_and_the_key_come_in_twenty_times_of_twenty(tmp_path: Path) -> None:
    with Studio(tmp_path, password=PASSWORD) as studio:
        where = urlsplit(studio.address)
        crowd = [began(IDLE, str(where.hostname), str(where.port), "200")]
        crowd += [began(GUESS, studio.address) for _ in range(5)]
        try:
            for entry in crowd:
                assert entry.stdout is not None
                assert entry.stdout.readline() == "there\n"
            took = []
            for secret in (PASSWORD, studio.key()) * TRIES:
                since = time.monotonic()
                with Peer(studio.address, secret, events=0) as peer:
                    took.append(time.monotonic() - since)
                    assert peer.code("GetVersion") == 100
        finally:
            for entry in crowd:
                entry.kill()
                entry.communicate()
        print(f"slowest {max(took) * 1000:.0f} ms, {sorted(took)[len(took) // 2] * 1000:.0f} half")
        assert max(took) <= SOON_S, sorted(took)[-5:]


def test_few_descriptors_are_not_used_up_by_strangers(tmp_path: Path) -> None:
    with Studio(tmp_path, password=PASSWORD) as studio:
        resource.prlimit(studio.process.pid, resource.RLIMIT_NOFILE, (256, 256))
        where = urlsplit(studio.address)
        crowd = began(IDLE, str(where.hostname), str(where.port), "400")
        try:
            assert crowd.stdout is not None
            assert crowd.stdout.readline() == "there\n"
            with Peer(studio.address, PASSWORD, events=0) as peer:
                assert peer.code("GetVersion") == 100
            open_ones = len(list(Path(f"/proc/{studio.process.pid}/fd").iterdir()))
            assert open_ones < 200
        finally:
            crowd.kill()
            crowd.communicate()


def test_one_token_does_not_hold_all_places(tmp_path: Path) -> None:
    with Studio(tmp_path, password=PASSWORD) as studio:
        with Peer(studio.address, PASSWORD, events=0) as owner:
            made = [
                owner.run("remote.token_add", name=name, role="viewer")["result"]["token"]
                for name in ("one", "two", "three", "four")
            ]
        held: list[Peer] = []
        try:
            codes = []
            for token in made:
                for _ in range(20):
                    peer = Peer(studio.address, token, events=0, identify=False)
                    held.append(peer)
                    peer.send(1, peer.identity(token, 0))
                    try:
                        peer.receive()
                    except ConnectionClosed as end:
                        codes.append(end.rcvd.code if end.rcvd else 0)
            assert codes == [4101] * (4 * 20 - 48)
            for secret in (PASSWORD, studio.key()):
                with Peer(studio.address, secret, events=0) as peer:
                    assert peer.code("GetVersion") == 100
        finally:
            for peer in held:
                peer.close()
