"""Reports signed by this desk, and whether a signed report is as it was written.

Ed25519 with the audit log's key, over the kind, the time and the SHA-256 of the content. In JSON
the signature stands beside the content, in HTML and PDF in a comment that ends the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol

import msgspec

from studio.core.bounded import read_bounded
from studio.core.clean import clean_data, encode_json, read_json, write_json
from studio.core.clock import utc_iso
from studio.core.errors import StudioError
from studio.core.whole_file import PRIVATE, write_whole
from studio.governance.audit import KEY, Signer, is_signed
from studio.governance.secrets import SecretStore

FORMAT = 1
MARK = "\n<!-- shopcast-signature "
END = " -->\n"
PDF_MARK, PDF_END = "\n%shopcast-signature ", "\n"
COMMENTS = ((MARK, END), (PDF_MARK, PDF_END))
MOST_BYTES = 200_000_000
Hex = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]*$")]
Verdict = Literal["good", "changed", "unsigned", "forged"]


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a signed document says of itself.

    Attributes:
        kind: "drill", "incident".
        key: public, hex.
        digest: SHA-256 of the content, hex.
    """

    kind: str
    made_utc: str
    key: Hex
    digest: Hex
    signature: Hex
    format: int

    @property
    def text(self) -> str:
        """What is signed; no anchor of an audit log reads like it."""
        return f"shopcast document {self.format}\n{self.kind}\n{self.made_utc}\n{self.digest}"


class Verification(msgspec.Struct, frozen=True):
    """What a check of a document found.

    Attributes:
        verdict: good; changed since it was signed; unsigned; forged: the signature is not by the
            key that it names, or not by the key that was asked for.
        key_id: to compare with the one that the desk's owner reads out.
        is_own: signed on this machine.
    """

    verdict: Verdict
    kind: str = ""
    made_utc: str = ""
    key: str = ""
    key_id: str = ""
    is_own: bool = False


class TextSigner(Protocol):
    """Signs documents (`DocumentSigner`). Not for the engine's loop: the key is read."""

    def signed_json(self, kind: str, content: Any) -> str:
        """Plain data as a signed JSON document."""
        ...

    def signed_page(self, kind: str, page: str) -> str:
        """An HTML page, signed at its end."""
        ...

    def signed_pdf(self, kind: str, pdf: bytes) -> bytes:
        """A PDF, signed at its end."""
        ...


class DocumentSigner:
    """Signs with this machine's key, which is read at first use.

    Args:
        signer: gives the key.
    """

    def __init__(self, signer: Callable[[], Signer]) -> None:
        self._signer_of = signer
        self._signer: Signer | None = None

    def signed_json(self, kind: str, content: Any) -> str:
        """Plain data as a signed JSON document."""
        document = {"kind": kind, kind: clean_data(content, keep_nul=True)}
        signature = self._sign(kind, _canonical(document))
        return (
            write_json({**document, "signature": msgspec.to_builtins(signature)}, indent=1) + "\n"
        )

    def signed_page(self, kind: str, page: str) -> str:
        """An HTML page, signed at its end."""
        signature = self._sign(kind, page.encode("utf-8"))
        return f"{page}{MARK}{encode_json(signature)}{END}"

    def signed_pdf(self, kind: str, pdf: bytes) -> bytes:
        """A PDF, signed in a comment after its end; readers look for that in the last 1024 bytes
        (ISO 32000-1, Annex H.3, note 18), and the comment has half of them."""
        signature = self._sign(kind, pdf)
        return pdf + f"{PDF_MARK}{encode_json(signature)}{PDF_END}".encode()

    def _sign(self, kind: str, content: bytes) -> Signature:
        if self._signer is None:
            self._signer = self._signer_of()
        digest = hashlib.sha256(content).hexdigest()
        bare = Signature(kind, utc_iso(), self._signer.public, digest, "", FORMAT)
        return msgspec.structs.replace(bare, signature=self._signer.sign(bare.text))


def write_document(
    file: Path, signer: TextSigner, kind: str, content: Any, page: Callable[[], str]
) -> None:
    """Writes a signed report, as its name ends: .json with the content, else the page.

    Raises:
        StudioError: failed.
    """
    is_json = file.suffix.lower() == ".json"
    write_signed(
        file, signer.signed_json(kind, content) if is_json else signer.signed_page(kind, page())
    )


def write_signed(file: Path, document: str | bytes) -> None:
    """Writes a document for this user alone; its folder is made.

    Raises:
        StudioError: failed.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, document, mode=PRIVATE)
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "media.cannot_write", path=str(file), why=why) from None


def key_id(public: str) -> str:
    """Sixteen signs that people can compare: "3f2a 90c1 …"."""
    code = hashlib.sha256(public.encode()).hexdigest()[:16]
    return " ".join(code[at : at + 4] for at in range(0, 16, 4))


def own_key(store: SecretStore) -> str:
    """This machine's public key; "" where none was ever made."""
    return Signer(store).public if store.get(KEY) else ""


def verify_file(path: Path, own: str = "", wanted: str = "") -> Verification:
    """Is a document as it was signed?

    Args:
        own: this machine's public key.
        wanted: the public key or its id that must have signed; "" takes the document's own word.

    Raises:
        StudioError: not_found, failed.
    """
    try:
        data = read_bounded(path, MOST_BYTES)
    except FileNotFoundError:
        raise StudioError("not_found", "verify.no_file", path=str(path)) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise StudioError("failed", "audit.unreadable", path=str(path), why=why) from None
    found = _parts(data)
    if found is None:
        return Verification("unsigned")
    signature, content = found
    id = key_id(signature.key)
    said = Verification(
        "good", signature.kind, signature.made_utc, signature.key, id,
        bool(own) and signature.key == own,
    )  # fmt: skip
    asked = "".join(wanted.split()).lower()
    is_asked = not asked or asked in (signature.key.lower(), id.replace(" ", ""))
    if not is_asked or not is_signed(signature.key, signature.text, signature.signature):
        return msgspec.structs.replace(said, verdict="forged")
    if hashlib.sha256(content).hexdigest() != signature.digest:
        return msgspec.structs.replace(said, verdict="changed")
    return said


def _parts(data: bytes) -> tuple[Signature, bytes] | None:
    """Signature and signed content; None where nothing is signed."""
    try:
        for mark, end in COMMENTS:
            at = data.rfind(mark.encode())
            if at >= 0 and data.endswith(end.encode()):
                code = data[at + len(mark) : -len(end)]
                signature = msgspec.json.decode(code, type=Signature)
                return (signature, data[:at]) if encode_json(signature).encode() == code else None
        document = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
        read_json(data)  # what the rest of the studio reads
        signature = msgspec.convert(document.pop("signature"), Signature)
        if document.get("kind") != signature.kind:
            return signature, b""
        return signature, _canonical(document)
    except (ValueError, AttributeError, KeyError, RecursionError, msgspec.ValidationError):
        return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name that stands twice would read otherwise elsewhere."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _canonical(document: Any) -> bytes:
    return msgspec.json.encode(document, order="sorted")
