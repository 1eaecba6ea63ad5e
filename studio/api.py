"""All that the desk and plugins may import of the engine; light: no media library comes with it."""

from __future__ import annotations

from studio.core.backoff import Backoff
from studio.core.errors import StudioError
from studio.core.i18n import catalogue, system_language, translate
from studio.core.life import age_s, read_note
from studio.core.log import logger, start_logging
from studio.core.paths import (
    assets_dir,
    config_dir,
    data_dir,
    log_dir,
    plugins_dir,
    project_dir,
    runtime_dir,
)
from studio.core.text import Text
from studio.media.picture_memory import PictureReader
from studio.settings import Settings
from studio.settings import load as load_settings
from studio.settings import save as save_settings

__all__ = [
    "Backoff",
    "PictureReader",
    "Settings",
    "StudioError",
    "Text",
    "age_s",
    "assets_dir",
    "catalogue",
    "config_dir",
    "data_dir",
    "load_settings",
    "log_dir",
    "logger",
    "plugins_dir",
    "project_dir",
    "read_note",
    "remote_address",
    "remote_password",
    "runtime_dir",
    "save_settings",
    "start_logging",
    "system_language",
    "translate",
]


def remote_address() -> str:
    """Where the engine of this runtime folder listens, "ws://127.0.0.1:4455"; "" without one."""
    note = read_note("engine") or {}
    on_air = note.get("on_air")
    return str(on_air.get("remote", "")) if isinstance(on_air, dict) else ""


def remote_password() -> str:
    """The password of this person's door; "" when none was made yet."""
    from studio.security.secrets import Secrets

    return Secrets().get("remote/password")
