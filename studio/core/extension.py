"""What every kind of extension has: a kind, labels, a settings struct, a version."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Generic, TypeVar

import msgspec

from studio.core.credentials import opened
from studio.core.errors import StudioError
from studio.core.text import Text

LONGEST_TEXT = 20_000
MOST_VALUES = 10_000


class Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=False):
    """Base of an extension's settings; the desk draws the form from its schema.

    Give each field a default and ``Annotated[…, setting(…)]``.
    """


def setting(
    zh: str,
    en: str,
    widget: str = "",
    *,
    ge: float | None = None,
    le: float | None = None,
    words: dict[str, tuple[str, str]] | None = None,
) -> msgspec.Meta:
    """What the form needs to know of a field: ``Annotated[int, setting("宽", "Width", ge=16)]``.

    Args:
        zh, en: label.
        widget: "file", "files", "folder" and "address" (what remotes may name is judged by them:
            `studio.core.places`), "colour", "multiline", "slider", "device:camera" or "".
        ge, le: least and greatest value.
        words: what the choices of a ``Literal`` are called, Chinese and English.
    """
    extra: dict[str, Any] = {"x-zh": zh, "x-en": en} | ({"x-widget": widget} if widget else {})
    if words:
        extra["x-words"] = {value: list(pair) for value, pair in words.items()}
    if ge is not None and le is not None:
        return msgspec.Meta(extra_json_schema=extra, ge=ge, le=le)
    if ge is not None:
        return msgspec.Meta(extra_json_schema=extra, ge=ge)
    if le is not None:
        return msgspec.Meta(extra_json_schema=extra, le=le)
    return msgspec.Meta(extra_json_schema=extra)


def sanity_error(value: Any) -> str:
    """What no form can mean, whatever the setting; "" when the value can be meant."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is no number"
    if isinstance(value, int) and abs(value) > 2**53:
        return f"{value:.3g} is far out of range"
    if isinstance(value, str):
        if "\0" in value:
            return "a zero byte"
        if len(value) > LONGEST_TEXT:
            return f"{len(value)} characters, {LONGEST_TEXT} are the most"
    if isinstance(value, list | tuple | dict):
        if len(value) > MOST_VALUES:
            return f"{len(value)} values, {MOST_VALUES} are the most"
        inner = value.values() if isinstance(value, dict) else value
        return next((why for entry in inner if (why := sanity_error(entry))), "")
    return ""


class Extension:
    """Base of sources, filters, transitions, garments, triggers, actions.

    Attributes:
        kind: its name in shows; never changes, never reused.
        label, help: Chinese and English.
        Settings: its settings; every field has a default.
        version: of the settings; `upgrade` brings older ones up.
    """

    kind: ClassVar[str] = ""
    label: ClassVar[Text] = Text("", "")
    help: ClassVar[Text] = Text("", "")
    Settings: ClassVar[type[Settings]] = Settings
    version: ClassVar[int] = 1

    @classmethod
    def upgrade(cls, settings: dict[str, Any], version: int) -> dict[str, Any]:
        """Settings of an older ``version`` in today's form."""
        return settings

    @classmethod
    def decode(cls, settings: dict[str, Any], version: int | None = None) -> Any:
        """Plain data → this kind's ``Settings``, with the secrets that they refer to.

        Raises:
            StudioError: invalid, saying which field.
        """
        if version is not None and version < cls.version:
            settings = cls.upgrade(dict(settings), version)
        try:
            return msgspec.convert(opened(settings), cls.Settings, strict=False)
        except msgspec.ValidationError as error:
            raise StudioError(
                "invalid", "extension.settings", kind=cls.kind, why=str(error)
            ) from None

    @classmethod
    def schema(cls) -> dict[str, Any]:
        """JSON schema of the settings, from which the desk draws its form.

        What is a kind's own comes before what it shares with others: words before their font.
        """
        whole = msgspec.json.schema(cls.Settings)
        name = whole.get("$ref", "").rsplit("/", 1)[-1]
        inner: dict[str, Any] = whole.get("$defs", {}).get(name, whole)
        fields = inner.get("properties", {})
        own = {key: fields[key] for key in vars(cls.Settings).get("__annotations__", {})
               if key in fields}  # fmt: skip
        return {**inner, "properties": {**own, **fields}} if own else inner


X = TypeVar("X", bound=Extension)


class Kinds(Generic[X]):
    """A read-only view of one kind of extension, by its name in shows."""

    def __init__(self, found: dict[str, type[X]], room: str) -> None:
        self._found = found
        self._room = room

    def get(self, kind: str) -> type[X]:
        """The class of ``kind``.

        Raises:
            StudioError: not_found; the caller keeps the data and shows it as missing.
        """
        try:
            return self._found[kind]
        except KeyError:
            raise StudioError(
                "not_found", "extension.unknown", kind=kind, room=self._room
            ) from None

    def __contains__(self, kind: object) -> bool:
        return kind in self._found

    def __iter__(self) -> Any:
        return iter(self._found.values())

    def names(self) -> list[str]:
        """All kinds, sorted."""
        return sorted(self._found)
