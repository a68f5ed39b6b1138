"""What devices do for each kind of object: the event that asks for it, and what becomes of the object by the end of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from terminal_sim.core.events import Event, PaymentRequested
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.payment_request import PaymentRequest
from terminal_sim.pos.square.book import StoredObject
from terminal_sim.pos.square.device import SquareDevice
from terminal_sim.pos.square.objects import ObjectKind, TerminalCheckout
from terminal_sim.pos.square.paid import payment_for
from terminal_sim.pos.square.service import ObjectChange, SquareService
from terminal_sim.pos.square.values import RequestStatus


class DeviceWork(Protocol):
    """What a device does for one kind of object."""

    def event(self, stored: StoredObject, request: str, device: SquareDevice) -> Event:
        """What asks a device for it, under the id `request`."""
        ...

    def done(
        self, service: SquareService, stored: StoredObject, payment: Payment, device: SquareDevice
    ) -> Sequence[ObjectChange]:
        """What is stored once the device has done it by `payment`."""
        ...


class CheckoutWork:
    """A device asks a buyer for a payment."""

    def event(self, stored: StoredObject, request: str, device: SquareDevice) -> Event:
        checkout: TerminalCheckout = stored.value
        asked = checkout.amount_money.amount
        if checkout.tip_money is not None:
            asked += checkout.tip_money.amount
        return PaymentRequested(
            PaymentRequest(
                id=request,
                amount=Money(asked, checkout.amount_money.currency),
                ticket=checkout.reference_id or checkout.order_id or stored.id,
                server=checkout.team_member_id or "",
                register=device.name,
            )
        )

    def done(
        self, service: SquareService, stored: StoredObject, payment: Payment, device: SquareDevice
    ) -> Sequence[ObjectChange]:
        checkout: TerminalCheckout = stored.value
        name = service.identify(ObjectKind.PAYMENT)
        paid = payment_for(service, name, stored.id, checkout, payment, device)
        over = replace(
            checkout, status=RequestStatus.COMPLETED, payment_ids=(name,), updated_at=service.stamp
        )
        return (
            ObjectChange(
                kind=ObjectKind.PAYMENT,
                id=name,
                value=paid,
                device=device.id,
                reference=payment.reference,
            ),
            ObjectChange(kind=ObjectKind.CHECKOUT, id=stored.id, value=over),
        )


WORK: Mapping[ObjectKind, DeviceWork] = {ObjectKind.CHECKOUT: CheckoutWork()}
