"""`/v2/devices/codes`: codes that pair devices, and the pairing itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from terminal_sim.pos.square.calls.call import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.calls.pages import page, paged
from terminal_sim.pos.square.calls.reading import parsed, read, read_query
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.device_codes import (
    PAIR_WITHIN,
    DeviceCode,
    DeviceCodeStatus,
    ProductType,
    letters_of,
)
from terminal_sim.pos.square.objects.problems import ServiceRefusal, not_found
from terminal_sim.pos.square.objects.values import ErrorCode, SortOrder
from terminal_sim.pos.square.service.book import StoredObject
from terminal_sim.pos.square.service.service import LOCATION, ObjectChange, SquareService, timestamp

_CREATE = "CreateDeviceCode"


class CreateDeviceCodeRequest(ApiObject, frozen=True, kw_only=True):
    """A new code."""

    idempotency_key: Annotated[str, Meta(min_length=1, max_length=128)]
    device_code: DeviceCode


class ListDeviceCodesQuery(ApiObject, frozen=True, kw_only=True):
    """Which codes are asked for; `status` has one state, or several with commas between them."""

    cursor: str | None = None
    location_id: str | None = None
    product_type: ProductType | None = None
    status: str | None = None


def create(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A new code, to be typed into a device within five minutes."""
    service = served.service
    request = read(call.body, CreateDeviceCodeRequest)

    def make() -> tuple[ObjectChange, ...]:
        service.check_location(request.device_code.location_id)
        name = service.identify(ObjectKind.DEVICE_CODE)
        pair_by = service.world.now.civil + timedelta(microseconds=PAIR_WITHIN)
        made = DeviceCode(
            product_type=request.device_code.product_type,
            id=name,
            name=request.device_code.name,
            code=_unused(service, name),
            location_id=LOCATION,
            status=DeviceCodeStatus.UNPAIRED,
            pair_by=timestamp(pair_by),
            created_at=service.stamp,
            status_changed_at=service.stamp,
        )
        return (ObjectChange(kind=ObjectKind.DEVICE_CODE, id=name, value=made),)

    body = parsed(call.body)
    made = service.once(_CREATE, request.idempotency_key, body, ObjectKind.DEVICE_CODE, make)
    return {"device_code": made.value.as_of(service.stamp)}


def _unused(service: SquareService, name: str) -> str:
    """Letters that no code has which can still be typed."""
    taken = {stored.value.code for stored in _open(service)}
    found, number = letters_of(name), 0
    while found in taken:
        number += 1
        found = letters_of(f"{name}/{number}")
    return found


def _open(service: SquareService) -> list[StoredObject]:
    """The codes that can still be typed."""
    return [
        stored
        for stored in service.book.all(ObjectKind.DEVICE_CODE)
        if stored.value.as_of(service.stamp).status is DeviceCodeStatus.UNPAIRED
    ]


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A code as it is now."""
    name = call.path["code_id"]
    stored = served.service.book.get(ObjectKind.DEVICE_CODE, name)
    if stored is None:
        raise not_found(f"Device code with id {name} not found.")
    return {"device_code": stored.value.as_of(served.service.stamp)}


def list_all(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of codes, newest first."""
    service = served.service
    query = read_query(call.query, ListDeviceCodesQuery)
    wanted = _states(query.status)
    found = page(
        service.book.all(ObjectKind.DEVICE_CODE),
        lambda stored: (
            query.location_id in (None, stored.value.location_id)
            and query.product_type in (None, stored.value.product_type)
            and (not wanted or stored.value.as_of(service.stamp).status in wanted)
        ),
        query=replace(query, cursor=None),
        order=SortOrder.DESC,
        limit=None,
        cursor=query.cursor,
    )
    answer = paged("device_codes", found)
    if found.objects:
        answer["device_codes"] = [one.value.as_of(service.stamp) for one in found.objects]
    return answer


def _states(text: str | None) -> list[DeviceCodeStatus]:
    try:
        return [DeviceCodeStatus(one) for one in text.split(",")] if text else []
    except ValueError:
        raise ServiceRefusal(
            ErrorCode.INVALID_ENUM_VALUE, "The value is none of those that this field may have.", "status"
        ) from None


def pair(service: SquareService, code: str, device: str) -> DeviceCode | None:
    """The code after it was typed into `device`, which is paired by it; None where no such code can be typed now. Raises `NotDurable`."""
    found = next((stored for stored in _open(service) if stored.value.code == code.upper()), None)
    if found is None:
        return None
    paired: DeviceCode = replace(
        found.value,
        status=DeviceCodeStatus.PAIRED,
        device_id=device,
        paired_at=service.stamp,
        status_changed_at=service.stamp,
    )
    service.store(ObjectChange(kind=ObjectKind.DEVICE_CODE, id=found.id, value=paired))
    return paired


ROUTES = (
    ServiceRoute("POST", "/v2/devices/codes", create),
    ServiceRoute("GET", "/v2/devices/codes", list_all),
    ServiceRoute("GET", "/v2/devices/codes/{code_id}", get),
)
