"""The wire of obs-websocket is written and read in one place: at both ends, by every program."""

from __future__ import annotations

import ast

from tests.contract.source_tree import ROOT, nodes, trees

HOME = "studio/protocols/"
ENVELOPE = {"vendorName", "eventIntent", "rpcVersion", "eventSubscriptions"}
READS = {
    # Who reads a field of somebody's message that it did not write itself.
    "studio/remote/session.py": {"rpcVersion", "eventSubscriptions"},
    "studio/remote/requests/general.py": {"vendorName", "rpcVersion"},
}


def _writes(tree: ast.Module) -> set[str]:
    """Keys of the envelope that stand in a dict, and {"op", "d"} as "op"."""
    found: set[str] = set()
    for node in nodes(tree):
        if isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant)}
            found |= {str(key) for key in keys & ENVELOPE}
            found |= {"op"} if {"op", "d"} <= keys else set()
    return found


def _names(tree: ast.Module) -> set[str]:
    return {
        node.value
        for node in nodes(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value in (*ENVELOPE, "CallVendorRequest", "VendorEvent")
    }


def test_no_other_file_builds_a_message() -> None:
    elsewhere = {
        path: written
        for path, tree in trees().items()
        if not path.startswith(HOME) and (written := _writes(tree) - READS.get(path, set()))
    }
    assert elsewhere == {}


def test_no_other_file_spells_its_fields() -> None:
    elsewhere = {
        path: names
        for path, tree in trees().items()
        if not path.startswith(HOME) and (names := _names(tree) - READS.get(path, set()))
    }
    assert elsewhere == {}


def test_no_other_file_makes_the_answer_to_a_challenge() -> None:
    """Base64 of SHA-256 is the protocol's; everything else here writes digests as hex."""
    for path, tree in trees().items():
        if path.startswith(HOME):
            continue
        if "b64encode" in (ROOT / path).read_text(encoding="utf-8"):
            assert "base64.b64encode(hashlib.sha256" not in ast.unparse(tree), path
