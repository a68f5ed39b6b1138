"""Online orders, as the service handed them over, and where to look up how the service is."""

from __future__ import annotations

from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import DONE, STAY, Context, Flow, Move, State, on_each
from terminal_sim.core.money import Money
from terminal_sim.core.screen import Element, QrCode, Screen, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields

STATUS_PAGE = "https://issquareup.com"
ROWS = 8


class OrdersFlow(Context):
    __slots__ = ()

    def newest(self) -> Screen:
        """The latest orders, in the order of their arrival."""
        orders, currency = self.terminal.durable.orders, self.terminal.profile.currency
        elements: list[Element] = [Title("orders", say("orders"))]
        if not orders:
            elements.append(TextLine(say("no-orders"), "no-orders"))
        for order in orders[-ROWS:]:
            elements.append(
                TextLine(say("order-row", number=order.number, text=order.text), f"order-{order.number}")
            )
            elements.append(TextLine(say("sum", amount=Money(order.amount, currency)), tone=Tone.SMALL))
        return Screen("orders", (*elements, fields.leave(self.terminal)))

    def status_page(self) -> Screen:
        return Screen(
            "status",
            (
                Title("status", say("status")),
                QrCode("status-page", STATUS_PAGE),
                TextLine(say("status-page"), tone=Tone.BIG),
                fields.leave(self.terminal),
            ),
        )


ORDERS = Flow(
    "orders",
    OrdersFlow,
    "list",
    (State("list", OrdersFlow.newest, timeout="menu", free=True),),
    (
        Move(Trigger.CANCEL, "list", DONE),
        Move(Trigger.TIMEOUT, "list", DONE, action=OrdersFlow.go_home),
        Move(Trigger.RETURNED, "list", STAY),
    ),
)
STATUS = Flow(
    "status",
    OrdersFlow,
    "shown",
    (State("shown", OrdersFlow.status_page, timeout="menu", free=True),),
    on_each((Trigger.CANCEL, Trigger.TIMEOUT), "shown", DONE),
)
