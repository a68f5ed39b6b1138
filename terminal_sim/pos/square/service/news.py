"""Which events a change of an object brings about."""

from __future__ import annotations

from collections.abc import Mapping

from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import LOCATION, MERCHANT, ObjectChange, SquareService
from terminal_sim.pos.square.webhooks import events
from terminal_sim.pos.square.webhooks.events import EventSubject, ObjectNews

SUBJECTS: Mapping[ObjectKind, EventSubject] = {
    ObjectKind.CHECKOUT: events.CHECKOUT,
    ObjectKind.TERMINAL_REFUND: events.TERMINAL_REFUND,
    ObjectKind.ACTION: events.ACTION,
    ObjectKind.PAYMENT: events.PAYMENT,
    ObjectKind.REFUND: events.REFUND,
    ObjectKind.DEVICE_CODE: events.DEVICE_CODE,
}


def news_of(service: SquareService, change: ObjectChange, before: StoredObject | None) -> ObjectNews | None:
    """What is told of `change`, by which an object is new or another than `before`; None where nobody is told."""
    subject = SUBJECTS.get(change.kind)
    name = "" if subject is None else subject.created if before is None else subject.updated
    return _news(service, subject, name, change.id, change.value) if subject is not None and name else None


def sample(service: SquareService, name: str) -> ObjectNews | None:
    """News of this type that nothing has brought about: of the newest object of its kind, or of one without members where there is none.

    None where there is no such type.
    """
    for kind, subject in SUBJECTS.items():
        if name in subject.types:
            newest = next(service.book.newest(kind), None)
            if newest is None:
                return _news(service, subject, name, "", {})
            return _news(service, subject, name, newest.id, newest.value)
    return None


def _news(
    service: SquareService, subject: EventSubject, name: str, object_id: str, value: object
) -> ObjectNews:
    return ObjectNews(
        subject=subject,
        type=name,
        merchant=MERCHANT,
        location=LOCATION,
        created=service.stamp,
        id=object_id,
        value=value,
    )
