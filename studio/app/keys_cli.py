"""``shopcast keys``: change this machine's keys, write them on paper, bring them back."""

from __future__ import annotations

from collections.abc import Callable

from studio.app.persons import own_people
from studio.core.clean import encode_json, write_json
from studio.core.i18n import translate
from studio.governance.recovery import recovery_codes, restore_key
from studio.governance.secrets import Secrets
from studio.governance.store_keys import own_store_keys
from studio.governance.stores import forget_keys, seal_stores, store_states
from studio.remote.client import ask_running

Write = Callable[[str], None]


def rotate(write: Write, *, as_json: bool) -> None:
    """A new key; an engine that runs changes it itself, since it has the old one in memory.

    Raises:
        StudioError: failed.
    """
    answer = ask_running("keys.rotate")
    if answer is None:
        people = own_people()
        answer = {"persons": people.change_key()}
        people.close()
        own_store_keys().change()
        seal_stores()
        forget_keys()
    write(write_json(answer) if as_json else translate("keys.changed", count=answer["persons"]))


def recovery(write: Write, *, as_json: bool) -> bool:
    """Writes the codes; False where there is no key yet."""
    codes = recovery_codes(Secrets())
    if as_json:
        write(write_json({"codes": codes}))
        return bool(codes)
    for code in codes:
        write(translate(f"keys.is_{code[0].lower()}"))
        write(f"  {code}")
    write(translate("keys.safe" if codes else "keys.none"))
    return bool(codes)


def stores(write: Write, *, as_json: bool) -> bool:
    """Writes how each database stands; False when one is in clear or cannot be read."""
    states = store_states()
    is_well = all(state.is_now in ("sealed", "older") for state in states)
    if as_json:
        write(encode_json({"stores": states, "well": is_well}))
        return is_well
    for state in states:
        write(f"{translate(f'stores.is_{state.is_now}')}  {state.file}")
    if not states:
        write(translate("stores.none"))
    return is_well


def restore(code: str, write: Write, *, replaces: bool) -> None:
    """Keeps the key of a code.

    Raises:
        StudioError: invalid, conflict.
    """
    letter = restore_key(Secrets(), code, replaces=replaces)
    write(translate("keys.restored", what=translate(f"keys.is_{letter.lower()}")))
