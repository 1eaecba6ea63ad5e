"""The certificate of the phone's door: made here, kept here, known by its fingerprint."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from pathlib import Path

from studio.core.clock import utc_ms, utc_of
from studio.core.network import lan_addresses
from studio.core.paths import config_dir
from studio.core.whole_file import PRIVATE, write_whole

DAYS = 397
"""Phones refuse a certificate that is good for longer."""
RENEW_DAYS = 14


def certificate_path() -> Path:
    """Certificate and key in one PEM file, for this user alone."""
    return config_dir() / "phone.pem"


def own_context() -> ssl.SSLContext:
    """TLS for another place of this machine's network, with the same certificate.

    Raises:
        OSError: it cannot be written.
    """
    return server_context(lan_addresses())[0]


def server_context(addresses: list[str]) -> tuple[ssl.SSLContext, str]:
    """TLS for the door, and the fingerprint that people compare; makes a certificate if need be.

    Args:
        addresses: of this machine, which a new certificate names.

    Raises:
        OSError: it cannot be written.
    """
    path = certificate_path()
    if not _is_good(path):
        _write(path, addresses)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(path)
    return context, fingerprint(path)


def fingerprint(path: Path) -> str:
    """SHA-256 of the certificate, in pairs as browsers show it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    digest = x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256())
    return ":".join(f"{byte:02X}" for byte in digest)


def valid_until() -> str:
    """When the certificate ends, UTC."""
    from cryptography import x509

    found = x509.load_pem_x509_certificate(certificate_path().read_bytes())
    return utc_of(found.not_valid_after_utc.timestamp())


def _now() -> datetime.datetime:
    return datetime.datetime.fromtimestamp(utc_ms() / 1000, datetime.UTC)


def _is_good(path: Path) -> bool:
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return False
    now = _now()  # one that was made while the clock was ahead is refused until then
    return (
        found.not_valid_before_utc <= now
        and found.not_valid_after_utc - now > datetime.timedelta(days=RENEW_DAYS)
    )


def _write(path: Path, addresses: list[str]) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Shopcast")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    host = socket.gethostname()
    if host.isascii() and host:
        names.append(x509.DNSName(host))
    names += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    now = _now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    whole = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.public_bytes(pem)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, whole, mode=PRIVATE)
