"""What can be asked of the platform, and where: the Terminal API's own paths, and those of the Cloud device API under `/v1`."""

from __future__ import annotations

import re
from enum import Enum, auto
from urllib.parse import unquote

from msgspec import Struct

_MERCHANT = "/v1/merchants/[^/]+"
_DEVICE = f"{_MERCHANT}/devices/(?P<device>[^/]+)"


class PlatformCall(Enum):
    """What the platform is asked for: to hold the call until there is an answer, to answer it later, or which terminals it reaches."""

    SYNC = auto()
    ASYNC = auto()
    CONNECTED_TERMINALS = auto()
    CONNECTED_DEVICES = auto()
    DEVICE_STATUS = auto()


class PlatformRoute(Struct, frozen=True):
    """A path, a regular expression that the whole of it matches, with the method that it is called by."""

    method: str
    path: str
    call: PlatformCall


ROUTES = (
    PlatformRoute("POST", "/sync", PlatformCall.SYNC),
    PlatformRoute("POST", "/async", PlatformCall.ASYNC),
    PlatformRoute("POST", "/connectedTerminals", PlatformCall.CONNECTED_TERMINALS),
    PlatformRoute("POST", f"{_DEVICE}/sync", PlatformCall.SYNC),
    PlatformRoute("POST", f"{_DEVICE}/async", PlatformCall.ASYNC),
    PlatformRoute("GET", f"{_DEVICE}/status", PlatformCall.DEVICE_STATUS),
    PlatformRoute("GET", f"{_MERCHANT}/connectedDevices", PlatformCall.CONNECTED_DEVICES),
)


def routed(path: str) -> tuple[PlatformRoute, str] | None:
    """The route of a path, with the device that it names or an empty text; None where nothing is served."""
    for route in ROUTES:
        found = re.fullmatch(route.path, path)
        if found is not None:
            return route, unquote(found.groupdict().get("device") or "")
    return None
