"""The phone's door speaks TLS 1.3 alone, and is known by its own certificate."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from pathlib import Path

import pytest

from studio.remote.certificate import certificate_path, server_context, valid_until


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    monkeypatch.setenv("SHOPCAST_CONFIG", str(tmp_path))
    return server_context(["127.0.0.1"])[0]


def shake(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    """The version that both speak."""
    here, there = socket.socketpair()

    def serve() -> None:
        with contextlib.suppress(OSError), server.wrap_socket(here, server_side=True) as wrapped:
            wrapped.recv(1)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(there, server_hostname="127.0.0.1") as wrapped:
            wrapped.send(b"x")
            return wrapped.version()
    finally:
        there.close()
        here.close()
        thread.join()


def test_tls_12_and_foreign_certificates_are_refused(server: ssl.SSLContext) -> None:
    own = ssl.create_default_context(cafile=str(certificate_path()))
    assert shake(server, own) == "TLSv1.3"
    old = ssl.create_default_context(cafile=str(certificate_path()))
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(ssl.SSLError):
        shake(server, old)
    with pytest.raises(ssl.SSLCertVerificationError):
        shake(server, ssl.create_default_context())  # it knows other authorities alone
    assert valid_until() > "2026"
