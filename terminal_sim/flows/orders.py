"""Online orders, as the service handed them over, and where to look up how the service is.

The list of orders stays until it is left, since a kitchen works from it; it gives way to what the point of sale asks for.
"""

from __future__ import annotations

from terminal_sim.core.events import REQUESTS, Event, Trigger
from terminal_sim.core.flow import DONE, STAY, Context, Flow, Move, State, on_each
from terminal_sim.core.money import Money
from terminal_sim.core.rows.kinds import OrdersSeenRow
from terminal_sim.core.screen import Element, QrCode, Screen, TextLine, Title, Tone
from terminal_sim.core.text import say
from terminal_sim.flows import fields

STATUS_PAGE = "https://issquareup.com"
ROWS = 8


class OrdersFlow(Context):
    __slots__ = ()

    def see(self, _: Event) -> None:
        """Record that the orders which the list shows were looked at."""
        durable = self.terminal.durable
        if durable.orders_seen < len(durable.orders):
            self.terminal.record(OrdersSeenRow(number=len(durable.orders)))

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
    (State("list", OrdersFlow.newest, enter=OrdersFlow.see, free=True),),
    (
        Move(Trigger.CANCEL, "list", DONE),
        Move(Trigger.ORDER_ARRIVED, "list", STAY, action=OrdersFlow.see),
        *(Move(trigger, "list", DONE, action=OrdersFlow.make_way) for trigger in REQUESTS),
    ),
)
STATUS = Flow(
    "status",
    OrdersFlow,
    "shown",
    (State("shown", OrdersFlow.status_page, timeout="menu", free=True),),
    on_each((Trigger.CANCEL, Trigger.TIMEOUT), "shown", DONE),
)
