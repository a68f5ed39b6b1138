"""What a terminal tells a point of sale without being asked: how it is (EventNotification), and how far a dialogue has come (DisplayRequest)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from terminal_sim.pos.adyen.messages.additional import percent
from terminal_sim.pos.adyen.messages.common import (
    DisplayOutput,
    MessageHeader,
    OutputContent,
    PredefinedContent,
)
from terminal_sim.pos.adyen.messages.references import tender_reference, time_stamp
from terminal_sim.pos.adyen.messages.requests import NexoDisplayRequest
from terminal_sim.pos.adyen.messages.responses import EventNotification, written
from terminal_sim.pos.adyen.messages.values import (
    Category,
    Device,
    EventToNotify,
    InfoQualify,
    MessageType,
    NexoMessageClass,
    OutputFormat,
)
from terminal_sim.pos.adyen.service.dialogue import ServiceDialogue

NOBODY = "N/A"
"""The point of sale of an event as long as none has asked for anything."""


class TenderEvent(Enum):
    """How far a dialogue has come, by the names that the vendor's libraries know."""

    CREATED = "TENDER_CREATED"
    PROVIDE_CARD_DETAILS = "PROVIDE_CARD_DETAILS"
    CARD_DETAILS_PROVIDED = "CARD_DETAILS_PROVIDED"
    CARD_INSERTED = "CARD_INSERTED"
    CARD_PRESENTED = "CARD_PRESENTED"
    CARD_SWIPED = "CARD_SWIPED"
    WAIT_FOR_APP_SELECTION = "WAIT_FOR_APP_SELECTION"
    APPLICATION_SELECTED = "APPLICATION_SELECTED"
    WAIT_FOR_PIN = "WAIT_FOR_PIN"
    PIN_ENTERED = "PIN_ENTERED"
    CARD_REMOVED = "CARD_REMOVED"
    FINAL = "TENDER_FINAL"


class TenderResult(Enum):
    """How a dialogue ended."""

    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    CANCELLED = "CANCELLED"
    ERROR = "ERROR"


def event_notification(poiid: str, sale_id: str, number: int, event: EventToNotify, now: datetime) -> bytes:
    """The text of a notification; `number` counts them."""
    header = MessageHeader(
        message_class=NexoMessageClass.EVENT,
        message_category=Category.EVENT,
        message_type=MessageType.NOTIFICATION,
        poiid=poiid,
        sale_id=sale_id,
        device_id=str(number),
        protocol_version="3.0",
    )
    told = EventNotification(time_stamp=time_stamp(now), event_to_notify=event)
    return written({"SaleToPOIRequest": {"MessageHeader": header, "EventNotification": told}})


def tender_notification(
    poiid: str,
    dialogue: ServiceDialogue,
    number: int,
    event: TenderEvent,
    now: datetime,
    result: TenderResult | None = None,
) -> bytes:
    """The text of a notification of `dialogue`, whose ServiceID it has; `result` goes with the last one."""
    header = MessageHeader(
        message_class=NexoMessageClass.DEVICE,
        message_category=Category.DISPLAY,
        message_type=MessageType.REQUEST,
        poiid=poiid,
        sale_id=dialogue.header.sale_id,
        service_id=dialogue.header.service_id,
        device_id=str(number),
        protocol_version="3.0",
    )
    members = {
        "TransactionID": tender_reference(poiid, dialogue.number, dialogue.at),
        "TimeStamp": time_stamp(now),
        **({"Result": result.value} if result is not None else {}),
        "event": event.value,
    }
    output = DisplayOutput(
        device=Device.CASHIER_DISPLAY,
        info_qualify=InfoQualify.STATUS,
        output_content=OutputContent(
            output_format=OutputFormat.MESSAGE_REF,
            predefined_content=PredefinedContent(
                reference_id="&".join(f"{name}={percent(value)}" for name, value in members.items())
            ),
        ),
        response_required_flag=False,
    )
    body = NexoDisplayRequest(display_output=[output])
    return written({"SaleToPOIRequest": {"MessageHeader": header, "DisplayRequest": body}})
