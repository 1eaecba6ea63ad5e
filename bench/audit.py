"""How fast the audit log takes entries and is checked.

Entries as commands write them, signed at the end, on this machine's disk. The reference of the
check is SHA-256 over the same lines in this Python, chained, and nothing else.
"""

from __future__ import annotations

import hashlib
import tempfile
import time
from pathlib import Path

from bench.base import BenchReport, Row
from studio.governance.audit import MOST_WAITING, AuditLog, Signer, logs
from studio.governance.audit_check import check_logs
from studio.governance.secrets import Secrets

EVENTS = 1_000_000


def run(events: int = EVENTS) -> BenchReport:
    """Measures both.

    Args:
        events: entries.
    """
    report = BenchReport("audit", "SHA-256 alone over the same lines")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        signer = Signer(Secrets(root / "config", use_keyring=False))
        log = AuditLog(root / "audit", lambda: signer)
        while not log.count:
            time.sleep(0.001)
        began, cpu = time.perf_counter(), time.process_time()
        for number in range(events):
            while log.waiting > MOST_WAITING // 2:
                time.sleep(0.0005)
            log.write("command", command="scenes.take", args={"scene": f"开场 {number}"},
                      who="desk", ok=True, error="", reason="")  # fmt: skip
        log.close()
        took, cpu = time.perf_counter() - began, time.process_time() - cpu
        report.rows.append(Row("append on the disk, an entry", 1e6 * took / events, None, "us", 20))
        report.rows.append(Row("  of it processor", 1e6 * cpu / events, None, "us"))
        report.rows.append(Row("  lost", log.lost, None, "", 0))
        began = time.perf_counter()
        alone = _hashed(logs(log.folder)[0])
        alone_s = time.perf_counter() - began
        began = time.perf_counter()
        found = check_logs(log.folder, signer.public, [log.newest])
        took = time.perf_counter() - began
        report.rows.append(
            Row("verify, an entry", 1e6 * took / found.entries, 1e6 * alone_s / alone, "us")
        )
        report.rows.append(Row("verify a million", 1e6 * took / found.entries, None, "s", 20))
        report.rows.append(Row("  flaws", len(found.flaws), None, "", 0))
    return report


def _hashed(path: Path) -> int:
    head, count = b"0" * 64, 0
    with path.open("rb") as file:
        for line in file:
            head = hashlib.sha256(head + line[65:-1]).hexdigest().encode()
            count += 1
    return count
