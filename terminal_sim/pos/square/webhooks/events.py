"""What the service tells of its objects: the body of an event byte for byte, and the signatures over the address that it goes to and its bytes."""

from __future__ import annotations

import hmac
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec
from msgspec import Struct

from terminal_sim.secret import Secret

SIGNATURE = "x-square-hmacsha256-signature"
LEGACY_SIGNATURE = "x-square-signature"
ENVIRONMENT = "square-environment"
BEGAN = "square-initial-delivery-timestamp"
RETRY_NUMBER = "square-retry-number"
RETRY_REASON = "square-retry-reason"


class EventSubject(Struct, frozen=True, kw_only=True):
    """What events are about: the types of those that tell that an object is new and that it has changed, "" where nothing tells it.

    `data` is what the data of the event are called, and `member` names the object in them. `is_at_location` says that the event names the location of its object.
    """

    created: str
    updated: str
    data: str
    member: str
    is_at_location: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """All types of events about it."""
        return tuple(filter(None, (self.created, self.updated)))


CHECKOUT = EventSubject(
    created="terminal.checkout.created",
    updated="terminal.checkout.updated",
    data="checkout",
    member="checkout",
)
TERMINAL_REFUND = EventSubject(
    created="terminal.refund.created", updated="terminal.refund.updated", data="refund", member="refund"
)
ACTION = EventSubject(
    created="terminal.action.created", updated="terminal.action.updated", data="action", member="action"
)
PAYMENT = EventSubject(created="payment.created", updated="payment.updated", data="payment", member="payment")
REFUND = EventSubject(created="refund.created", updated="refund.updated", data="refund", member="refund")
DEVICE_CODE = EventSubject(
    created="", updated="device.code.paired", data="code", member="device_code", is_at_location=True
)
SUBJECTS = (CHECKOUT, TERMINAL_REFUND, ACTION, PAYMENT, REFUND, DEVICE_CODE)
EVENT_TYPES = tuple(sorted(name for subject in SUBJECTS for name in subject.types))


class ObjectNews(Struct, frozen=True, kw_only=True):
    """What is told of an object: `type` is one of those of its `subject`, `value` the object as it is now, a struct or a mapping.

    `created` is the time of the news in RFC 3339, `merchant` and `location` are those of the object.
    """

    subject: EventSubject
    type: str
    merchant: str
    location: str
    created: str
    id: str
    value: object


class _Data(Struct, frozen=True):
    type: str
    id: str
    object: dict[str, msgspec.Raw]


class _Body(Struct, frozen=True, kw_only=True, omit_defaults=True):
    merchant_id: str
    location_id: str = ""
    type: str
    event_id: str
    created_at: str
    data: _Data


def event_body(news: ObjectNews, event: str) -> bytes:
    """The body of the event with the id `event`, in UTF-8: the members of the object are in alphabetical order all the way down."""
    subject = news.subject
    inner = msgspec.Raw(msgspec.json.encode(news.value, order="sorted"))
    return msgspec.json.encode(
        _Body(
            merchant_id=news.merchant,
            location_id=news.location if subject.is_at_location else "",
            type=news.type,
            event_id=event,
            created_at=news.created,
            data=_Data(subject.data, news.id, {subject.member: inner}),
        )
    )


def event_id(seed: int, number: int) -> str:
    """The name of the event `number` of a bench with this seed: it is that of each delivery of it."""
    return str(UUID(bytes=sha256(f"{seed}/event/{number}".encode()).digest()[:16], version=4))


def signature(key: Secret[str], url: str, body: bytes) -> str:
    """HMAC-SHA256 over the address as it was subscribed and the bytes that leave, in base64. The key is used as the text that it is."""
    return _signed(key, url, body, "sha256")


def legacy_signature(key: Secret[str], url: str, body: bytes) -> str:
    """The same with HMAC-SHA1, which still comes beside it."""
    return _signed(key, url, body, "sha1")


def _signed(key: Secret[str], url: str, body: bytes, digest: str) -> str:
    return b64encode(hmac.digest(key.reveal().encode(), url.encode() + body, digest)).decode()


def event_headers(
    key: Secret[str], url: str, body: bytes, began: datetime, *, retry: int = 0, reason: str = ""
) -> dict[str, str]:
    """The headers of a delivery that was tried `retry` times before, the last time in vain for `reason`; the first one began at the civil time `began`."""
    headers = {
        "content-type": "application/json",
        SIGNATURE: signature(key, url, body),
        LEGACY_SIGNATURE: legacy_signature(key, url, body),
        ENVIRONMENT: "Sandbox",
        BEGAN: f"{began.isoformat(timespec='seconds')}Z",
    }
    if retry:
        headers |= {RETRY_NUMBER: str(retry), RETRY_REASON: reason}
    return headers
