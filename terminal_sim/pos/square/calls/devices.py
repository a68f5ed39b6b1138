"""`/v2/devices`: what is known of the devices of the account."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

from terminal_sim.pos.square.calls.call import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.calls.pages import Limit
from terminal_sim.pos.square.calls.reading import read_query
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.problems import ServiceRefusal, not_found
from terminal_sim.pos.square.objects.values import ErrorCode, SortOrder
from terminal_sim.pos.square.service.service import LOCATION, MERCHANT, SquareService
from terminal_sim.pos.square.service.world import PREFIX, DeviceFacts, SquareDevice

_MOST = 100
_MANUFACTURER = "Square"
_TYPE = "TERMINAL"


_Held = tuple[SquareDevice, DeviceFacts]


class DeviceStatusCategory(Enum):
    """Whether a device takes requests."""

    AVAILABLE = "AVAILABLE"
    NEEDS_ATTENTION = "NEEDS_ATTENTION"
    OFFLINE = "OFFLINE"


class ComponentType(Enum):
    """What a device is made of."""

    APPLICATION = "APPLICATION"
    CARD_READER = "CARD_READER"
    BATTERY = "BATTERY"
    WIFI = "WIFI"
    ETHERNET = "ETHERNET"
    PRINTER = "PRINTER"


class DeviceAttributes(ApiObject, frozen=True, kw_only=True):
    """What does not change with use."""

    type: str
    manufacturer: str
    model: str
    name: str
    manufacturers_id: str
    updated_at: str
    version: str
    merchant_token: str


class ApplicationDetails(ApiObject, frozen=True, kw_only=True):
    """The application that takes requests."""

    application_type: str
    version: str
    session_location: str
    device_code_id: str | None = None


class CardReaderDetails(ApiObject, frozen=True, kw_only=True):
    """The reader of cards."""

    version: str


class BatteryDetails(ApiObject, frozen=True, kw_only=True):
    """The charge in per cent."""

    visible_percent: int


class NetworkDetails(ApiObject, frozen=True, kw_only=True):
    """A link of the device."""

    active: bool


class DeviceComponent(ApiObject, frozen=True, kw_only=True):
    """A part of a device, with the details of its type."""

    type: ComponentType
    application_details: ApplicationDetails | None = None
    card_reader_details: CardReaderDetails | None = None
    battery_details: BatteryDetails | None = None
    wifi_details: NetworkDetails | None = None
    ethernet_details: NetworkDetails | None = None


class DeviceStanding(ApiObject, frozen=True, kw_only=True):
    """How a device is now."""

    category: DeviceStatusCategory


class PairedDevice(ApiObject, frozen=True, kw_only=True):
    """A device of the account."""

    id: str
    attributes: DeviceAttributes
    components: tuple[DeviceComponent, ...]
    status: DeviceStanding


class ListDevicesQuery(ApiObject, frozen=True, kw_only=True):
    """Which devices are asked for."""

    cursor: str | None = None
    sort_order: SortOrder = SortOrder.ASC
    limit: Limit | None = None
    location_id: str | None = None


def told(service: SquareService, device: SquareDevice, facts: DeviceFacts) -> PairedDevice:
    """What is known of `device` now."""
    return PairedDevice(
        id=f"{PREFIX}{device.id}",
        attributes=DeviceAttributes(
            type=_TYPE,
            manufacturer=_MANUFACTURER,
            model=facts.model,
            name=device.name,
            manufacturers_id=device.id,
            updated_at=service.stamp,
            version=facts.version,
            merchant_token=MERCHANT,
        ),
        components=tuple(_components(service, device, facts)),
        status=DeviceStanding(category=_category(device, facts)),
    )


def _components(
    service: SquareService, device: SquareDevice, facts: DeviceFacts
) -> Iterator[DeviceComponent]:
    yield DeviceComponent(
        type=ComponentType.APPLICATION,
        application_details=ApplicationDetails(
            application_type="TERMINAL_API",
            version=facts.version,
            session_location=LOCATION,
            device_code_id=_paired_by(service, device),
        ),
    )
    yield DeviceComponent(
        type=ComponentType.CARD_READER, card_reader_details=CardReaderDetails(version=facts.version)
    )
    if facts.battery is not None:
        details = BatteryDetails(visible_percent=facts.battery)
        yield DeviceComponent(type=ComponentType.BATTERY, battery_details=details)
    for link in facts.links:
        details_of_link = NetworkDetails(active=link == facts.link)
        if link == "wifi":
            yield DeviceComponent(type=ComponentType.WIFI, wifi_details=details_of_link)
        elif link == "ethernet":
            yield DeviceComponent(type=ComponentType.ETHERNET, ethernet_details=details_of_link)
    if facts.has_printer:
        yield DeviceComponent(type=ComponentType.PRINTER)


def _paired_by(service: SquareService, device: SquareDevice) -> str | None:
    """The newest code that was typed into the device; None where it was paired without one."""
    return next(
        (
            stored.id
            for stored in service.book.newest(ObjectKind.DEVICE_CODE)
            if stored.value.device_id == device.id
        ),
        None,
    )


def _category(device: SquareDevice, facts: DeviceFacts) -> DeviceStatusCategory:
    if not device.in_reach:
        return DeviceStatusCategory.OFFLINE
    return DeviceStatusCategory.NEEDS_ATTENTION if facts.needs_attention else DeviceStatusCategory.AVAILABLE


def _held(service: SquareService) -> dict[str, _Held]:
    """The devices that somebody holds, by their ids."""
    return {
        device.id: (device, facts)
        for device in service.world.devices.values()
        if (facts := device.facts) is not None
    }


def list_all(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of devices, in the order in which they were set up."""
    query = read_query(call.query, ListDevicesQuery)
    devices = list(_held(served.service).values())
    if query.location_id not in (None, LOCATION):
        devices = []
    if query.sort_order is SortOrder.DESC:
        devices.reverse()
    begin = _behind(query.cursor, devices)
    end = begin + (query.limit or _MOST)
    answer: dict[str, Any] = {}
    if devices[begin:end]:
        answer["devices"] = [told(served.service, *one) for one in devices[begin:end]]
    if end < len(devices):
        answer["cursor"] = devices[end - 1][0].id
    return answer


def _behind(cursor: str | None, devices: list[_Held]) -> int:
    """The place behind the device that a page ended with. Raises `ServiceRefusal`."""
    if cursor is None:
        return 0
    ids = [device.id for device, _ in devices]
    if cursor not in ids:
        raise ServiceRefusal(ErrorCode.INVALID_CURSOR, "The cursor is none of this query.", "cursor")
    return ids.index(cursor) + 1


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A device."""
    name = call.path["device_id"]
    found = _held(served.service).get(name.removeprefix(PREFIX))
    if found is None:
        raise not_found(f"Device with id {name} not found.")
    return {"device": told(served.service, *found)}


ROUTES = (
    ServiceRoute("GET", "/v2/devices", list_all),
    ServiceRoute("GET", "/v2/devices/{device_id}", get),
)
