"""What the platform says in the place of a terminal: which ones it reaches, that one cannot be reached, or that a message is none.

The last two it says by a request of its own, a notification of the event `Reject` (Terminal API, EventNotification), under status 200.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote_plus

import msgspec

from terminal_sim.pos.adyen.messages.common import MessageHeader
from terminal_sim.pos.adyen.messages.references import time_stamp
from terminal_sim.pos.adyen.messages.responses import EventNotification, written
from terminal_sim.pos.adyen.messages.values import Category, EventToNotify, MessageType, NexoMessageClass
from terminal_sim.pos.adyen.wire.exchange import HttpReply
from terminal_sim.pos.adyen.wire.reading import Malformed, NotJson, read_envelope

_NOWHERE = "N/A"
_NO_OBJECT = "Input is not a JSONObject"
_NOT_CONNECTED = (
    "Failed to send message to POI. There may be a network issue or it may not have the websocket connected."
)


def _problem(status: int, message: str, error_type: str) -> HttpReply:
    return HttpReply(
        status, written({"status": status, "errorCode": "000", "message": message, "errorType": error_type})
    )


UNAUTHORIZED = _problem(401, "HTTP Status Response - Unauthorized", "security")
NO_SUCH_DEVICE = _problem(404, "The device is not known.", "validation")
OTHER_DEVICE = _problem(422, "The device of the path is not the POIID of the message.", "validation")
TAKEN = HttpReply(200, b"ok")
"""The answer to an asynchronous request, and to an abort."""


def addressee(text: bytes) -> MessageHeader | None:
    """The header of a request, whose POIID says for whom it is; None where it has none that can be read."""
    try:
        members = read_envelope(text).members
        return msgspec.json.decode(members["MessageHeader"], type=MessageHeader)
    except (NotJson, Malformed, KeyError, msgspec.ValidationError):
        return None


def is_sealed(text: bytes) -> bool:
    """Whether a request, which `addressee` has read, is sealed for its terminal."""
    return read_envelope(text).is_sealed


def connected_terminals(poiids: Sequence[str]) -> HttpReply:
    """The terminals that the platform reaches, as the Terminal API lists them."""
    return HttpReply(200, written({"uniqueTerminalIds": poiids}))


def connected_devices(poiids: Sequence[str]) -> HttpReply:
    """The same as the Cloud device API lists them."""
    return HttpReply(200, written({"uniqueDeviceIds": poiids}))


def device_status(poiid: str, *, online: bool) -> HttpReply:
    """Whether the platform reaches one terminal."""
    return HttpReply(200, written({"deviceId": poiid, "status": "ONLINE" if online else "OFFLINE"}))


def not_an_object(text: bytes, number: int, now: datetime) -> HttpReply:
    """The answer to text that is no request; `number` names the notification."""
    header = _header(_NOWHERE, _NOWHERE, None, number)
    return _rejected(header, text, _NO_OBJECT, now)


def not_connected(to: MessageHeader, text: bytes, number: int, now: datetime) -> HttpReply:
    """The answer to a request for a terminal that the platform does not reach."""
    return _rejected(_header(to.poiid, to.sale_id, to.service_id, number), text, _NOT_CONNECTED, now)


def _header(poiid: str, sale_id: str, service_id: str | None, number: int) -> MessageHeader:
    return MessageHeader(
        message_class=NexoMessageClass.EVENT,
        message_category=Category.EVENT,
        message_type=MessageType.NOTIFICATION,
        poiid=poiid,
        sale_id=sale_id,
        service_id=service_id,
        device_id=str(number),
        protocol_version="3.0",
    )


def _rejected(header: MessageHeader, text: bytes, why: str, now: datetime) -> HttpReply:
    notification = EventNotification(
        time_stamp=time_stamp(now),
        event_to_notify=EventToNotify.REJECT,
        event_details=f"message={quote_plus(why)}",
        rejected_message=b64encode(text).decode() or None,
    )
    whole = {"SaleToPOIRequest": {"MessageHeader": header, "EventNotification": notification}}
    return HttpReply(200, written(whole))
