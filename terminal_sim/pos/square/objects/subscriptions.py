"""Who is told of events: the webhook subscriptions of the account, and where one may have them sent."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Protocol
from urllib.parse import urlsplit

from msgspec import Meta

from terminal_sim.loopback import is_loopback
from terminal_sim.pos.square.objects.base import ApiObject
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.values import ErrorCode
from terminal_sim.secret import Secret

_TYPE = re.compile(r"[a-z_]+(?:\.[a-z_]+)+", re.ASCII)
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_PRINTED = re.compile(r"[!-~]+", re.ASCII)


class WebhookSubscription(ApiObject, frozen=True, kw_only=True):
    """A subscription. Its key is told by answers; a stored one has none."""

    id: Annotated[str, Meta(max_length=64)] | None = None
    name: Annotated[str, Meta(max_length=64)] | None = None
    enabled: bool | None = None
    event_types: Sequence[str] | None = None
    notification_url: Annotated[str, Meta(max_length=2048)] | None = None
    api_version: str | None = None
    signature_key: str | None = None
    created_at: str | None = None
    updated_at: str | None = None

    def hears_of(self, event_type: str) -> bool:
        """Whether events of this type are sent to it."""
        return bool(self.enabled) and event_type in (self.event_types or ())


class SignatureKeys(Protocol):
    """The keys that sign what subscriptions get. They stand in no row."""

    def of(self, subscription: str) -> Secret[str]:
        """The key of a subscription, made where it has none yet."""
        ...

    def renew(self, subscription: str) -> Secret[str]:
        """A new key for it, durable in the place of the old one."""
        ...

    def remove(self, subscription: str) -> None:
        """Forget the key."""
        ...


def check_subscription(subscription: WebhookSubscription) -> None:
    """Raises `ServiceRefusal` for one that nobody can be told by."""
    types, url = subscription.event_types, subscription.notification_url
    if types is None or url is None:
        missing = "event_types" if types is None else "notification_url"
        raise ServiceRefusal(
            ErrorCode.MISSING_REQUIRED_PARAMETER, "Missing required parameter.", f"subscription.{missing}"
        )
    if not types:
        raise ServiceRefusal(
            ErrorCode.VALUE_EMPTY, "The value must not be empty.", "subscription.event_types"
        )
    for one in types:
        if not _TYPE.fullmatch(one):
            raise ServiceRefusal(
                ErrorCode.INVALID_VALUE, f"{one!r} is no type of event.", "subscription.event_types"
            )
    version = subscription.api_version
    if version is not None and not _VERSION.fullmatch(version):
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE,
            "The value is no date of the form YYYY-MM-DD.",
            "subscription.api_version",
        )
    wrong = _wrong_with(url)
    if wrong:
        raise ServiceRefusal(ErrorCode.INVALID_VALUE, wrong, "subscription.notification_url")


def _wrong_with(url: str) -> str:
    """Why events cannot be sent to `url`; "" where they can."""
    if not _PRINTED.fullmatch(url):
        return "The URL has signs that must be percent-encoded."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "The value is no URL."
    if parts.scheme != "http":
        return "The simulator sends events by http only, to this machine: the URL must begin with http://."
    if parts.hostname is None or not is_loopback(parts.hostname):
        return (
            "The simulator sends events to this machine only: the host must be 127.0.0.1, ::1 or localhost."
        )
    if parts.username is not None or parts.fragment:
        return "The URL must have neither a user nor a fragment."
    return "The port must not be 0." if port == 0 else ""
