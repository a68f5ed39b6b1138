"""What devices do for each kind of object: the event that asks for it, and what becomes of the object by the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from terminal_sim.core.events import Event
from terminal_sim.core.payment_request import RequestAnswer
from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.service.service import ObjectChange
from terminal_sim.pos.square.work.actions import ActionWork
from terminal_sim.pos.square.work.checkouts import CheckoutWork
from terminal_sim.pos.square.work.refunds import PaymentVoidWork, RefundWork, TerminalRefundWork
from terminal_sim.pos.square.work.task import DeviceTask


class DeviceWork(Protocol):
    """What a device does for one kind of object."""

    def event(self, task: DeviceTask, request: str) -> Event | None:
        """What asks a device for it, under the id `request`; None where nobody has to be asked."""
        ...

    def ended(self, task: DeviceTask, answer: RequestAnswer) -> Sequence[ObjectChange] | None:
        """What is stored since the device is done with what it was asked for, or cannot do it; None where that says nothing of the object.

        `answer` is `RequestEnded`, `InputGiven`, `RequestRefused`, or `RequestTaken` where nobody had to be asked. An object that still waits is asked for anew.
        """
        ...


WORK: Mapping[ObjectKind, DeviceWork] = {
    ObjectKind.CHECKOUT: CheckoutWork(),
    ObjectKind.TERMINAL_REFUND: TerminalRefundWork(),
    ObjectKind.ACTION: ActionWork(),
    ObjectKind.REFUND: RefundWork(),
    ObjectKind.PAYMENT: PaymentVoidWork(),
}
