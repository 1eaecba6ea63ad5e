"""Stamps of a time-stamp service (OpenSSL's own, here); what was tampered with is told."""

from __future__ import annotations

import base64
import http.server
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from studio.core.errors import StudioError
from studio.governance.anchors import AnchorFolder, read_anchors
from studio.governance.audit import AuditLog, SignedAnchor, Signer, anchor
from studio.governance.audit_check import check_logs
from studio.governance.secrets import Secrets
from studio.governance.time_stamps import StampedAnchor, ask_stamp, check_stamp
from tests.waiting import until

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="OpenSSL's program")
CONFIG = """
[tsa]
serial = {root}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
[purpose]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,{purpose}
"""


class Service:
    """``openssl ts`` behind an address of this machine."""

    def __init__(self, root: Path, key: str = "rsa:2048", purpose: str = "timeStamping") -> None:
        self.root = root
        root.mkdir()
        (root / "serial").write_text("01\n")
        (root / "config").write_text(CONFIG.format(root=root, purpose=purpose))
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if key == "ec" else [
            "-newkey", key]  # fmt: skip
        self._openssl(
            "req", "-x509", *kind, "-nodes", "-keyout", "key.pem", "-out", "own.pem", "-days", "2",
            "-subj", "/CN=Stamps of a test", "-extensions", "purpose", "-config", "config",
        )  # fmt: skip
        service = self

        class Answers(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                (service.root / "asked").write_bytes(asked)
                answer = service.answer()
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.HTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def answer(self) -> bytes:
        """What it says to the last request."""
        self._openssl(
            "ts", "-reply", "-config", "config", "-section", "tsa", "-queryfile", "asked",
            "-signer", "own.pem", "-inkey", "key.pem", "-out", "said",
        )  # fmt: skip
        return (self.root / "said").read_bytes()

    def _openssl(self, *words: str) -> None:
        # A file of settings whose first lines make a request's name from the command line.
        config = self.root / "config"
        if words[0] == "req" and "[req]" not in config.read_text():
            text = config.read_text()
            config.write_text("[req]\ndistinguished_name = name\n[name]\n" + text)
        subprocess.run(["openssl", *words], cwd=self.root, check=True, capture_output=True)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture(params=["rsa:2048", "ec"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    made = Service(tmp_path / "service", request.param)
    yield made
    made.close()


def made() -> SignedAnchor:
    return SignedAnchor(anchor("20261130T120000.log", 7, "ab" * 32), "2026-11-30T12:00:00Z")


def test_a_stamp_is_asked_for_checked_and_as_openssl_says(service: Service) -> None:
    stamped = ask_stamp(service.url, made())
    stamp = check_stamp(stamped)
    assert stamp.service == "CN=Stamps of a test"
    (service.root / "token").write_bytes(base64.b64decode(stamped.stamp))
    (service.root / "data").write_text(stamped.anchor)
    service._openssl("ts", "-verify", "-data", "data", "-in", "token", "-CAfile", "own.pem")
    assert made().anchor.encode() not in (service.root / "asked").read_bytes()


def test_whatever_is_changed_in_a_stamp_it_is_not_taken(service: Service) -> None:
    stamped = ask_stamp(service.url, made())
    whole, chance = base64.b64decode(stamped.stamp), random.Random(4)
    first = check_stamp(stamped)
    passed = 0
    for _ in range(300):
        at, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        changed = whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]
        text = base64.b64encode(changed).decode()
        try:
            told = check_stamp(msgspec.structs.replace(stamped, stamp=text))
        except StudioError:
            continue
        passed += 1
        assert told == first  # bytes that say nothing of time, anchor or signer
    assert passed < 60
    for other in (b"", whole[:50], b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 5000):
        with pytest.raises(StudioError):
            check_stamp(StampedAnchor(stamped.anchor, stamp=base64.b64encode(other).decode()))
    with pytest.raises(StudioError) as told_why:
        check_stamp(msgspec.structs.replace(stamped, anchor=anchor("x.log", 8, "ab" * 32)))
    assert "something else" in told_why.value.in_language("en")


def test_a_certificate_for_another_purpose_stamps_nothing(tmp_path: Path) -> None:
    service = Service(tmp_path / "service", purpose="serverAuth")
    try:
        with pytest.raises((StudioError, OSError)):
            ask_stamp(service.url, made())
    finally:
        service.close()
    with pytest.raises(StudioError):
        ask_stamp(service.url, made())  # nobody is there
    with pytest.raises(StudioError):
        ask_stamp("file:///etc/passwd", made())


def test_a_log_is_proven_by_its_stamps_and_a_cut_named(service: Service, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    signer = Signer(Secrets(tmp_path / "s", use_keyring=False))
    anchors = AnchorFolder(lambda: str(outside), tmp_path / "audit", lambda: service.url)
    log = AuditLog(tmp_path / "audit", lambda: signer, anchors.keep)
    until(lambda: log.count > 0, "begun")
    for number in range(20):
        log.write("command", command="scenes.take", args={"scene": str(number)})
    log.checkpoint()
    until(lambda: '"stamp"' in "".join(f.read_text() for f in outside.iterdir()), "stamped")
    log.close()
    anchors.close()
    known = read_anchors(str(outside))
    report = check_logs(log.folder, signer.public, known)
    assert (report.flaws, report.stamped) == ((), 1)
    assert report.stamp.service == "CN=Stamps of a test"
    forged = [msgspec.structs.replace(entry, stamp=entry.stamp[:-40] + "A" * 40)
              for entry in known if isinstance(entry, StampedAnchor)]  # fmt: skip
    assert "stamp_forged" in {
        flaw.what for flaw in check_logs(log.folder, signer.public, forged).flaws
    }
