"""One error for all that can go wrong in a way a person should hear about."""

from __future__ import annotations

from typing import Literal

from studio.core.i18n import LANGUAGES, system_language, translate
from studio.core.redact import redact
from studio.core.text import Text

Code = Literal["invalid", "not_found", "denied", "conflict", "unavailable", "failed", "confirm"]


class StudioError(Exception):
    """Something a person asked for could not be done.

    Carries what a program needs (`code`) and what a person needs (`key` and `params`: the message
    in the catalogue says what, where and what to do). Who shows it translates it.

    Attributes:
        code: invalid (the call is wrong), not_found, denied (role), conflict (state does not
            allow it now), unavailable (a device, file, server is not there), failed (it was
            tried), confirm (say it again with ``confirm=true``).
        key: message key in assets/i18n.
        params: values for the message; secrets that are known, and passwords in addresses, are
            struck out of them.
    """

    def __init__(self, code: Code, key: str, /, **params: object) -> None:
        shown = {n: redact(value) if type(value) is str else value for n, value in params.items()}
        super().__init__(code, key, shown)
        self.code: Code = code
        self.key = key
        self.params: dict[str, object] = shown

    def in_language(self, language: str | None = None) -> str:
        """The message for a person; errors and texts among the parameters in the same language."""
        params = {name: _said(value, language) for name, value in self.params.items()}
        return translate(self.key, language, **params)

    def in_both(self) -> dict[str, str]:
        """The message by language."""
        return {code: self.in_language(code) for code in LANGUAGES}

    def __str__(self) -> str:
        return self.in_language("en")


def _said(value: object, language: str | None) -> object:
    if isinstance(value, StudioError):
        return value.in_language(language)
    return value.in_language(language or system_language()) if isinstance(value, Text) else value


PackedError = tuple[str, str, dict[str, str]]
"""An error as it goes from one process to another: code, key, values as text."""


def packed(error: StudioError) -> PackedError:
    """The error for another process."""
    return error.code, error.key, {name: str(value) for name, value in error.params.items()}


def unpacked(error: PackedError) -> StudioError:
    """The error as it was raised over there."""
    code, key, params = error
    return StudioError(code, key, **params)  # type: ignore[arg-type]
