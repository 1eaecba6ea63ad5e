"""An unmodified client over TLS: who knows this machine's certificate comes in, nobody else."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bench.line.server import free_port
from tests.onair import peers
from tests.onair.peer import Peer
from tests.onair.studio import ROOT, Studio

pytestmark = [pytest.mark.onair, pytest.mark.timeout(300)]
SCRIPT = ROOT / "tests" / "peers" / "wss_peer.mjs"


def talk(address: str, token: str, authority: Path | None) -> dict[str, Any]:
    """What obs-websocket-js found."""
    around = {name: value for name, value in os.environ.items() if name != "NODE_EXTRA_CA_CERTS"}
    if authority is not None:
        around["NODE_EXTRA_CA_CERTS"] = str(authority)
    call = [peers.node(), str(SCRIPT), address, token]
    done = subprocess.run(call, capture_output=True, text=True, timeout=60, env=around, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_obs_websocket_js_works_over_tls(tmp_path: Path) -> None:
    peers.node()
    with (
        Studio(tmp_path, password="a password") as studio,
        Peer(studio.address, studio.key(), events=0) as owner,
    ):
        token = owner.run("remote.token_add", name="deck", role="controller")["result"]["token"]
        port = free_port()
        owner.run("phone.start", tls=True, port=port, network="127.0.0.1")
        address, own = f"wss://127.0.0.1:{port}", tmp_path / "config" / "phone.pem"
        found = talk(address, token, own)
        assert found.get("fault") is None
        assert found["rpc"] == 1
        assert found["scenes"] == ["Standby", "Two", "One"]
        assert found["sceneName"] == "Two"
        assert found["codes"] == [100, 100]
        assert found["tripMs"] < 100
        assert "certificate" in talk(address, token, None)["fault"]
        assert talk(address, "a guess", own)["fault"] == "Authentication failed."
        assert talk(address.replace("wss:", "ws:"), token, own)["fault"]
