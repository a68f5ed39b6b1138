"""`/v2/terminals/checkouts`: payments that a device asks buyers for."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from msgspec.structs import replace

from terminal_sim.pos.square.calls.call import ServedService, ServiceCall, ServiceRoute
from terminal_sim.pos.square.calls.device_requests import (
    cancelled,
    check_amount,
    check_deadline,
    completed_as_made,
    dismissed,
)
from terminal_sim.pos.square.calls.pages import Limit, SearchSort, SquareTimeRange, page, paged, window
from terminal_sim.pos.square.calls.reading import parsed, read
from terminal_sim.pos.square.objects.base import ApiObject, ObjectKind
from terminal_sim.pos.square.objects.durations import DEFAULT, SHORTEST_DELAY, delay
from terminal_sim.pos.square.objects.problems import ServiceRefusal
from terminal_sim.pos.square.objects.requests import (
    DeviceCheckoutOptions,
    PaymentOptions,
    TerminalCheckout,
    TipSettings,
)
from terminal_sim.pos.square.objects.values import CheckoutPaymentType, ErrorCode
from terminal_sim.pos.square.service.service import ObjectChange, SquareService
from terminal_sim.pos.square.work.checkouts import BY_TYPE

_CREATE = "CreateTerminalCheckout"
_NINETY = 90  # per cent of the amount that an application may take


class CreateTerminalCheckoutRequest(ApiObject, frozen=True, kw_only=True):
    """A new checkout."""

    idempotency_key: Annotated[str, Meta(min_length=1, max_length=64)]
    checkout: TerminalCheckout


class TerminalCheckoutQueryFilter(ApiObject, frozen=True, kw_only=True):
    """Which checkouts are asked for."""

    device_id: str | None = None
    created_at: SquareTimeRange | None = None
    status: str | None = None


class TerminalCheckoutQuery(ApiObject, frozen=True, kw_only=True):
    """Which, and in which order."""

    filter: TerminalCheckoutQueryFilter | None = None
    sort: SearchSort | None = None


class SearchTerminalCheckoutsRequest(ApiObject, frozen=True, kw_only=True):
    """A page of checkouts."""

    query: TerminalCheckoutQuery | None = None
    cursor: str | None = None
    limit: Limit | None = None


def create(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A new checkout, which waits for its device."""
    service = served.service
    request = read(call.body, CreateTerminalCheckoutRequest)

    def make() -> tuple[ObjectChange, ...]:
        checkout = request.checkout
        _check(service, checkout)
        name = service.identify(ObjectKind.CHECKOUT)
        device = service.device(checkout.device_options.device_id)
        filled = _filled(service, name, checkout)
        return (ObjectChange(kind=ObjectKind.CHECKOUT, id=name, value=filled, device=device.id),)

    made = service.once(_CREATE, request.idempotency_key, parsed(call.body), ObjectKind.CHECKOUT, make)
    return {"checkout": made.value}


def _check(service: SquareService, checkout: TerminalCheckout) -> None:
    """Raises `ServiceRefusal` for what no device can be asked for."""
    amount, options = checkout.amount_money, checkout.device_options
    device = service.device(options.device_id)
    service.check_location(checkout.location_id)
    check_amount(amount, device, "checkout.amount_money")
    check_deadline(checkout.deadline_duration, "checkout.deadline_duration")
    tip, tipping = checkout.tip_money, options.tip_settings or TipSettings()
    if tip is not None and tipping.allow_tipping:
        raise ServiceRefusal(
            ErrorCode.CONFLICTING_PARAMETERS,
            "tip_money is only for checkouts without allow_tipping.",
            "checkout.tip_money",
        )
    for field, part in (("tip_money", tip), ("app_fee_money", checkout.app_fee_money)):
        if part is not None and part.currency != amount.currency:
            raise ServiceRefusal(
                ErrorCode.INVALID_VALUE,
                "The currency is another than that of amount_money.",
                f"checkout.{field}.currency",
            )
    fee = checkout.app_fee_money
    if fee is not None and fee.amount * 100 > amount.amount * _NINETY:
        raise ServiceRefusal(
            ErrorCode.VALUE_TOO_HIGH, "Must be at most 90 % of amount_money.", "checkout.app_fee_money.amount"
        )
    if checkout.payment_type is not None and checkout.payment_type not in BY_TYPE:
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE, "The device takes no payments of this type.", "checkout.payment_type"
        )
    payment = checkout.payment_options or PaymentOptions()
    _check_delay(payment.delay_duration)
    if payment.accept_partial_authorization and payment.autocomplete is not False:
        raise ServiceRefusal(
            ErrorCode.CONFLICTING_PARAMETERS,
            "accept_partial_authorization needs autocomplete to be false.",
            "checkout.payment_options.accept_partial_authorization",
        )


def _check_delay(duration: str | None) -> None:
    """Raises `ServiceRefusal` for what is no duration, or too short a one."""
    try:
        lasts = delay(duration)
    except ValueError:
        lasts = 0
    if lasts < SHORTEST_DELAY:
        raise ServiceRefusal(
            ErrorCode.INVALID_VALUE,
            "The value must be an RFC 3339 duration of at least one minute.",
            "checkout.payment_options.delay_duration",
        )


def _filled(service: SquareService, name: str, checkout: TerminalCheckout) -> TerminalCheckout:
    """The checkout as it is when it is made, with what the service adds."""
    options = checkout.device_options
    tipping = options.tip_settings or TipSettings()
    return replace(
        completed_as_made(service, name, checkout),
        payment_type=checkout.payment_type or CheckoutPaymentType.CARD_PRESENT,
        deadline_duration=checkout.deadline_duration or DEFAULT,
        payment_ids=None,
        device_options=DeviceCheckoutOptions(
            device_id=options.device_id,
            skip_receipt_screen=bool(options.skip_receipt_screen),
            collect_signature=bool(options.collect_signature),
            show_itemized_cart=True if options.show_itemized_cart is None else options.show_itemized_cart,
            tip_settings=replace(tipping, allow_tipping=bool(tipping.allow_tipping)),
        ),
    )


def get(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A checkout as it is now."""
    return {"checkout": served.service.found(ObjectKind.CHECKOUT, call.path["checkout_id"], "Checkout").value}


def cancel(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A seller's wish to cancel."""
    return {"checkout": cancelled(served, ObjectKind.CHECKOUT, call.path["checkout_id"], "Checkout")}


def dismiss(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """The device is to show its idle screen again."""
    return {"checkout": dismissed(served, ObjectKind.CHECKOUT, call.path["checkout_id"], "Checkout")}


def search(served: ServedService, call: ServiceCall) -> dict[str, Any]:
    """A page of checkouts; an empty one has no list."""
    service = served.service
    request = read(call.body, SearchTerminalCheckoutsRequest)
    query = request.query or TerminalCheckoutQuery()
    wanted = query.filter or TerminalCheckoutQueryFilter()
    begins, ends = window(wanted.created_at, service.world.now.civil, "query.filter.created_at")
    found = page(
        service.book.all(ObjectKind.CHECKOUT),
        lambda stored: (
            begins <= stored.value.created_at <= ends
            and wanted.device_id in (None, stored.value.device_options.device_id)
            and wanted.status in (None, stored.value.status.value)
        ),
        query=query,
        order=query.sort.sort_order if query.sort is not None else None,
        limit=request.limit,
        cursor=request.cursor,
    )
    return paged("checkouts", found)


ROUTES = (
    ServiceRoute("POST", "/v2/terminals/checkouts", create),
    ServiceRoute("POST", "/v2/terminals/checkouts/search", search),
    ServiceRoute("GET", "/v2/terminals/checkouts/{checkout_id}", get),
    ServiceRoute("POST", "/v2/terminals/checkouts/{checkout_id}/cancel", cancel),
    ServiceRoute("POST", "/v2/terminals/checkouts/{checkout_id}/dismiss", dismiss),
)
