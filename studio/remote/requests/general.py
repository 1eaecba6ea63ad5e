"""General requests: version, stats, custom events, our own vendor requests."""

from __future__ import annotations

import sys
from typing import Any

from studio import __version__
from studio.core.command import Role
from studio.core.errors import StudioError
from studio.protocols.obs_client import VENDOR_REQUEST, VendorResult, vendor_answer
from studio.protocols.obs_ws import (
    FORMATS,
    OBS_VERSION,
    PROTOCOL_VERSION,
    RPC_VERSION,
    VENDOR,
    Data,
    RequestError,
    RequestStatus,
    Subscription,
)
from studio.remote import vendor
from studio.remote.requests.base import Requests, cannot, maybe, need, request
from studio.remote.session import Session


class General(Requests):
    """Category "general" (hotkeys stand in `hotkeys`)."""

    @request("GetVersion")
    def version(self, session: Session, data: Data) -> Data:
        """What is spoken here."""
        return {
            "obsVersion": OBS_VERSION,
            "obsWebSocketVersion": PROTOCOL_VERSION,
            "rpcVersion": RPC_VERSION,
            "availableRequests": self.door.requests,
            "supportedImageFormats": list(FORMATS),
            "platform": {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux"),
            "platformDescription": f"Shopcast {__version__}",
        }

    @request("GetStats")
    def stats(self, session: Session, data: Data) -> Data:
        """Figures of the engine in OBS's words."""
        stats = self.rooms.insight.stats
        figures = self.rooms.stage.figures
        return {
            "cpuUsage": stats.get("cpu_percent", 0.0),
            "memoryUsage": stats.get("memory_mb", 0.0),
            "availableDiskSpace": stats.get("disk_free_gb", 0.0) * 1000,
            "activeFps": stats.get("fps", float(self.rooms.fps)),
            "averageFrameRenderTime": figures.compose_at(0.5),
            "renderSkippedFrames": figures.missed,
            "renderTotalFrames": figures.ticks,
            "outputSkippedFrames": stats.get("dropped", 0),
            "outputTotalFrames": figures.ticks,
            "webSocketSessionIncomingMessages": session.received,
            "webSocketSessionOutgoingMessages": session.sent,
        }

    @request("BroadcastCustomEvent")
    def broadcast(self, session: Session, data: Data) -> None:
        """Tells all clients what one of them says."""
        if session.role < Role.CONTROLLER:
            raise cannot("Only a controller may speak to all.")
        self.door.tell(Subscription.GENERAL, "CustomEvent", need(data, "eventData", dict))

    @request(VENDOR_REQUEST)
    async def vendor(self, session: Session, data: Data) -> Data:
        """Our own commands and questions (docs/remote.md)."""
        name = need(data, "vendorName")
        kind = need(data, "requestType")
        given: dict[str, Any] = maybe(data, "requestData", dict, {})
        if name != VENDOR:
            raise RequestError(
                RequestStatus.NOT_FOUND, f"There is no vendor {name}; ours is {VENDOR}."
            )
        try:
            result = VendorResult(True, await vendor.call(self.rooms, session, kind, given))
        except StudioError as error:
            result = VendorResult(False, None, vendor.error(error))
        return vendor_answer(kind, result)
