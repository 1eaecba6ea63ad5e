"""All that the desk and plugins may import of the engine; light: no media library comes with it."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from studio import __version__ as VERSION
from studio.core.backoff import Backoff
from studio.core.clean import encode_json
from studio.core.errors import StudioError
from studio.core.i18n import catalogue, system_language, translate
from studio.core.life import read_note
from studio.core.log import logger, start_logging
from studio.core.names import free_name
from studio.core.part_rows import WHOLE as WHOLE_PART
from studio.core.part_rows import read_steps, rows_after
from studio.core.paths import (
    assets_dir,
    config_dir,
    data_dir,
    log_dir,
    own_plugins_dir,
    plugins_dir,
    project_dir,
    runtime_dir,
)
from studio.core.registry import load_plugins
from studio.core.settings import Hotkey, StudioSettings, hotkey_name, settings_path
from studio.core.settings import load as load_settings
from studio.core.settings import save_desk as save_settings
from studio.core.streams import speak_utf8
from studio.core.text import Text
from studio.core.whole_file import write_whole
from studio.media.picture_memory import PictureReader
from studio.protocols.obs_client import ObsAnswer, ObsClientProtocol, VendorNews
from studio.protocols.obs_ws import Close, Subscription
from studio.sender.evidence import Evidence

if TYPE_CHECKING:
    from studio.audio.chime import AlarmSpeaker
    from studio.audio.playback import playbacks as sound_outputs
    from studio.comments.model import Comment, Withdrawn
    from studio.comments.platforms.base import CommentPlatform
    from studio.core.command import Changed, Role, changed, command
    from studio.core.event import Event
    from studio.core.extension import Settings as ExtensionSettings
    from studio.core.extension import setting
    from studio.core.loopback import is_this_machine
    from studio.core.plugins import PluginStatus
    from studio.core.service import Every, PluginService, ServiceTools, ShowContext
    from studio.filters.base import Filter
    from studio.governance.audit import SignedAnchor, anchor_parts
    from studio.governance.kept_anchors import AnchorDoubt, KeptAnchors
    from studio.media.frame import Frame, blank
    from studio.media.yuv import fade
    from studio.plans.faults.base import DrillFault, Shadow
    from studio.plans.model import PlanText
    from studio.plans.triggers.base import Cause, Situation, Trigger
    from studio.scenes.transitions.base import Transition
    from studio.shop.importers import base as goods
    from studio.shop.importers.base import GoodsImporter
    from studio.sources.base import Feed, Source

# What plugins are written with; fetched when asked for, so that the desk stays light.
_LATE = {
    "AnchorDoubt": ("studio.governance.kept_anchors", "AnchorDoubt"),
    "KeptAnchors": ("studio.governance.kept_anchors", "KeptAnchors"),
    "SignedAnchor": ("studio.governance.audit", "SignedAnchor"),
    "anchor_parts": ("studio.governance.audit", "anchor_parts"),
    "PluginStatus": ("studio.core.plugins", "PluginStatus"),
    "AlarmSpeaker": ("studio.audio.chime", "AlarmSpeaker"),
    "sound_outputs": ("studio.audio.playback", "playbacks"),
    "ExtensionSettings": ("studio.core.extension", "Settings"),
    "Event": ("studio.core.event", "Event"),
    "Every": ("studio.core.service", "Every"),
    "PluginService": ("studio.core.service", "PluginService"),
    "Role": ("studio.core.command", "Role"),
    "ServiceTools": ("studio.core.service", "ServiceTools"),
    "ShowContext": ("studio.core.service", "ShowContext"),
    "blank": ("studio.media.frame", "blank"),
    "changed": ("studio.core.command", "changed"),
    "command": ("studio.core.command", "command"),
    "fade": ("studio.media.yuv", "fade"),
    "is_this_machine": ("studio.core.loopback", "is_this_machine"),
    "setting": ("studio.core.extension", "setting"),
    "goods": ("studio.shop.importers.base", ""),
    "Cause": ("studio.plans.triggers.base", "Cause"),
    "Changed": ("studio.core.command", "Changed"),
    "PlanText": ("studio.plans.model", "PlanText"),
    "Situation": ("studio.plans.triggers.base", "Situation"),
    "Comment": ("studio.comments.model", "Comment"),
    "Withdrawn": ("studio.comments.model", "Withdrawn"),
    "CommentPlatform": ("studio.comments.platforms.base", "CommentPlatform"),
    "DrillFault": ("studio.plans.faults.base", "DrillFault"),
    "Shadow": ("studio.plans.faults.base", "Shadow"),
    "Feed": ("studio.sources.base", "Feed"),
    "Filter": ("studio.filters.base", "Filter"),
    "GoodsImporter": ("studio.shop.importers.base", "GoodsImporter"),
    "Frame": ("studio.media.frame", "Frame"),
    "Source": ("studio.sources.base", "Source"),
    "Transition": ("studio.scenes.transitions.base", "Transition"),
    "Trigger": ("studio.plans.triggers.base", "Trigger"),
}


def __getattr__(name: str) -> Any:
    if name in _LATE:
        module, attribute = _LATE[name]
        found = importlib.import_module(module)
        return getattr(found, attribute) if attribute else found
    raise AttributeError(f"module {__name__} has no attribute {name}")


__all__ = [
    "WHOLE_PART",
    "read_steps",
    "rows_after",
    "AnchorDoubt",
    "KeptAnchors",
    "SignedAnchor",
    "anchor_parts",
    "PluginStatus",
    "AlarmSpeaker",
    "sound_outputs",
    "Cause",
    "Changed",
    "PlanText",
    "Situation",
    "goods",
    "Comment",
    "CommentPlatform",
    "DrillFault",
    "Shadow",
    "ExtensionSettings",
    "Event",
    "Evidence",
    "Every",
    "Feed",
    "Filter",
    "Frame",
    "GoodsImporter",
    "PluginService",
    "Role",
    "ServiceTools",
    "ShowContext",
    "Source",
    "Transition",
    "Trigger",
    "blank",
    "changed",
    "command",
    "fade",
    "is_this_machine",
    "setting",
    "Backoff",
    "VERSION",
    "Close",
    "Hotkey",
    "ObsAnswer",
    "ObsClientProtocol",
    "PictureReader",
    "StudioSettings",
    "StudioError",
    "Subscription",
    "Text",
    "VendorNews",
    "Withdrawn",
    "assets_dir",
    "catalogue",
    "config_dir",
    "data_dir",
    "free_name",
    "hotkey_name",
    "settings_path",
    "load_plugins",
    "load_settings",
    "log_dir",
    "logger",
    "own_plugins_dir",
    "plugins_dir",
    "project_dir",
    "read_note",
    "remote_address",
    "remote_password",
    "runtime_dir",
    "save_settings",
    "speak_utf8",
    "start_logging",
    "system_language",
    "translate",
    "encode_json",
    "write_whole",
]


def remote_address() -> str:
    """Where the engine of this runtime folder listens, "ws://127.0.0.1:4455"; "" without one."""
    from studio.remote import place

    return place.address()


def remote_password() -> str:
    """What opens this person's door: the key of the engine that runs, else the kept password.

    "" when there is neither.
    """
    from studio.remote.client import password_for

    return password_for(remote_address())
