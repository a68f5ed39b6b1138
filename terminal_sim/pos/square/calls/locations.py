"""`/v2/locations`: the one location of the account."""

from __future__ import annotations

from enum import Enum
from typing import Any

from terminal_sim.pos.square.calls.call import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.objects.base import ApiObject
from terminal_sim.pos.square.objects.problems import not_found
from terminal_sim.pos.square.service.service import LOCATION, MERCHANT

_MAIN = "main"  # another name of the first location


class LocationStatus(Enum):
    """Whether a location sells."""

    ACTIVE = "ACTIVE"
    INACTIVE = "INACTIVE"


class LocationType(Enum):
    """Whether a location stands still."""

    PHYSICAL = "PHYSICAL"
    MOBILE = "MOBILE"


class Location(ApiObject, frozen=True, kw_only=True):
    """A place where the merchant sells."""

    id: str
    name: str
    timezone: str
    capabilities: tuple[str, ...]
    status: LocationStatus
    merchant_id: str
    country: str
    language_code: str
    currency: str
    business_name: str
    type: LocationType
    mcc: str


def the_location(served: ServedService) -> Location:
    """The location of all devices. Its times are UTC."""
    shop = served.service.world.shop
    return Location(
        id=LOCATION,
        name=shop.name,
        timezone="Etc/UTC",
        capabilities=("CREDIT_CARD_PROCESSING",),
        status=LocationStatus.ACTIVE,
        merchant_id=MERCHANT,
        country=shop.country,
        language_code=shop.language,
        currency=shop.currency,
        business_name=shop.name,
        type=LocationType.PHYSICAL,
        mcc=shop.category,
    )


def list_all(served: ServedService, _: ServiceCall) -> dict[str, Any]:
    """All locations."""
    return {"locations": [the_location(served)]}


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A location."""
    name = call.path["location_id"]
    if name not in (LOCATION, _MAIN):
        raise not_found(f"Location with id {name} not found.")
    return {"location": the_location(served)}


ROUTES = (
    ServiceRoute("GET", "/v2/locations", list_all),
    ServiceRoute("GET", "/v2/locations/{location_id}", get),
)
