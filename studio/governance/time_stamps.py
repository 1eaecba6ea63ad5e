"""Time stamps of RFC 3161: a service outside says that an anchor of the audit log was there when.

The request holds the SHA-256 of the anchor's text and nothing else. The answer (CMS, RFC 5652,
over a TSTInfo) is checked here: what was stamped, the service's signature, its certificate's
purpose and time. Whose certificate that is, a person compares by its fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from studio.core.errors import StudioError
from studio.governance.audit import SignedAnchor

ASK_S = 10.0
MOST_BYTES = 100_000
MOST_PARTS = 200
NONCE_BYTES = 8
SEQUENCE, SET, INTEGER, OCTETS, OID, TIME = 0x30, 0x31, 0x02, 0x04, 0x06, 0x18
FIRST, SECOND = 0xA0, 0xA1
SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = {
    "1.2.840.113549.1.9.16.2.47": "sha256", "1.2.840.113549.1.9.16.2.12": "sha1",
}  # fmt: skip
"""Attributes that name the certificate by its hash (RFC 5816, RFC 2634), and which hash."""
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
HASHES = {
    "2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}  # fmt: skip
SHA256 = bytes.fromhex("300d06096086480165030402010500")
GRANTED = (0, 1)


class StampedAnchor(SignedAnchor, frozen=True):
    """An anchor with what a time-stamp service said of it (base64 of the answer)."""

    stamp: str = ""


class Stamp(NamedTuple):
    """What a service said.

    Attributes:
        at_utc: when, by its clock.
        service: the name in its certificate.
        fingerprint: SHA-256 of the certificate, hex.
    """

    at_utc: str
    service: str
    fingerprint: str


class _Part(NamedTuple):
    """A value of DER: its tag, what is in it, and all of its bytes."""

    tag: int
    body: bytes
    whole: bytes


def ask_stamp(url: str, made: SignedAnchor) -> StampedAnchor:
    """Asks a service for its stamp, and checks it; waits for the network.

    Raises:
        StudioError: invalid: no address, or the answer is no such stamp; unavailable: none came.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise StudioError("invalid", "audit.no_stamp_address", url=url)
    # Its first bit is 1: DER wants the shortest form of a number.
    nonce = bytes([secrets.randbelow(128) + 128]) + secrets.token_bytes(NONCE_BYTES - 1)
    asked = urllib.request.Request(
        url, data=_request(_digest(made.anchor), nonce),
        headers={"Content-Type": "application/timestamp-query"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(asked, timeout=ASK_S) as answer:
            raw = bytes(answer.read(MOST_BYTES + 1))
    except (OSError, ValueError) as error:
        why = str(getattr(error, "reason", "") or error)
        raise StudioError("unavailable", "audit.no_stamp", url=url, why=why) from None
    stamped = StampedAnchor(made.anchor, made.at, made.key, made.signature, _text(raw))
    check_stamp(stamped, nonce)
    return stamped


def check_stamp(made: StampedAnchor, nonce: bytes = b"") -> Stamp:
    """Is this anchor what the service stamped, and is it signed as such services sign?

    Args:
        nonce: that was sent with the request; b"" does not ask.

    Raises:
        StudioError: invalid, and why.
    """
    try:
        return _checked(base64.b64decode(made.stamp, validate=True), _digest(made.anchor), nonce)
    except Exception as fault:  # whatever readers of DER and X.509 say of bytes from outside
        why = str(fault)[:200] or type(fault).__name__
        raise StudioError("invalid", "audit.stamp_bad", anchor=made.anchor, why=why) from None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _request(digest: bytes, nonce: bytes) -> bytes:
    imprint = _der(SEQUENCE, SHA256 + _der(OCTETS, digest))
    number = _der(INTEGER, b"\0" + nonce)
    return _der(SEQUENCE, _der(INTEGER, b"\1") + imprint + number + _der(0x01, b"\xff"))


def _checked(raw: bytes, digest: bytes, nonce: bytes) -> Stamp:
    if len(raw) > MOST_BYTES:
        raise ValueError("too large")
    status, *tokens = _parts(_one(raw, SEQUENCE).body)
    if int.from_bytes(_parts(status.body)[0].body, "big") not in GRANTED or not tokens:
        raise ValueError("refused by the service")
    kind, holder = _parts(tokens[0].body)
    if _oid(kind) != SIGNED_DATA:
        raise ValueError("no signed data")
    _version, _kinds, content, *more = _parts(_one(holder.body, SEQUENCE).body)
    what, inner = _parts(content.body)
    if _oid(what) != TST_INFO:
        raise ValueError("no time stamp")
    info = _one(inner.body, OCTETS).body
    stamped, at = _told(info, nonce)
    if stamped != digest:
        raise ValueError("it stamps something else")
    certificates = next((part.body for part in more if part.tag == FIRST), b"")
    (signer,) = _parts(_last(more).body)
    found = _signed_by(signer, info, certificates, at)
    return Stamp(at.strftime("%Y-%m-%dT%H:%M:%SZ"), *found)


def _told(info: bytes, nonce: bytes) -> tuple[bytes, datetime]:
    """The digest that was stamped, and when."""
    _version, _policy, imprint, _serial, at, *more = _parts(_one(info, SEQUENCE).body)
    if at.tag != TIME:
        raise ValueError("no time")
    if nonce:
        numbers = [int.from_bytes(part.body, "big") for part in more if part.tag == INTEGER]
        if numbers != [int.from_bytes(nonce, "big")]:
            raise ValueError("an answer to something else")
    kind, digest = _parts(imprint.body)
    if HASHES.get(_oid(_parts(kind.body)[0])) != "sha256":
        raise ValueError("another hash")
    told = at.body.decode("ascii").removesuffix("Z").partition(".")[0]
    return digest.body, datetime.strptime(told, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _signed_by(signer: _Part, info: bytes, certificates: bytes, at: datetime) -> tuple[str, str]:
    """Name and fingerprint of the certificate that signed."""
    from cryptography import x509

    _version, _who, kind, attributes, _way, signature, *_more = _parts(signer.body)
    hashing = HASHES[_oid(_parts(kind.body)[0])]
    said = {_oid(name): _parts(values.body)[0] for name, values in _pairs(attributes)}
    if _oid(said[CONTENT_TYPE]) != TST_INFO:
        raise ValueError("signed as something else")
    if said[MESSAGE_DIGEST].body != hashlib.new(hashing, info).digest():
        raise ValueError("changed after it was signed")
    text = bytes([SET]) + attributes.whole[1:]  # RFC 5652, 5.4: signed as a SET
    own = _named(said)
    for part in _parts(certificates):
        if not own(part.whole):
            continue
        certificate = x509.load_der_x509_certificate(part.whole)
        if _is_its(certificate, text, signature.body, hashing) and _may(certificate, at):
            return certificate.subject.rfc4514_string()[:200], hashlib.sha256(
                part.whole
            ).hexdigest()
    raise ValueError("not signed by a certificate for time stamps that is in it")


def _named(said: dict[str, _Part]) -> Callable[[bytes], bool]:
    """Is a certificate the one that was signed as the signer's?"""
    kind, usual = next((kind, usual) for kind, usual in SIGNING_CERTIFICATE.items() if kind in said)
    fields = _parts(_parts(_parts(said[kind].body)[0].body)[0].body)
    if fields[0].tag == SEQUENCE:
        usual = HASHES[_oid(_parts(fields[0].body)[0])]
    wanted = next(field.body for field in fields if field.tag == OCTETS)
    return lambda whole: hashlib.new(usual, whole).digest() == wanted


def _is_its(certificate: Any, text: bytes, signature: bytes, hashing: str) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    kinds = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
    made = kinds[hashing]
    try:
        public = certificate.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, text, padding.PKCS1v15(), made)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, text, ec.ECDSA(made))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may(certificate: Any, at: datetime) -> bool:
    """Was it for time stamps, and in force then?"""
    from cryptography import x509

    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return False
    try:
        use = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return any(purpose.dotted_string == TIME_STAMPING for purpose in use)


# -- DER (X.690) ----------------------------------------------------------------------------------


def _der(tag: int, body: bytes) -> bytes:
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    long = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(long)]) + long + body


def _parts(data: bytes) -> list[_Part]:
    """The values that stand one after the other.

    Raises:
        ValueError: it is cut off, or no DER.
    """
    found: list[_Part] = []
    at = 0
    while at < len(data):
        if len(found) >= MOST_PARTS or at + 2 > len(data):
            raise ValueError("no DER")
        tag, size, begin = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            if not 1 <= count <= 4 or begin + count > len(data):
                raise ValueError("no DER")
            size, begin = int.from_bytes(data[begin : begin + count], "big"), begin + count
        if begin + size > len(data):
            raise ValueError("cut off")
        found.append(_Part(tag, data[begin : begin + size], data[at : begin + size]))
        at = begin + size
    return found


def _one(data: bytes, tag: int) -> _Part:
    (part,) = _parts(data)
    if part.tag != tag:
        raise ValueError("no DER")
    return part


def _last(parts: list[_Part]) -> _Part:
    if not parts or parts[-1].tag != SET:
        raise ValueError("nobody signed it")
    return parts[-1]


def _pairs(part: _Part) -> Iterator[tuple[_Part, _Part]]:
    if part.tag != FIRST:
        raise ValueError("nothing was signed beside it")
    for entry in _parts(part.body):
        name, values = _parts(entry.body)
        yield name, values


def _oid(part: _Part) -> str:
    if part.tag != OID or not part.body:
        raise ValueError("no DER")
    numbers, value = [], 0
    for byte in part.body:
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(value)
            value = 0
    first = min(2, numbers[0] // 40)
    return ".".join(map(str, (first, numbers[0] - 40 * first, *numbers[1:])))
